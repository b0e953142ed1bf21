"""From files to a recorded, explained recommendation, and the same bytes again."""

from __future__ import annotations

from datetime import date
from html import unescape
from pathlib import Path

import pytest
from clinic import AF, DOSE, Clinic, patient_named, verdicts
from fakes import Silent
from generated_bundles import generated_bundles

from engine.bootstrap.local import LocalEngine
from engine.domain.audit import AuditKind
from engine.domain.decision import Choice, Decision, RankingStatus, ReasonCode
from engine.domain.findings import MissingKind
from engine.domain.ids import IndicationId, OptionId
from engine.domain.options import Verdict
from engine.domain.pages import DecisionFilter
from engine.domain.patient import Statement, StatementKind
from engine.domain.replies import EngineState, ReplayResult, ReportFormat
from engine.domain.trace import TraceKind, TraceNode


def _recommend(engine: LocalEngine, name: str, indication: IndicationId = AF) -> Decision:
    return engine.recommend(patient_named(engine, name), indication, Silent())


def test_the_engine_is_ready_and_says_what_it_runs(shared: LocalEngine) -> None:
    status = shared.status()

    assert status.state is EngineState.READY, status.problems
    assert status.pack_status == "starter, not clinically reviewed"
    assert "durable-rules" in status.rule_engine
    assert [model.model_id for model in status.models] == [
        "acute-migraine-averages",
        "atrial-fibrillation-averages",
        "copd-averages",
        "hypercholesterolaemia-averages",
        "major-depression-averages",
        "warfarin-dose",
    ]
    assert status.demo


