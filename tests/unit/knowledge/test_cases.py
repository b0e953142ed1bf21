"""Cases: the patient they describe, and what is said of what came instead of what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from small_pack import DAY, base_files, text_of

from engine.domain.atoms import QuantityWithin
from engine.domain.findings import (
    EvidenceStrength,
    Finding,
    FindingKind,
    MissingDatum,
    MissingKind,
    Severity,
    Undecided,
)
from engine.domain.ids import IndicationId, RuleId
from engine.domain.options import Assessment, Verdict
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import (
    AllergyKind,
    Flag,
    ListKind,
    MedicationStatus,
    PatientRecord,
    ReactionKind,
    Route,
    Sex,
)
from engine.domain.provenance import Method
from engine.domain.rules import Jurisdiction
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.errors import Cancelled
from engine.knowledge.case_records import record_of
from engine.knowledge.case_runs import run_cases
from engine.knowledge.codes import Code
from engine.knowledge.load import load

NODE = TraceNode(kind=TraceKind.RULE, label="", truth=Truth.TRUE)


@dataclass
class Scripted:
    """An assessor that says of each rule what the test wrote down."""

    came: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[PatientRecord, Jurisdiction, datetime]] = field(default_factory=list)
    packs: list[RulePack] = field(default_factory=list)

    def assess(
        self,
        pack: RulePack,
        record: PatientRecord,
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> tuple[Assessment, ...]:
        """Return one assessment an option, with the same findings on each."""
        self.asked.append((record, jurisdiction, as_of))
        self.packs.append(pack)
        return tuple(
            Assessment(
                option=option,
                verdict=Verdict.CLEAR,
                findings=tuple(finding(rule) for rule, how in self.came.items() if how == "fires"),
                undecided=tuple(open_rule(rule) for rule, how in self.came.items() if how == "undecided"),
                elsewhere=tuple(finding(rule) for rule, how in self.came.items() if how == "elsewhere"),
            )
            for option in pack.indications[indication_id].options
        )


def finding(rule: str) -> Finding:
    """Return a finding that says nothing but its rule."""
    return Finding(
        rule_id=RuleId(rule),
        rule_title="",
        option_id="x",  # type: ignore[arg-type]
        kind=FindingKind.PRECAUTION,
        severity=Severity.NOTE,
        strength=EvidenceStrength.LOW,
        say="",
        manage="",
        dose="",
        sources=(),
        sources_seen=True,
        status="",
        why=NODE,
    )


def open_rule(rule: str) -> Undecided:
    """Return a rule that lacks a creatinine clearance."""
    return Undecided(
        rule_id=RuleId(rule),
        rule_title="",
        option_id="x",  # type: ignore[arg-type]
        kind=FindingKind.PRECAUTION,
        severity=Severity.NOTE,
        blocks=False,
        missing=(
            MissingDatum(
                kind=MissingKind.QUANTITY,
                subject="crcl",
                title="creatinine clearance",
                reason="never measured",
            ),
        ),
        because="",
        sources=(),
        why=NODE,
    )


class Counting:
    """Progress that remembers, and stops where told."""

    def __init__(self, stop_at: int = 10_000) -> None:
        """Take the step at which the user stops."""
        self.steps: list[tuple[int, int]] = []
        self.stop_at = stop_at

    def step(self, done: int, total: int, what: str) -> None:
        """Note the step."""
        assert what
        self.steps.append((done, total))
        if done == self.stop_at:
            raise Cancelled("stopped")


def with_cases(text: str) -> tuple[PackFile, ...]:
    """Return the small pack with more cases than its own."""
    return base_files(**{"more.cases": text})


def case(
    given: str, *, then: str = "{apixaban.crcl: silent}", on: str = "2026-11-01", name: str = "it"
) -> str:
    """Return the text of a case file with one case."""
    return (
        f"cases:\n  - name: {name}\n    on: {on}\n    jurisdiction: US\n    indication: af\n"
        f"    given: {given}\n    then: {then}\n"
    )


def record_given(given: str) -> PatientRecord:
    """Return the record of a case's patient."""
    found = load(with_cases(case(given)), DAY)
    assert found.pack is not None, found.diagnostics
    (one,) = [each for each in found.cases if each.span.path == "more.cases.yaml"]
    return record_of(one, found.pack.vocabulary)


def test_a_template_is_merged_with_what_the_case_says() -> None:
    record = record_given(
        '{like: complete, sex: female, quantities: {age: "70 a"}, medications: [ketoconazole],'
        " genotypes: {CYP2C9: {phenotype: Poor Metabolizer}}}"
    )

    assert record.sex is Sex.FEMALE
    assert record.birth_date == date(1950, 5, 1)
    assert [each.quantity for each in record.observations] == ["crcl", "age"]
    assert [each.drug for each in record.medications] == ["ketoconazole"]
    assert [each.condition for each in record.diagnoses] == ["atrial_fibrillation"]
    assert [(each.diplotypes, each.phenotype) for each in record.genotypes] == [((), "Poor Metabolizer")]
    assert [(each.state, each.holds) for each in record.states] == [("pregnant", False)]
    assert {each.kind for each in record.reviews} == set(ListKind) - {ListKind.PROCEDURES}


