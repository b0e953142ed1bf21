"""Morphine milligram equivalents: each opioid by its factor, summed, and what leaves the sum open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from charts import (
    NOW,
    TODAY,
    VOCABULARY,
    ago,
    amount,
    fact,
    observed,
    patient,
    reviewed,
    takes,
)
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.atoms import QuantityWithin
from engine.domain.findings import MissingKind
from engine.domain.ids import ClassId, DrugId, QuantityId
from engine.domain.patient import ListKind, Medication, MedicationStatus, PatientRecord, Route
from engine.domain.quantities import Interval
from engine.domain.truth import Truth
from engine.domain.vocabulary import Drug, DrugClass, MeasuredQuantity, QuantityKind
from engine.facts.assemble import Facts
from engine.facts.opioids import FACTORS, OPIOID_MME, OPIOIDS
from engine.facts.reach import Reach
from engine.terminology.index import VocabularyIndex

NAMES = sorted({*FACTORS, DrugId("buprenorphine")})
ORAL = sorted(drug for drug, factor in FACTORS.items() if factor.route is Route.ORAL)
MME = MeasuredQuantity(
    quantity_id=OPIOID_MME,
    title="opioids in morphine milligram equivalents",
    kind=QuantityKind.DERIVED,
    unit="mg/d",
    plausible_low=Decimal(0),
    plausible_high=Decimal(10000),
)
WITH_OPIOIDS = replace(
    VOCABULARY,
    drugs={**VOCABULARY.drugs, **{name: Drug(drug_id=name, title=str(name)) for name in NAMES}},
    classes={
        **VOCABULARY.classes,
        OPIOIDS: DrugClass(class_id=OPIOIDS, title="opioid", members=tuple(NAMES)),
    },
    quantities={**VOCABULARY.quantities, OPIOID_MME: MME},
)
INDEX = VocabularyIndex(WITH_OPIOIDS)
FACTS = Facts(WITH_OPIOIDS, INDEX)


def _takes(drug: str, daily: str | None, route: Route | None = Route.ORAL, **changes: Any) -> Medication:
    return takes(drug, route=route, daily_dose=None if daily is None else amount(daily), **changes)


def _total(*medications: Medication, **changes: Any) -> Decimal | None:
    found = FACTS.read(patient(medications=medications, **changes), OPIOID_MME, NOW)
    return None if found is None else found.value.value


def _at_least(low: str) -> QuantityWithin:
    return QuantityWithin(quantity=OPIOID_MME, interval=Interval(unit="mg/d", low=Decimal(low)))


def _below(high: str) -> QuantityWithin:
    return QuantityWithin(quantity=OPIOID_MME, interval=Interval(unit="mg/d", high=Decimal(high)))


@pytest.mark.parametrize(
    ("drug", "daily", "total"),
    [
        ("codeine", "120", "18"),
        ("hydrocodone", "20", "20"),  # the guideline's own example
        ("hydromorphone", "8", "40"),
        ("methadone", "20", "94"),
        ("morphine", "60", "60"),
        ("oxycodone", "20", "30"),  # the guideline's own example
        ("oxymorphone", "20", "60"),
        ("tapentadol", "200", "80"),
        ("tramadol", "400", "80"),
    ],
)
def test_each_oral_opioid_counts_by_its_factor(drug: str, daily: str, total: str) -> None:
    """The table of the guideline, milligrams a day."""
    assert _total(_takes(drug, daily)) == Decimal(total)


def test_a_fentanyl_patch_counts_by_what_it_gives_in_a_day() -> None:
    """25 micrograms an hour are 0.6 mg a day, and 60 by the guideline's 2.4 for each microgram an hour."""
    assert _total(_takes("fentanyl", "0.6", Route.TRANSDERMAL)) == Decimal(25) * Decimal("2.4")


def test_what_a_patch_gives_in_an_hour_is_not_taken_for_a_day() -> None:
    """25 micrograms written as the dose of a day would hide an opioid behind a twenty-fourth of it."""
    found = fact(patient(medications=(_takes("fentanyl", "0.025", Route.TRANSDERMAL),)), _below("50"), FACTS)
    assert found.truth is Truth.UNKNOWN
    assert [datum.kind for datum in found.missing] == [MissingKind.MEDICATION_DETAIL]


def test_opioids_add_up_and_the_trace_names_each_product() -> None:
    """Two opioids below a limit of 50 lie above it together."""
    record = patient(medications=(_takes("oxycodone", "20"), _takes("tramadol", "150")))
    found = fact(record, _at_least("50"), FACTS)
    assert found.truth is Truth.TRUE
    assert "oxycodone 20 mg x 1.5 = 30; tramadol 150 mg x 0.2 = 30" in found.statement
    assert {node.label for node in found.evidence[0].children} == {
        "oxycodone 20 mg x 1.5 = 30",
        "tramadol 150 mg x 0.2 = 30",
    }


def test_without_opioids_a_reviewed_list_gives_zero_and_an_unreviewed_one_nothing() -> None:
    """Nobody said that there is none."""
    assert _total() == 0
    assert _total(reviews=()) is None
    assert _total(reviews=(reviewed(ListKind.MEDICATIONS, 366),)) is None


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (_takes("morphine", None), MissingKind.MEDICATION_DETAIL),
        (_takes("morphine", "30", None), MissingKind.MEDICATION_DETAIL),
        (_takes("morphine", "30", Route.INTRAVENOUS), MissingKind.QUANTITY),
        (_takes("buprenorphine", "0.48", Route.TRANSDERMAL), MissingKind.QUANTITY),
        (takes("morphine", route=Route.ORAL, daily_dose=amount("5", "mmol")), MissingKind.MEDICATION_DETAIL),
        (takes(None), MissingKind.DRUG_IDENTITY),
        (_takes("morphine", "60", status=MedicationStatus.UNKNOWN), MissingKind.LIST_REVIEW),
    ],
)
def test_what_cannot_be_counted_leaves_the_sum_open(entry: Medication, kind: MissingKind) -> None:
    """No dose, no route, another route, no factor, no mass, no name, or taken no longer."""
    found = fact(patient(medications=(entry,)), _at_least("50"), FACTS)
    assert found.truth is Truth.UNKNOWN
    assert kind in {datum.kind for datum in found.missing}


