"""Patients that a proof shows: as data, as the text of a case, and run through the real assessor."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.domain.diagnostics import CaseReport
from engine.domain.ids import IndicationId, RuleId
from engine.domain.pack import PackFile, RulePack
from engine.domain.quantities import plain
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import OptionsFrom
from engine.domain.vocabulary import MeasuredQuantity
from engine.knowledge.case_runs import run_cases
from engine.knowledge.case_schema import Expectation
from engine.knowledge.entries import CASES_SUFFIX
from engine.knowledge.sketches import Listed, Sketch, mapping, scalar
from engine.knowledge.yaml_source import LARGEST
from engine.ports import Assessor
from engine.terminology.units import from_canonical

#: Where the cases that were made here stand while they are tried.
TRIED_IN = f"shown{CASES_SUFFIX}"
#: Letters of one file of cases at most: of a larger file nothing is read, and a letter may be several
#: bytes.
_PORTION = LARGEST // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPatient:
    """A patient with what is claimed of some rules: a case that was not written, but found."""

    name: str
    on: date
    jurisdiction: Jurisdiction
    indication: IndicationId
    patient: Sketch
    then: Mapping[RuleId, Expectation]

    @property
    def text(self) -> str:
        """Return it as one entry of a case file's ``cases``."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterable[str]:
        yield f"  - name: {scalar(self.name)}"
        yield f"    on: {self.on.isoformat()}"
        yield f"    jurisdiction: {self.jurisdiction.value}"
        yield f"    indication: {scalar(self.indication)}"
        yield "    given:"
        yield from (f"      {line}" for line in self.patient.lines())
        yield f"    then: {mapping({rule: each.value for rule, each in self.then.items()})}"


def with_their_drugs(pack: RulePack, shown: ShownPatient) -> ShownPatient:
    """Return the patient with a drug planned of which the rules speak, where options are those of the record.

    A drug that is planned is an option and is not taken: no premise looks at it.
    """
    indication = pack.indications[shown.indication]
    if indication.options_from is not OptionsFrom.MEDICATIONS:
        return shown
    drugs = {option.option_id: option.drug for option in indication.options}
    spoken = [drugs.keys() & set(pack.rules[rule].options) for rule in shown.then]
    shared = set.intersection(*spoken) if spoken else set()
    wanted = [min(shared)] if shared else [min(options) for options in spoken if options]
    taken = {entry.name for entry in shown.patient.medications if not entry.is_over}
    added = tuple(
        Listed(name=drugs[option], details={"status": "planned"})
        for option in dict.fromkeys(wanted)
        if drugs[option] not in taken
    )
    patient = replace(shown.patient, medications=(*shown.patient.medications, *added))
    return replace(shown, patient=patient)


def case_file(shown: Sequence[ShownPatient], heading: str) -> str:
    """Return the text of a whole case file."""
    return "\n".join([f"# {heading}", "cases:", *(each.text for each in named_apart(shown))]) + "\n"


def named_apart(shown: Sequence[ShownPatient]) -> tuple[ShownPatient, ...]:
    """Return the cases with names that tell them apart."""
    used: dict[str, int] = {}
    made: list[ShownPatient] = []
    for each in shown:
        used[each.name] = used.get(each.name, 0) + 1
        number = used[each.name]
        made.append(each if number == 1 else replace(each, name=f"{each.name} ({number})"))
    return tuple(made)


class _Silent:
    """Progress that nobody watches."""

    def step(self, done: int, total: int, what: str) -> None:
        """Say nothing."""


def tried(
    files: tuple[PackFile, ...], shown: Sequence[ShownPatient], day: date, assessor: Assessor
) -> tuple[str, ...]:
    """Run patients as cases of the pack through an assessor.

    Returns:
        for each in turn what came instead of what was claimed; empty where the claim came true.
    """
    return tuple(
        itertools.chain.from_iterable(_tried(files, portion, day, assessor) for portion in portions(shown))
    )


def portions(shown: Sequence[ShownPatient]) -> list[list[ShownPatient]]:
    """Return the patients in as many parts as need be for the cases of each to be read as one file."""
    parts: list[list[ShownPatient]] = []
    room = 0
    for each in shown:
        room -= len(each.text)
        if not parts or room < 0:
            parts.append([])
            room = _PORTION - len(each.text)
        parts[-1].append(each)
    return parts


def _tried(
    files: tuple[PackFile, ...], shown: Sequence[ShownPatient], day: date, assessor: Assessor
) -> tuple[str, ...]:
    text = case_file(shown, "tried")
    report: CaseReport = run_cases(
        (*files, PackFile(path=TRIED_IN, content=text.encode())), day, assessor, _Silent(), only=TRIED_IN
    )
    if len(report.results) != len(shown):
        said = [item.message for item in report.diagnostics if item.span.path == TRIED_IN]
        return tuple(
            next((one for one in said if f'"{each.name}"' in one), "not run: another patient cannot be read.")
            for each in named_apart(shown)
        )
    return tuple(result.detail for result in report.results)


def indication_of(pack: RulePack, rules: Iterable[RuleId]) -> IndicationId | None:
    """Return the first indication of which all these rules speak, best of one and the same option."""
    spoken = [set(pack.rules[rule].options) for rule in rules]
    shared = set.intersection(*spoken)
    offered = {
        each.indication_id: {one.option_id for one in each.options} for each in pack.indications.values()
    }
    together = [name for name, options in offered.items() if shared & options]
    apart = [name for name, options in offered.items() if all(each & options for each in spoken)]
    return next(iter([*together, *apart]), None)


def amount_text(value: Decimal, quantity: MeasuredQuantity, *, days_old: int = 0) -> str:
    """Return a value as a case writes it: in another unit where the canonical one starts with a digit."""
    unit = quantity.unit
    if unit[0].isdigit() and unit != "1":
        other = next((each.unit for each in quantity.conversions if not each.unit[0].isdigit()), unit)
        value, unit = from_canonical(quantity, value, other).value, other
    text = plain(value) if unit == "1" else f"{plain(value)} {unit}"
    return f"{text}, {days_old} days old" if days_old else text