def test_a_patient_with_nothing_in_the_way_has_every_option_and_the_tie_is_shown(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Alder")

    assert set(verdicts(decision).values()) == {Verdict.CLEAR}
    assert [(item.place, item.tied) for item in decision.ranked] == [(1, True)] * 4 + [(5, False)]
    assert decision.record.synthetic


def test_a_ranker_of_published_averages_says_what_it_is_and_separates_nothing_it_cannot(
    shared: LocalEngine,
) -> None:
    decision = _recommend(shared, "Alder")

    assert decision.ranking.status is RankingStatus.ORDERED
    assert decision.ranking.synthetic
    assert decision.ranking.reason.startswith("synthetic: from published averages")
    assert (
        "of edoxaban the trials say nothing, which ties all that evidence puts beside"
        in decision.ranking.reason
    )
    assert not decision.ranking.changed_order
    assert {item.option_id for item in decision.ranked if item.score is None} == {"edoxaban"}
    assert decision.explanations == ()


def test_falls_of_cholesterol_order_inside_a_place_alone_and_every_score_is_labelled(
    shared: LocalEngine,
) -> None:
    decision = _recommend(shared, "Alder", IndicationId("hypercholesterolaemia"))

    assert [(item.option_id, item.place) for item in decision.ranked] == [
        ("chol-atorvastatin", 1),
        ("chol-ezetimibe", 2),
        ("chol-evolocumab", 3),
        ("chol-alirocumab", 3),
        ("chol-bempedoic-acid", 5),
        # Behind what lowers less: atorvastatin is taken, and a second statin comes in its place.
        ("chol-rosuvastatin", 6),
        ("chol-simvastatin", 7),
    ]
    assert all(item.score is not None for item in decision.ranked)
    assert decision.ranking.score_label == "synthetic: from published averages"
    assert "a surrogate" in decision.ranking.reason


def test_a_mechanical_valve_excludes_every_direct_anticoagulant_with_sources(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Birch")

    said = verdicts(decision)
    assert {said[name] for name in ("apixaban", "rivaroxaban", "edoxaban", "dabigatran")} == {
        Verdict.EXCLUDED
    }
    assert said["warfarin"].eligible
    cited = {citation.citation_id for citation in decision.citations}
    for assessment in decision.assessments:
        for finding in assessment.findings:
            assert finding.sources
            assert {source.citation for source in finding.sources} <= cited


def test_without_reviewed_lists_and_creatinine_nothing_is_called_clear(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Cedar")

    assert set(verdicts(decision).values()) == {Verdict.UNASSESSABLE}
    asked = {(item.datum.kind, item.datum.subject) for item in decision.to_settle}
    assert (MissingKind.QUANTITY, "creatinine") in asked
    assert (MissingKind.LIST_REVIEW, "conditions") in asked


def test_an_unmapped_drug_is_loud(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Dogwood")

    assert Verdict.CLEAR not in verdicts(decision).values()
    assert any(item.datum.kind is MissingKind.DRUG_IDENTITY for item in decision.to_settle)


def test_an_odd_unit_and_contradicting_weights_leave_the_direct_anticoagulants_open(
    shared: LocalEngine,
) -> None:
    for name, subject in (("Ginkgo", "creatinine"), ("Hazel", "weight")):
        decision = _recommend(shared, name)
        assert verdicts(decision)["dabigatran"] is Verdict.UNASSESSABLE
        assert subject in {item.datum.subject for item in decision.to_settle}


def test_pregnancy_excludes_what_harms(shared: LocalEngine) -> None:
    assert set(verdicts(_recommend(shared, "Ivy")).values()) == {Verdict.EXCLUDED}


def _depth(node: TraceNode) -> int:
    below = max((_depth(child) for child in node.children), default=0)
    return below + (node.kind in (TraceKind.CONCEPT, TraceKind.RULE))


def test_an_inhibitor_makes_a_poor_metaboliser_through_a_chain_of_depth_three(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Fir", DOSE)

    excluded = {item.option.option_id for item in decision.assessments if item.verdict is Verdict.EXCLUDED}
    assert "warfarin-high" in excluded
    deepest = max(_depth(finding.why) for item in decision.assessments for finding in item.findings)
    assert deepest >= 4  # the rule itself, and three derived concepts below it


def test_the_model_orders_dose_bands_and_each_ranked_one_is_explained_or_withheld(
    shared: LocalEngine,
) -> None:
    decision = _recommend(shared, "Elm", DOSE)

    assert decision.ranking.status is RankingStatus.ORDERED
    assert decision.ranking.model_hash == decision.versions.model_hash
    assert {item.option_id for item in decision.explanations} == {item.option_id for item in decision.ranked}
    for explanation in decision.explanations:
        assert explanation.fidelity.reason
        total = sum(share.contribution for share in explanation.exact)
        assert explanation.score - explanation.base == pytest.approx(total, abs=1e-4)


@pytest.mark.parametrize("indication", [AF, DOSE])
def test_every_demonstration_decision_replays_to_the_same_bytes(
    shared: LocalEngine, indication: IndicationId
) -> None:
    for row in shared.patients("", "", 50).rows:
        decision = shared.recommend(row.patient_id, indication, Silent())
        report = shared.replay(decision.decision_id, Silent())
        assert report.result is ReplayResult.IDENTICAL, report.differences
        assert report.recorded_hash == report.replayed_hash


def test_the_chain_is_whole_after_all_of_it(shared: LocalEngine) -> None:
    _recommend(shared, "Alder")

    assert shared.verify(Silent()).problems == ()


def test_entering_the_missing_data_settles_the_questions(clinic: Clinic) -> None:
    engine = clinic.open()
    patient = patient_named(engine, "Cedar")
    before = engine.recommend(patient, AF, Silent())

    for kind, subject, value, unit in (
        (StatementKind.LIST_REVIEWED, "conditions", "", ""),
        (StatementKind.LIST_REVIEWED, "medications", "", ""),
        (StatementKind.LIST_REVIEWED, "allergies", "", ""),
        (StatementKind.QUANTITY, "creatinine", "80", "umol/L"),
        (StatementKind.QUANTITY, "weight", "70", "kg"),
    ):
        engine.enter(patient, Statement(kind=kind, subject=subject, value=value, unit=unit))
    after = engine.recommend(patient, AF, Silent())

    assert set(verdicts(before).values()) == {Verdict.UNASSESSABLE}
    assert any(verdict.eligible for verdict in verdicts(after).values())
    assert any(reading.quantity == "crcl" for reading in after.readings)


def test_an_override_with_its_reason_is_recorded_and_written_out(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Birch")

    engine.respond(
        decision.decision_id,
        OptionId("apixaban"),
        Choice.OVERRIDDEN,
        ReasonCode.PATIENT_WISH,
        "Declines INR visits after full discussion.",
    )

    dossier = engine.dossier(decision.decision_id)
    assert dossier.response is not None
    assert [event.kind for event in dossier.events] == [AuditKind.DECISION, AuditKind.OVERRIDDEN]
    for form in (ReportFormat.TEXT, ReportFormat.HTML):
        text = " ".join(unescape(engine.report(decision.decision_id, form).decode()).split())
        assert "Declines INR visits" in text
        assert ReasonCode.PATIENT_WISH.value in text
    (row,) = engine.decisions(DecisionFilter(choice=Choice.OVERRIDDEN), 0, 10).rows
    assert row.decision_id == decision.decision_id


def test_a_decision_of_a_year_ago_replays_after_closing_and_opening_again(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Juniper")
    clinic.close()
    clinic.clock.move(days=365)

    again = clinic.open()
    report = again.replay(decision.decision_id, Silent())

    assert report.result is ReplayResult.IDENTICAL, report.differences


def test_bundles_that_nobody_here_wrote_run_through_the_whole_job(clinic: Clinic, tmp_path: Path) -> None:
    clinic.demo = False
    engine = clinic.open()
    bundles = generated_bundles(range(1), date(2026, 11, 1))
    assert bundles

    for bundle in bundles:
        file = tmp_path / bundle.name
        file.write_bytes(bundle.content)
        patient = engine.import_files((str(file),), Silent()).patient_id
        for indication in (AF, DOSE):
            decision = engine.recommend(patient, indication, Silent())
            assert len(decision.assessments) in (3, 5)
            report = engine.replay(decision.decision_id, Silent())
            assert report.result is ReplayResult.IDENTICAL, report.differences
    assert engine.verify(Silent()).problems == ()
