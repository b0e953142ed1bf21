"""The drugs of a record as options: what is in question is there, stopped drugs are not, gaps are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fakes import PlainEngine
from hypothesis import given
from hypothesis import strategies as st
from packs import INDICATION, ToldFacts, a_bare_record, a_pack, a_rule, an_option, has

from engine.decision.assessment import Appraisal, RuleAssessor
from engine.decision.options import for_patient
from engine.domain.ids import DrugId, OptionId
from engine.domain.options import Verdict
from engine.domain.pack import RulePack
from engine.domain.patient import Medication, MedicationStatus, PatientRecord, Route
from engine.domain.provenance import Method, Provenance, SourceRef
from engine.domain.quantities import Quantity
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import Marketing, OptionsFrom
from engine.domain.truth import Truth

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_DAY = _NOW.date()


def _entry(
    drug: str | None, status: MedicationStatus = MedicationStatus.ACTIVE, **more: object
) -> Medication:
    made = Medication(
        drug=DrugId(drug) if drug else None,
        text=drug or "Zzyzyx",
        status=status,
        provenance=Provenance(method=Method.ENTERED, resource="test"),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def _taking(*entries: Medication) -> PatientRecord:
    return replace(a_bare_record(), medications=entries)


def _review() -> RulePack:
    options = [replace(an_option(name), evidence=None, dose="", burden="") for name in ("a", "b")]
    pack = a_pack(rules=[a_rule("r", has("x"), "a")], options=options)
    indication = replace(pack.indications[INDICATION], options_from=OptionsFrom.MEDICATIONS)
    return replace(pack, indications={INDICATION: indication})


def _appraised(record: PatientRecord) -> Appraisal:
    told = ToldFacts({"x": Truth.TRUE})
    assessor = RuleAssessor(lambda _: told, PlainEngine())
    return assessor.appraise(_review(), record, INDICATION, Jurisdiction.EU, _NOW)


def _options(record: PatientRecord) -> list[str]:
    asked = for_patient(_review().indications[INDICATION], record, _DAY, Jurisdiction.EU)
    return [option.drug for option in asked.options]


def test_a_drug_that_is_taken_is_assessed() -> None:
    (assessment,) = _appraised(_taking(_entry("a"))).assessments

    assert (assessment.option.drug, assessment.verdict) == ("a", Verdict.EXCLUDED)


def test_a_planned_or_doubtful_drug_is_in_question_too() -> None:
    record = _taking(_entry("a", MedicationStatus.PLANNED), _entry("b", MedicationStatus.UNKNOWN))

    assert _options(record) == ["a", "b"]


def test_a_stopped_drug_is_not() -> None:
    assert _options(_taking(_entry("a", MedicationStatus.STOPPED))) == []


def test_an_active_entry_whose_last_day_passed_stays_in_question_because_patients_go_on() -> None:
    assert _options(_taking(_entry("a", stop=date(2026, 10, 1)))) == ["a"]


def test_dose_route_and_standing_are_those_of_the_record() -> None:
    daily = Quantity(value=Decimal(20), unit="mg")
    entry = _entry("a", dose="10 mg twice daily", route=Route.ORAL, daily_dose=daily, start=date(2026, 1, 2))

    (option,) = for_patient(_review().indications[INDICATION], _taking(entry), _DAY, Jurisdiction.EU).options

    assert (option.dose, option.route, option.burden) == (
        "10 mg twice daily",
        "oral",
        "taken since 2026-01-02",
    )
    assert (option.administered, option.daily_dose) == (Route.ORAL, daily)


def test_two_entries_of_a_drug_are_one_option_without_a_dose_to_compare() -> None:
    one, two = _entry("a", dose="10 mg"), _entry("a", dose="20 mg", route=Route.ORAL)

    (option,) = for_patient(
        _review().indications[INDICATION], _taking(one, two), _DAY, Jurisdiction.EU
    ).options

    assert option.dose == "10 mg; 20 mg"
    assert (option.daily_dose, option.single_dose, option.administered) == (None, None, None)


def test_a_drug_that_no_rule_speaks_of_and_one_that_is_not_understood_are_named() -> None:
    appraisal = _appraised(_taking(_entry("c"), _entry(None), _entry("d", MedicationStatus.STOPPED)))

    assert appraisal.assessments == ()
    assert appraisal.not_covered == ("Zzyzyx", "c")


def test_a_list_of_the_pack_does_not_hang_on_the_record() -> None:
    pack = a_pack(options=[an_option("a")])
    indication = pack.indications[INDICATION]

    assert for_patient(indication, _taking(), _DAY, Jurisdiction.EU) is indication


@given(st.permutations(["a", "b", "a", "c"]), st.data())
def test_every_drug_in_question_is_either_an_option_or_named_as_not_covered(
    drugs: list[str], data: st.DataObject
) -> None:
    statuses = [data.draw(st.sampled_from(MedicationStatus)) for _ in drugs]
    record = _taking(*(_entry(drug, status) for drug, status in zip(drugs, statuses, strict=True)))
    appraisal = _appraised(record)

    said = {each.option.drug for each in appraisal.assessments} | set(appraisal.not_covered)

    assert said == {
        drug for drug, status in zip(drugs, statuses, strict=True) if status is not MedicationStatus.STOPPED
    }


def _sold_in_the_eu(pack: RulePack, option: str) -> RulePack:
    """Return a pack one option of which is marketed under the EU label alone."""
    source = SourceRef(citation=next(iter(pack.citations)), where="list of products")
    marketing = (Marketing(option_id=OptionId(option), only=Jurisdiction.EU, sources=(source,)),)
    indication = replace(pack.indications[INDICATION], marketing=marketing)
    return replace(pack, indications={INDICATION: indication})


def _listed(jurisdiction: Jurisdiction) -> Appraisal:
    rule = a_rule("r", has("x"), "a")
    rule = replace(rule, then=replace(rule.then, alternatives=(OptionId("b"),)))
    pack = a_pack(rules=[rule], options=[an_option("a"), an_option("b")])
    assessor = RuleAssessor(lambda _: ToldFacts({"x": Truth.TRUE}), PlainEngine())
    return assessor.appraise(_sold_in_the_eu(pack, "b"), _taking(), INDICATION, jurisdiction, _NOW)


def test_what_is_not_marketed_under_a_label_is_no_option_there_and_said_to_be_none() -> None:
    here, there = _listed(Jurisdiction.EU), _listed(Jurisdiction.US)

    assert [each.option.option_id for each in here.assessments] == ["a", "b"]
    assert here.not_offered == ()
    assert [each.option.option_id for each in there.assessments] == ["a"]
    assert [(each.option_id, each.only) for each in there.not_offered] == [("b", Jurisdiction.EU)]
    assert there.not_offered[0].sources[0].where == "list of products"


def test_what_is_not_marketed_is_never_named_instead() -> None:
    (here, _), (there,) = _listed(Jurisdiction.EU).assessments, _listed(Jurisdiction.US).assessments

    assert here.findings[0].alternatives == ("b",)
    assert there.findings[0].alternatives == ()


@pytest.mark.parametrize("jurisdiction", Jurisdiction)
def test_what_a_patient_takes_is_reviewed_wherever_it_was_bought(jurisdiction: Jurisdiction) -> None:
    assessor = RuleAssessor(lambda _: ToldFacts({"x": Truth.TRUE}), PlainEngine())

    found = assessor.appraise(
        _sold_in_the_eu(_review(), "a"), _taking(_entry("a")), INDICATION, jurisdiction, _NOW
    )

    assert [each.option.option_id for each in found.assessments] == ["a"]
    assert found.not_offered == ()


@pytest.mark.parametrize(("jurisdiction", "instead"), [(Jurisdiction.EU, ["b"]), (Jurisdiction.US, [])])
def test_what_is_not_marketed_is_not_tried_instead_of_a_drug_of_the_list(
    jurisdiction: Jurisdiction, instead: list[str]
) -> None:
    pack = _review()
    (rule,) = pack.rules.values()
    named = replace(rule, then=replace(rule.then, alternatives=(OptionId("b"),)))
    pack = _sold_in_the_eu(replace(pack, rules={named.rule_id: named}), "b")
    assessor = RuleAssessor(lambda _: ToldFacts({"x": Truth.TRUE}), PlainEngine())

    found = assessor.appraise(pack, _taking(_entry("a")), INDICATION, jurisdiction, _NOW)

    (finding,) = found.assessments[0].findings
    assert [each.option_id for each in finding.replacements] == instead