def test_without_takes_away_before_the_case_adds() -> None:
    record = record_given(
        "{like: complete,"
        " without: [crcl, atrial_fibrillation, CYP2C9, pregnant, sex, birth_date, medications]}"
    )

    assert record.sex is Sex.UNKNOWN
    assert record.birth_date is None
    assert not any((record.observations, record.diagnoses, record.genotypes, record.states))
    assert {each.kind for each in record.reviews} == {ListKind.CONDITIONS, ListKind.ALLERGIES}


def test_details_of_drugs_conditions_allergies_and_plans_become_days_and_amounts() -> None:
    record = record_given(
        "{medications: [{id: ketoconazole, route: oral, dose: 0.2 g, daily_dose: 400 mg, since: 30 days},"
        " {id: ritonavir, since: 10 weeks, stopped: 10 days},"
        " {id: apixaban, status: active, stopped: 1 day}],"
        " conditions: [{id: atrial_fibrillation, since: 20 days}],"
        " allergies: [{id: penicillins, kind: intolerance, severity: severe, reaction: [rash, urticaria]},"
        " {id: penicillins, reaction: anaphylaxis}],"
        " planned: [{id: gastrointestinal_bleeding, in: 5 days}, atrial_fibrillation, {text: Something}],"
        " reviewed: [planned procedures]}"
    )

    taken, stopped, contrary = record.medications
    assert (taken.route, str(taken.single_dose), str(taken.daily_dose)) == (Route.ORAL, "200 mg", "400 mg")
    assert (taken.start, taken.stop, taken.status) == (date(2026, 10, 2), None, MedicationStatus.ACTIVE)
    assert taken.dose == "0.2 g, 400 mg a day"
    assert (stopped.start, stopped.stop) == (date(2026, 8, 23), date(2026, 10, 22))
    assert (stopped.status, stopped.route, stopped.single_dose) == (MedicationStatus.STOPPED, None, None)
    assert contrary.status is MedicationStatus.ACTIVE
    assert [each.onset for each in record.diagnoses] == [date(2026, 10, 12)]
    assert [(each.kind, each.severity, each.reactions) for each in record.allergies] == [
        (AllergyKind.INTOLERANCE, "severe", (ReactionKind.RASH, ReactionKind.URTICARIA)),
        (AllergyKind.ALLERGY, "", (ReactionKind.ANAPHYLAXIS,)),
    ]
    assert [(each.procedure, each.on) for each in record.planned] == [
        ("gastrointestinal_bleeding", date(2026, 11, 6)),
        ("atrial_fibrillation", None),
        (None, None),
    ]
    assert [each.kind for each in record.reviews] == [ListKind.PROCEDURES]


def test_plans_are_merged_and_taken_away_like_any_list() -> None:
    text = case("{like: planned-one, without: [gastrointestinal_bleeding, planned procedures]}") + (
        "patients:\n  planned-one:\n    planned: [gastrointestinal_bleeding, atrial_fibrillation]\n"
        "    reviewed: [planned procedures, allergies]\n"
    )
    found = load(with_cases(text), DAY)
    assert found.pack is not None, found.diagnostics
    (one,) = [each for each in found.cases if each.span.path == "more.cases.yaml"]
    record = record_of(one, found.pack.vocabulary)

    assert [each.procedure for each in record.planned] == ["atrial_fibrillation"]
    assert [each.kind for each in record.reviews] == [ListKind.ALLERGIES]


def test_no_review_at_all_can_be_written() -> None:
    assert record_given("{like: complete, reviewed: []}").reviews == ()


def test_a_value_is_converted_dated_and_kept_as_written() -> None:
    (value,) = record_given('{quantities: {crcl: "0.5 mL/s, 10 days old"}}').observations

    assert value.value is not None
    assert (value.value.value, value.value.unit) == (Decimal(30), "mL/min")
    assert value.as_written == "0.5 mL/s"
    assert value.at == date(2026, 10, 22)
    assert value.provenance.method is Method.IMPORTED


@pytest.mark.parametrize(
    ("written", "flags"),
    [("14 mg/dL", (Flag.UNIT_NOT_CONVERTIBLE,)), ("900 mL/min", (Flag.IMPLAUSIBLE,)), ("14 mL/min", ())],
)
def test_a_value_nobody_can_use_is_flagged_as_an_import_would(written: str, flags: tuple[Flag, ...]) -> None:
    (value,) = record_given(f"{{quantities: {{crcl: {written}}}}}").observations

    assert value.flags == flags
    assert (value.value is None) == (Flag.UNIT_NOT_CONVERTIBLE in flags)


def test_contradictory_values_and_several_possible_diplotypes_can_be_written() -> None:
    record = record_given(
        '{quantities: {crcl: ["20 mL/min", "60 mL/min"]}, genotypes: {CYP2C9: ["*1/*2", "*1/*3"]}}'
    )

    assert [str(each.value) for each in record.observations] == ["20 mL/min", "60 mL/min"]
    assert record.genotypes[0].diplotypes == ("*1/*2", "*1/*3")