def test_what_is_certain_is_enough_where_it_passes_the_limit_alone() -> None:
    """A second opioid of unknown dose can only add."""
    record = patient(medications=(_takes("morphine", "60"), _takes("oxycodone", None)), reviews=())
    found = fact(record, _at_least("50"), FACTS)
    assert found.truth is Truth.TRUE
    assert "at least 60 whatever is still open" in found.statement
    assert fact(record, _below("60"), FACTS).truth is Truth.FALSE
    assert fact(record, _at_least("60.1"), FACTS).truth is Truth.UNKNOWN
    assert fact(record, _below("60.1"), FACTS).truth is Truth.UNKNOWN


def test_an_entry_that_may_be_over_adds_its_dose_or_nothing() -> None:
    """Between 20 and 40: below 50 whichever it is."""
    entries = (_takes("morphine", "20"), _takes("morphine", "20", status=MedicationStatus.UNKNOWN))
    record = patient(medications=entries)
    assert fact(record, _at_least("50"), FACTS).truth is Truth.FALSE
    assert fact(record, _at_least("30"), FACTS).truth is Truth.UNKNOWN


@pytest.mark.parametrize("status", [MedicationStatus.STOPPED, MedicationStatus.PLANNED])
def test_what_is_not_taken_adds_nothing(status: MedicationStatus) -> None:
    """An opioid that was stopped, or is to come."""
    assert _total(_takes("morphine", "60", status=status)) == 0


def test_an_implausible_sum_is_no_sum() -> None:
    """A dose of kilograms is an error of writing."""
    assert _total(_takes("morphine", "20000")) is None


def test_a_report_of_today_may_count_more_than_the_list_and_never_less() -> None:
    """Whoever made it may know of drops and patches that no list tells."""
    record = patient(medications=(_takes("morphine", "40"),))

    def with_report(value: str, days: int) -> Decimal:
        report = replace(observed("creatinine", value, days), quantity=OPIOID_MME)
        report = replace(report, value=replace(amount(value), unit="mg/d"), as_written=f"{value} mg/d")
        found = FACTS.read(replace(record, observations=(report,)), OPIOID_MME, NOW)
        assert found is not None
        return found.value.value

    assert with_report("70", 0) == 70
    assert with_report("70", 1) == 40
    assert with_report("30", 0) == 40


def test_a_report_below_what_is_certain_cannot_stand_in() -> None:
    """The list tells of 60 at least."""
    entries = (_takes("morphine", "60"), _takes("oxycodone", None))
    report = replace(
        observed("creatinine", "10", 0), quantity=OPIOID_MME, value=replace(amount("10"), unit="mg/d")
    )
    assert FACTS.read(patient(medications=entries, observations=(report,)), OPIOID_MME, NOW) is None


def test_a_pack_without_opioids_has_no_sum() -> None:
    """Its words are missing, which is not zero."""
    bare = replace(WITH_OPIOIDS, classes=VOCABULARY.classes)
    assert Facts(bare).read(patient(), OPIOID_MME, NOW) is None
    assert fact(patient(), _at_least("50"), Facts(bare)).truth is Truth.UNKNOWN


def test_the_sum_is_reached_by_every_opioid_and_by_the_list() -> None:
    """A what-if question about one of them decides it again."""
    keys = Reach(INDEX).of_quantity(OPIOID_MME)
    assert {("list", "medications"), ("quantity", "opioid_mme"), *(("drug", name) for name in NAMES)} <= keys
    assert QuantityId("opioid_mme") == OPIOID_MME
    assert ClassId("opioid") == OPIOIDS


_DOSES = st.decimals(min_value="0.1", max_value="200", places=1)
_ENTRIES = st.lists(st.tuples(st.sampled_from(ORAL), _DOSES), max_size=5)


def _record(entries: list[tuple[DrugId, Decimal]]) -> PatientRecord:
    return patient(medications=tuple(_takes(drug, str(dose)) for drug, dose in entries))


@given(_ENTRIES)
def test_the_sum_is_that_of_its_parts_in_any_order(entries: list[tuple[DrugId, Decimal]]) -> None:
    """Each dose times its factor, exactly."""
    expected = sum((dose * FACTORS[drug].times for drug, dose in entries), Decimal(0))
    for several in (entries, entries[::-1]):
        found = FACTS.read(_record(several), OPIOID_MME, NOW)
        assert found is not None
        assert found.value.value == expected
        assert found.at == TODAY


@given(_ENTRIES, st.sampled_from(NAMES), st.decimals(min_value=1, max_value=300, places=1))
def test_a_further_opioid_of_unknown_dose_never_turns_yes_into_no(
    entries: list[tuple[DrugId, Decimal]], further: DrugId, limit: Decimal
) -> None:
    """It may add any amount: what was reached stays reached, and what was not becomes unknown."""
    asked = _at_least(str(limit))
    before = fact(_record(entries), asked, FACTS).truth
    record = _record(entries)
    more = replace(record, medications=(*record.medications, _takes(further, None, None, start=ago(3))))
    after = fact(more, asked, FACTS).truth
    assert after is (Truth.TRUE if before is Truth.TRUE else Truth.UNKNOWN)
