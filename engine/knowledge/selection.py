"""Which options a rule speaks of: by id, drug or class, narrowed by route, indication and dose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.domain.ids import ClassId, DrugId, IndicationId, OptionId
from engine.domain.quantities import Interval, Quantity
from engine.domain.rules import FileSpan
from engine.domain.therapy import Indication, TherapyOption
from engine.domain.vocabulary import DrugClass
from engine.knowledge.codes import Code
from engine.knowledge.limits import Limits
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.schema import OnlyEntry, RuleEntry

#: Tells whether an option is meant; None where what decides it is not known of the option.
_Test = Callable[[TherapyOption], bool | None]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Finds the options of rules among all indications of one pack."""

    notes: Notes
    limits: Limits
    indications: Mapping[IndicationId, Indication]
    classes: Mapping[ClassId, DrugClass]

    def options_of(self, entry: RuleEntry, by: str) -> tuple[OptionId, ...]:
        """Return the options a rule speaks of, in the order of the indications; none where refused."""
        meant: set[int] = set()
        for index, name in enumerate(entry.for_):
            meant |= self._named(name, entry.at("for", index), by)
        if not entry.for_:
            self._refuse_none(
                entry.at("for"), f"{by} is for nothing.", "Name the options, drugs or classes it is for."
            )
        chosen = [self._options[place] for place in sorted(meant)]
        kept = self._narrowed(chosen, entry.only, entry.at("only"), by) if entry.only is not None else chosen
        return tuple(option.option_id for option in kept)

    @cached_property
    def _options(self) -> list[TherapyOption]:
        return [option for each in self.indications.values() for option in each.options]

    @cached_property
    def _by_name(self) -> Mapping[str, list[int]]:
        """Return the places of the options of each name: several where it was given twice, which is told."""
        return _places(option.option_id for option in self._options)

    @cached_property
    def _by_drug(self) -> Mapping[str, list[int]]:
        return _places(option.drug for option in self._options)

    def _named(self, name: str, span: FileSpan, by: str) -> set[int]:
        """Return the places of the options that a name means: as an option's own, or as drug or class."""
        self.notes.refer(by, span, name, Sort.OPTION, Sort.DRUG, Sort.CLASS)
        of_class = self.classes.get(ClassId(name))
        drugs = {DrugId(name), *(of_class.members if of_class is not None else ())}
        found = set(self._by_name.get(name, ()))
        found = found or {place for drug in drugs for place in self._by_drug.get(drug, ())}
        if not found and self.notes.names.has(Sort.CLASS, name) | self.notes.names.has(Sort.DRUG, name):
            self._refuse_none(
                span,
                f'{by} is for "{name}", but no indication has an option with it.',
                "Take it out, or add the option to an indication.",
            )
        return found

    def _narrowed(
        self, options: list[TherapyOption], only: OnlyEntry, span: FileSpan, by: str
    ) -> list[TherapyOption]:
        for key, test in self._tests(only, span, by):
            answers = [(option, test(option)) for option in options]
            silent = [option.option_id for option, answer in answers if answer is None]
            if silent:
                name = "names" if len(silent) == 1 else "name"
                self.notes.refuse(
                    Code.SELECTOR,
                    only.at(key),
                    f"{by} selects by {_CALLED[key]}, but {_listed(silent)} {name} none to compare with.",
                    f"Write {_CALLED_KEY[key]} at the option, or name the options in for.",
                )
                return []
            kept = [option for option, answer in answers if answer]
            if options and not kept:
                self._refuse_none(
                    only.at(key),
                    f"{by}: by {_CALLED[key]} none is left of "
                    f"{_listed([each.option_id for each in options])}.",
                    "Widen it, or take it out.",
                )
            options = kept
        return options

    def _tests(self, only: OnlyEntry, span: FileSpan, by: str) -> Iterator[tuple[str, _Test]]:
        if not only.model_fields_set:
            hint = "Write routes, indications, dose or daily_dose."
            self._refuse_none(span, f"{by}: only says nothing.", hint)
        if only.indications is not None:
            wanted = self._of_indications(only, by)
            yield "indications", lambda option: option.option_id in wanted
        if only.routes is not None:
            routes = only.routes
            yield (
                "routes",
                lambda option: None if option.administered is None else option.administered in routes,
            )
        for key, bounds, read in (
            ("dose", only.dose, lambda option: option.single_dose),
            ("daily_dose", only.daily_dose, lambda option: option.daily_dose),
        ):
            interval = self.limits.of_dose(bounds, key, only.at(key), by) if bounds is not None else None
            if interval is not None:
                yield key, _in_range(interval, read)

    def _of_indications(self, only: OnlyEntry, by: str) -> set[OptionId]:
        found: set[OptionId] = set()
        for index, name in enumerate(only.indications or ()):
            self.notes.refer(by, only.at("indications", index), name, Sort.INDICATION)
            indication = self.indications.get(IndicationId(name))
            found |= {option.option_id for option in indication.options} if indication is not None else set()
        return found

    def _refuse_none(self, span: FileSpan, message: str, hint: str) -> None:
        self.notes.refuse(Code.NO_OPTION, span, message, hint)


_CALLED = {"routes": "route", "indications": "indication", "dose": "single dose", "daily_dose": "daily dose"}
_CALLED_KEY = {"routes": "one of the known routes", "dose": "single_dose", "daily_dose": "daily_dose"}


def _in_range(interval: Interval, read: Callable[[TherapyOption], Quantity | None]) -> _Test:
    """Return whether an option's amount lies in a range; one of another dimension cannot be compared."""

    def test(option: TherapyOption) -> bool | None:
        given = read(option)
        return None if given is None or given.unit != interval.unit else interval.contains(given)

    return test


def _places(names: Iterable[str]) -> dict[str, list[int]]:
    """Return at which places each name stands."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).append(place)
    return found


def _listed(names: list[OptionId]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
