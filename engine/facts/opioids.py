"""Morphine milligram equivalents of a day: what the opioids of the medication list add up to.

The factors are those of the CDC guideline of 2022, for oral opioids in mg a day and for the fentanyl patch. A
drug or route that its table does not list (buprenorphine, an injection) leaves the sum open, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.domain.details import MedicationDetail
from engine.domain.facts import Reading
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import CitationId, ClassId, DrugId, QuantityId
from engine.domain.patient import ListKind, Medication, Route
from engine.domain.provenance import Method, Provenance, SourceRef
from engine.domain.quantities import Quantity, plain
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.chart import Chart
from engine.facts.details import amount, detail_missing
from engine.facts.listing import review_missing, review_needed
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.standing import Standing, identity_needed, medication_node, standing
from engine.facts.wording import merged, missing_nodes, shown
from engine.terminology.doses import dose_in
from engine.terminology.units import is_plausible, plausible_range

OPIOID_MME = QuantityId("opioid_mme")
OPIOIDS = ClassId("opioid")
"""The class whose members are looked for; a pack without it has no sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What one milligram a day of an opioid stands for."""

    route: Route
    """The only route that the factor holds for."""
    times: Decimal
    """Milligrams of oral morphine a day, for each milligram a day."""
    least: Decimal = Decimal(0)
    """In mg a day: below it the list cannot mean an amount of a whole day."""


def _oral(times: str) -> Factor:
    return Factor(route=Route.ORAL, times=Decimal(times))


SOURCE = SourceRef(
    citation=CitationId("cdc-opioids-2022-factors"), where="table of morphine milligram equivalent doses"
)

FACTORS: Mapping[DrugId, Factor] = {
    DrugId("codeine"): _oral("0.15"),
    DrugId("hydrocodone"): _oral("1.0"),
    DrugId("hydromorphone"): _oral("5.0"),
    DrugId("methadone"): _oral("4.7"),
    DrugId("morphine"): _oral("1.0"),
    DrugId("oxycodone"): _oral("1.5"),
    DrugId("oxymorphone"): _oral("3.0"),
    DrugId("tapentadol"): _oral("0.4"),
    DrugId("tramadol"): _oral("0.2"),
    # The table counts 2.4 for each microgram an hour, which is 24 micrograms a day: 2.4 / 0.024 = 100. No
    # patch gives so little as 0.2 mg a day: such a number is what it gives in an hour.
    DrugId("fentanyl"): Factor(route=Route.TRANSDERMAL, times=Decimal(100), least=Decimal("0.2")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one entry of the list adds."""

    node: TraceNode
    said: str
    certain: bool
    value: Decimal | None
    """None where it may be any amount."""
    missing: tuple[MissingDatum, ...] = ()


def opioid_mme(quantity: MeasuredQuantity, chart: Chart) -> Outcome:
    """Return the sum over every opioid that is taken, else what would settle it and the least it can be.

    Every entry must state its route and its dose of a day, and the list must have been reviewed, as an
    opioid that nobody wrote down would add to the sum. An entry that may be taken no longer adds its
    dose or nothing.
    """
    opioids = chart.index.drugs_of(OPIOIDS)
    if not opioids:
        return Absent(missing=(_own(quantity, f"the rule pack has no drug class {OPIOIDS}"),))
    parts: list[_Part] = []
    missing: list[MissingDatum] = []
    strangers: list[TraceNode] = []
    for entry in sorted(chart.record.medications, key=repr):
        found = standing(entry, chart)
        if found is Standing.NOT_TAKEN:
            continue
        if entry.drug is None or entry.drug not in chart.vocabulary.drugs:
            missing.append(identity_needed(entry))
            strangers.append(medication_node(entry, chart))
        elif entry.drug in opioids:
            parts.append(_part(entry.drug, entry, found, quantity, chart))
    if chart.review(ListKind.MEDICATIONS) is None:
        missing.append(review_missing(ListKind.MEDICATIONS, chart))
    open_ended = bool(missing) or any(part.value is None for part in parts)
    missing += [datum for part in parts for datum in part.missing]
    least = sum((part.value for part in parts if part.certain and part.value is not None), Decimal(0))
    nodes = (*(part.node for part in parts), *strangers)
    if missing:
        most = None
        if not open_ended:
            most = sum((part.value for part in parts if part.value is not None), Decimal(0))
        data = merged(missing)
        return Absent(missing=data, nodes=(*nodes, *missing_nodes(data)), least=least, most=most)
    return _found(least, tuple(parts), nodes, quantity, chart)