def test_what_no_vocabulary_knows_can_be_written() -> None:
    record = record_given(
        "{medications: [{text: Zzyzyx}, {id: apixaban, status: stopped}], conditions: [{text: Odd}],"
        " allergies: [{text: Dust}, penicillins, apixaban]}"
    )

    assert [(each.drug, each.text, each.status) for each in record.medications] == [
        (None, "Zzyzyx", MedicationStatus.ACTIVE),
        ("apixaban", "apixaban", MedicationStatus.STOPPED),
    ]
    assert [(each.condition, each.text) for each in record.diagnoses] == [(None, "Odd")]
    assert [(each.allergen, each.drug) for each in record.allergies] == [
        (None, None),
        ("penicillins", None),
        (None, "apixaban"),
    ]


def test_a_case_passes_where_what_came_is_what_was_expected() -> None:
    text = case("{like: complete}", then="{apixaban.crcl: fires, doac.bleeding: undecided}")
    assessor = Scripted(came={"apixaban.crcl": "fires", "doac.bleeding": "undecided"})

    report = run_cases(with_cases(text), DAY, assessor, Counting(), only="more.cases.yaml")

    assert (report.passed, report.failed, report.diagnostics) == (1, 0, ())
    assert report.results[0].rules == ("apixaban.crcl", "doac.bleeding")
    ((record, jurisdiction, as_of),) = assessor.asked
    assert record.name == "it"
    assert jurisdiction is Jurisdiction.US
    assert as_of == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_failed_case_says_what_was_expected_what_came_and_what_is_missing() -> None:
    text = case("{like: complete}", then="{apixaban.crcl: fires, doac.bleeding: silent}") + (
        "    verdicts: {apixaban: excluded}\n"
    )
    assessor = Scripted(came={"apixaban.crcl": "undecided", "doac.bleeding": "fires"})

    report = run_cases(with_cases(text), DAY, assessor, Counting(), only="more.cases.yaml")

    assert report.failed == 1
    assert report.results[0].detail == (
        "apixaban.crcl: expected fires, came undecided (creatinine clearance: never measured)."
        " doac.bleeding: expected silent, came fires."
        " apixaban: expected excluded, came clear by doac.bleeding, apixaban.crcl?."
    )
    assert str(report.results[0].span) == "more.cases.yaml:2"


def test_a_finding_of_the_other_jurisdiction_does_not_count() -> None:
    assessor = Scripted(came={"apixaban.crcl": "elsewhere"})

    report = run_cases(
        with_cases(case("{like: complete}")), DAY, assessor, Counting(), only="more.cases.yaml"
    )

    assert report.passed == 1


@pytest.mark.parametrize(
    ("only", "count"),
    [
        ("", 6),
        ("rules/apixaban.yaml", 6),
        ("rules/apixaban.cases.yaml", 5),
        ("more.cases.yaml", 1),
        ("vocabulary.yaml", 6),
    ],
)
def test_the_cases_that_run_are_those_of_the_file_and_of_its_rules(only: str, count: int) -> None:
    progress = Counting()

    report = run_cases(with_cases(case("{like: complete}")), DAY, Scripted(), progress, only=only)

    assert len(report.results) == count
    assert progress.steps == [(number, count) for number in range(1, count + 1)]


def test_a_case_plays_on_its_own_day_with_the_thresholds_of_that_day() -> None:
    assessor = Scripted()

    run_cases(
        with_cases(case("{like: complete}", on="2027-05-01")),
        DAY,
        assessor,
        Counting(),
        only="more.cases.yaml",
    )

    premise = assessor.packs[0].rules[RuleId("apixaban.crcl")].when
    assert isinstance(premise, QuantityWithin)
    assert premise.interval.high == 20


def test_a_case_before_the_first_value_of_a_threshold_fails_and_says_why() -> None:
    report = run_cases(
        with_cases(case("{like: complete}", on="2019-05-01")),
        DAY,
        Scripted(),
        Counting(),
        only="more.cases.yaml",
    )

    assert report.failed == 1
    assert "On 2019-05-01 the pack cannot be used: rules/apixaban.yaml:6" in report.results[0].detail


def test_missing_cases_are_told_but_do_not_keep_the_others_from_running() -> None:
    text = text_of("rules/apixaban.cases.yaml").replace("apixaban.crcl: undecided", "doac.bleeding: silent")

    report = run_cases(
        base_files(rules__apixaban=text_of("rules/apixaban.yaml"), **{"rules__apixaban.cases": text}),
        DAY,
        Scripted(),
        Counting(),
    )

    assert [item.code for item in report.diagnostics] == [Code.CASES_MISSING]
    assert len(report.results) == 5


def test_a_pack_with_an_error_runs_no_case() -> None:
    report = run_cases(base_files(x="rules: ["), DAY, Scripted(), Counting())

    assert report.results == ()
    assert [item.code for item in report.diagnostics] == [Code.NOT_YAML]


def test_a_run_stops_when_the_user_says_so() -> None:
    with pytest.raises(Cancelled):
        run_cases(base_files(), DAY, Scripted(), Counting(stop_at=2))
