"""One quantity at a time: measured, computed by a formula, or summed up as a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.domain.facts import Reading
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import QuantityId
from engine.domain.patient import Sex
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Quantity
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.errors import UnitMismatch
from engine.facts.chart import Chart
from engine.facts.courses import Course, Point, joined, measured_course
from engine.facts.equations import completed_years
from engine.facts.formulas import FORMULAS, Formula
from engine.facts.gestation import GESTATIONAL_AGE, advanced
from engine.facts.measured import apart, measured
from engine.facts.opioids import OPIOID_MME, counts_more, opioid_mme
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.person import Person
from engine.facts.premises import Decide
from engine.facts.reported_scores import report_first
from engine.facts.scores import SCORES
from engine.facts.summing import summed, words_needed
from engine.facts.wording import ago, merged, on_day, shown
from engine.terminology.units import from_canonical, is_plausible, plausible_range, to_canonical

_AGE = QuantityId("age")
_ADULT = 18


class Reader:
    """Reads quantities off one chart, each once for each age limit."""

    def __init__(self, chart: Chart, person: Person, decide: Decide) -> None:
        """Take what formulas and the terms of scores need."""
        self._chart = chart
        self._person = person
        self._decide = decide
        self._seen: dict[tuple[QuantityId, int | None], Outcome] = {}

    def read(self, quantity: QuantityId, max_age_days: int | None = None) -> Outcome:
        """Return the reading of a quantity, or why there is none.

        Args:
            quantity: which one.
            max_age_days: the age a rule allows; without it the quantity's own limit holds. Of a computed
                value it limits the first input of the formula (creatinine, weight); the others keep their
                own limits, as a height does not go stale with a creatinine.
        """
        key = (quantity, max_age_days)
        if key not in self._seen:
            self._seen[key] = self._read(quantity, max_age_days)
        return self._seen[key]

    def _read(self, quantity: QuantityId, max_age_days: int | None) -> Outcome:
        entry = self._chart.vocabulary.quantities.get(quantity)
        if entry is None:
            reason = "the rule pack has no such quantity"
            datum = MissingDatum(
                kind=MissingKind.QUANTITY, subject=quantity, title=str(quantity), reason=reason
            )
            return Absent(missing=(datum,))
        limit = max_age_days if max_age_days is not None else entry.max_age_days
        reported = measured(self._chart, entry, limit)
        if entry.quantity_id == GESTATIONAL_AGE:
            return advanced(self._chart, entry, reported)
        computed = self._computed(entry, limit)
        if entry.quantity_id == OPIOID_MME and computed is not None:
            if isinstance(reported, Found) and counts_more(reported, computed, self._chart.today):
                return replace(reported, how=f"as reported {reported.how}")
            return self._chosen(entry, computed, reported)
        score = SCORES.get(entry.quantity_id)
        if computed is not None and score is not None and score.report_first:
            return report_first(entry, computed, reported)
        return reported if computed is None else self._chosen(entry, computed, reported)

    def course(self, quantity: QuantityId) -> Course:
        """Return every value of a quantity; of a computed one, a value for each of its first input.

        The other inputs are those that hold today, except the age, which is that of the day. On days
        without a first input a reported value stands for itself. Scores have the values that were reported.
        """
        entry = self._chart.vocabulary.quantities.get(quantity)
        if entry is None:
            return Course()
        reported = measured_course(self._chart, entry)
        formula = FORMULAS.get(quantity)
        if formula is None:
            return reported
        first = self.course(formula.inputs[0][0])
        if not first.points:
            return reported
        others = [self.read(other) for other, _ in formula.inputs[1:]]
        absent = [outcome for outcome in others if isinstance(outcome, Absent)]
        missing = [datum for outcome in absent for datum in outcome.missing]
        if formula.needs_sex and self._person.sex is Sex.UNKNOWN:
            missing.append(self._person.missing_sex)
        if missing:
            return Course(missing=merged(missing), nodes=tuple(node for one in absent for node in one.nodes))
        found = [outcome for outcome in others if isinstance(outcome, Found)]
        points = tuple(self._computed_point(formula, entry, point, found) for point in first.points)
        return joined(Course(points=points), reported)

    def _computed_point(
        self, formula: Formula, entry: MeasuredQuantity, point: Point, others: list[Found]
    ) -> Point:
        name = formula.inputs[0][0]
        if point.at is None or point.value is None or not point.usable:
            return replace(
                point, value=None, why=f"{self._chart.vocabulary.quantities[name].title}: {point.why}"
            )
        input_entry = self._chart.vocabulary.quantities[name]
        text = shown(input_entry, point.value)
        reading = Reading(
            quantity=name,
            title=input_entry.title,
            value=Quantity(value=point.value, unit=input_entry.unit),
            at=point.at,
            provenance=point.node.provenance or self._chart.record.identity,
            shown=text,
        )
        first = Found(reading=reading, node=point.node, settled_on=point.at)
        of_day = [self._at_that_age(one, point.at) for one in others]
        outcome = self._applied(formula, entry, [first, *of_day])
        if isinstance(outcome, Absent):
            return replace(point, value=None, usable=False, why=outcome.missing[0].reason)
        return replace(point, value=outcome.reading.value.value, node=outcome.node)

    def _at_that_age(self, found: Found, day: date) -> Found:
        birth = self._chart.record.birth_date
        if found.reading.quantity != _AGE or birth is None:
            return found
        years = Decimal(completed_years(birth, day))
        value = replace(found.reading.value, value=years)
        text = shown(self._chart.vocabulary.quantities[_AGE], years)
        label = f"{found.reading.title} {text} {on_day(day)}"
        return replace(
            found,
            reading=replace(found.reading, value=value, shown=text, at=day),
            node=replace(found.node, label=label),
        )

    def _computed(self, entry: MeasuredQuantity, limit: int | None) -> Outcome | None:
        if entry.quantity_id == _AGE:
            return self._age(entry)
        if entry.quantity_id == OPIOID_MME:
            return opioid_mme(entry, self._chart)
        if entry.quantity_id in SCORES:
            score = SCORES[entry.quantity_id]
            if score.report_first and words_needed(score, self._chart.vocabulary):
                return None
            return summed(SCORES[entry.quantity_id], entry, self._chart, self._decide, self.read)
        formula = FORMULAS.get(entry.quantity_id)
        return None if formula is None else self._by_formula(formula, entry, limit)

    def _chosen(self, entry: MeasuredQuantity, computed: Outcome, reported: Outcome) -> Outcome:
        """Choose between a computed value and a reported one.

        A report newer than the data of the computation wins. Of one day the computation wins: its formula
        and inputs are known, while laboratories report by older equations, too. A report stands in where
        nothing can be computed, unless newer data exist that cannot be used, or it contradicts what is known
        of a score.
        """
        if isinstance(reported, Absent):
            if isinstance(computed, Found):
                return computed
            return replace(computed, nodes=(*computed.nodes, *reported.nodes))
        if isinstance(computed, Found) and reported.settled_on <= computed.settled_on:
            return self._beside(entry, computed, reported)
        if isinstance(computed, Absent) and not self._may_stand_in(computed, reported):
            why = f"a report of {reported.reading.shown} {on_day(reported.reading.at)} cannot stand in"
            first, *others = computed.missing
            missing = (replace(first, reason=f"{first.reason}; {why}"), *others)
            return replace(computed, missing=missing, nodes=(*computed.nodes, reported.node))
        return replace(reported, how=f"as reported {reported.how}")

    @staticmethod
    def _may_stand_in(computed: Absent, reported: Found) -> bool:
        value = reported.reading.value.value
        if computed.least is not None:
            return computed.least <= value and (computed.most is None or value <= computed.most)
        if computed.spoiled_on is None or reported.settled_on > computed.spoiled_on:
            return True
        entered = reported.reading.provenance.method is Method.ENTERED
        return entered and reported.settled_on == computed.spoiled_on

    @staticmethod
    def _beside(entry: MeasuredQuantity, computed: Found, reported: Found) -> Found:
        """Note a report of the same day that does not agree with the computation."""
        value, other = computed.reading.value.value, reported.reading.value.value
        if reported.settled_on < computed.settled_on:
            return computed
        tolerance = entry.agreement if entry.agreement is not None else Decimal(0)
        if not apart(value, other, tolerance):
            return computed
        note = f"{computed.reading.note}; reported the same day as {reported.reading.shown}, set aside"
        return replace(computed, reading=replace(computed.reading, note=note))

    def _age(self, entry: MeasuredQuantity) -> Outcome:
        birth, today = self._chart.record.birth_date, self._chart.today
        years = Decimal(completed_years(birth, today)) if birth is not None else Decimal(-1)
        if birth is None or years < 0 or not is_plausible(entry, years):
            reason = "not recorded" if birth is None else f"{birth.isoformat()} cannot be right"
            datum = MissingDatum(
                kind=MissingKind.PERSON, subject="birth_date", title="date of birth", reason=reason
            )
            return Absent(missing=(datum,), spoiled_on=None if birth is None else today)
        identity = self._chart.record.identity
        note = f"completed years since birth on {birth.isoformat()}"
        datum_node = TraceNode(
            kind=TraceKind.DATUM,
            label=f"born on {birth.isoformat()}",
            truth=Truth.TRUE,
            reference="birth_date",
            provenance=identity,
        )
        return self._result(entry, years, today, identity, note, (datum_node,))

    def _by_formula(self, formula: Formula, entry: MeasuredQuantity, limit: int | None) -> Outcome:
        outcomes = [
            self.read(quantity, limit if place == 0 else None)
            for place, (quantity, _) in enumerate(formula.inputs)
        ]
        absent = [outcome for outcome in outcomes if isinstance(outcome, Absent)]
        found = [outcome for outcome in outcomes if isinstance(outcome, Found)]
        missing = [datum for outcome in absent for datum in outcome.missing]
        if formula.needs_sex and self._person.sex is Sex.UNKNOWN:
            missing.append(self._person.missing_sex)
        if missing:
            nodes = tuple(node for outcome in absent for node in outcome.nodes)
            spoiled = [outcome.spoiled_on for outcome in absent if outcome.spoiled_on is not None]
            return Absent(missing=merged(missing), nodes=nodes, spoiled_on=max(spoiled, default=None))
        return self._applied(formula, entry, found)

    def _applied(self, formula: Formula, entry: MeasuredQuantity, found: list[Found]) -> Outcome:
        readings = tuple(outcome.reading for outcome in found)
        if formula.adults_only and self._years(readings) < _ADULT:
            return self._own_needed(
                entry, f"{formula.name} holds for adults only; a reported value is needed"
            )
        try:
            values = tuple(
                from_canonical(self._chart.vocabulary.quantities[quantity], reading.value.value, unit).value
                for (quantity, unit), reading in zip(formula.inputs, readings, strict=True)
            )
            computed = formula.equation(values, self._person.sex)
            value = to_canonical(entry, computed, formula.unit).value
        except UnitMismatch as mismatch:
            return self._own_needed(entry, f"{formula.name} cannot be computed: {mismatch.message}")
        if not is_plausible(entry, value):
            result = f"{formula.name} gives {shown(entry, value)}, which is implausible"
            return self._own_needed(entry, f"{result} ({plausible_range(entry)} expected)", found)
        first = found[0]
        days = ago(self._chart.days_since(first.settled_on))
        name = "" if formula.name.casefold() in entry.title.casefold() else f"{formula.name}, "
        oldest = min(
            (one.at for one in readings if one.at is not None and one.quantity != _AGE),
            default=first.settled_on,
        )
        outcome = self._result(
            entry,
            value,
            oldest,
            Provenance(method=Method.DERIVED, resource=formula.name, recorded=oldest),
            f"{formula.name}, {formula.note}",
            tuple(one.node for one in found),
        )
        reading = replace(outcome.reading, formula=formula.source, inputs=readings)
        node = replace(outcome.node, sources=(formula.source,))
        how = f"{name}{first.reading.title} {days}"
        return replace(outcome, reading=reading, node=node, settled_on=first.settled_on, how=how)

    def _result(
        self,
        entry: MeasuredQuantity,
        value: Decimal,
        at: date,
        provenance: Provenance,
        note: str,
        children: tuple[TraceNode, ...],
    ) -> Found:
        text = shown(entry, value)
        node = TraceNode(
            kind=TraceKind.DERIVATION,
            label=f"{entry.title} {text}: {note}",
            truth=Truth.TRUE,
            reference=entry.quantity_id,
            children=children,
        )
        reading = Reading(
            quantity=entry.quantity_id,
            title=entry.title,
            value=Quantity(value=value, unit=entry.unit),
            at=at,
            provenance=provenance,
            note=note,
            shown=text,
        )
        return Found(reading=reading, node=node, settled_on=at)

    @staticmethod
    def _years(readings: tuple[Reading, ...]) -> Decimal:
        return next((one.value.value for one in readings if one.quantity == _AGE), Decimal(_ADULT))

    def _own_needed(self, entry: MeasuredQuantity, reason: str, found: list[Found] | None = None) -> Absent:
        datum = MissingDatum(
            kind=MissingKind.QUANTITY,
            subject=entry.quantity_id,
            title=entry.title,
            reason=reason,
            unit=entry.unit,
        )
        nodes = tuple(outcome.node for outcome in found or ())
        spoiled = max((outcome.settled_on for outcome in found or ()), default=None)
        return Absent(missing=(datum,), nodes=nodes, spoiled_on=spoiled)