def counts_more(reported: Found, computed: Outcome, today: date) -> bool:
    """Tell whether a report of today settles the sum: it may count more than the list, never less."""
    if reported.settled_on < today:
        return False
    least = computed.reading.value.value if isinstance(computed, Found) else computed.least
    return least is None or reported.reading.value.value >= least


def _part(
    drug: DrugId, entry: Medication, found: Standing, quantity: MeasuredQuantity, chart: Chart
) -> _Part:
    title = chart.vocabulary.drugs[drug].title
    own = medication_node(entry, chart, detailed=True)
    certain = found is Standing.TAKEN
    missing: list[MissingDatum] = []
    if not certain:
        missing.append(
            review_needed(ListKind.MEDICATIONS, f"it is not stated whether {title} is still taken")
        )
    factor = FACTORS.get(drug)
    if factor is None:
        missing.append(_own(quantity, f"{title} has no factor in the table"))
    elif entry.route is None:
        missing.append(detail_missing(drug, MedicationDetail.ROUTE, chart, "", "not stated"))
    elif entry.route is not factor.route:
        missing.append(_own(quantity, f"the table has no factor for {entry.route.value} {title}"))
    dose = None if entry.daily_dose is None else dose_in(entry.daily_dose, "mg")
    if factor is not None and (dose is None or dose < factor.least):
        written = amount(entry.daily_dose)
        why = f"stated as {written}, which is no amount of a whole day" if written else "not stated"
        missing.append(detail_missing(drug, MedicationDetail.DAILY_DOSE, chart, "mg", why))
    usable = factor is not None and entry.route is factor.route and dose is not None and dose >= factor.least
    if factor is None or dose is None or not usable:
        said = f"{title}: any amount"
        return _Part(node=own, said=said, certain=certain, value=None, missing=tuple(missing))
    value = dose * factor.times
    said = f"{title} {plain(dose)} mg x {plain(factor.times)} = {plain(value)}"
    node = TraceNode(
        kind=TraceKind.DERIVATION,
        label=said,
        truth=found.truth,
        reference=drug,
        children=(own,),
        sources=(SOURCE,),
    )
    return _Part(node=node, said=said, certain=certain, value=value, missing=tuple(missing))


def _found(
    total: Decimal,
    parts: tuple[_Part, ...],
    nodes: tuple[TraceNode, ...],
    quantity: MeasuredQuantity,
    chart: Chart,
) -> Outcome:
    text = shown(quantity, total)
    if not is_plausible(quantity, total):
        expected = plausible_range(quantity)
        return Absent(
            missing=(_own(quantity, f"the list adds up to {text}, implausible ({expected} expected)"),),
            nodes=nodes,
            spoiled_on=chart.today,
        )
    said = "; ".join(part.said for part in parts) or "no opioid on the reviewed medication list"
    note = f"CDC 2022 factors: {said}"
    node = TraceNode(
        kind=TraceKind.DERIVATION,
        label=f"{quantity.title} {text}: {note}",
        truth=Truth.TRUE,
        reference=quantity.quantity_id,
        children=nodes,
        sources=(SOURCE,),
    )
    reading = Reading(
        quantity=quantity.quantity_id,
        title=quantity.title,
        value=Quantity(value=total, unit=quantity.unit),
        at=chart.today,
        provenance=Provenance(method=Method.DERIVED, resource="CDC 2022 factors", recorded=chart.today),
        formula=SOURCE,
        note=note,
        shown=text,
    )
    return Found(reading=reading, node=node, settled_on=chart.today, how=said)


def _own(quantity: MeasuredQuantity, reason: str) -> MissingDatum:
    return MissingDatum(
        kind=MissingKind.QUANTITY,
        subject=quantity.quantity_id,
        title=quantity.title,
        reason=reason,
        unit=quantity.unit,
    )
