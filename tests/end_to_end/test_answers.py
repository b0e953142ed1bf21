"""Why not and what would settle it, asked of the whole engine: recorded decisions, entered data, the CLI."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner
from clinic import AF, DOSE, Clinic, patient_named, verdicts
from fakes import Silent

from engine.bootstrap.local import LocalEngine
from engine.cli.root import cli
from engine.domain.audit import AuditKind
from engine.domain.decision import Decision
from engine.domain.explanation import Explanation
from engine.domain.ids import DecisionId, OptionId
from engine.domain.information import InformationValue
from engine.domain.why_not import WhyNot
from engine.errors import NotFound, RuleEngineFailed
from engine.remote.server import methods_of_api


def _recommend(engine: LocalEngine, name: str) -> Decision:
    return engine.recommend(patient_named(engine, name), AF, Silent())


@pytest.mark.parametrize(("name", "subject", "number"), [("Hazel", "weight", 2), ("Alder", "CYP2C9", 3)])
def test_what_was_foretold_comes_true_once_the_datum_is_entered(
    clinic: Clinic, name: str, subject: str, number: int
) -> None:
    engine = clinic.open()
    decision = _recommend(engine, name)
    (value,) = (one for one in engine.information(decision.decision_id) if one.datum.subject == subject)
    outcome = value.outcomes[number]
    assert outcome.statement is not None
    assert outcome.changes

    engine.enter(decision.record.patient_id, outcome.statement)

    assert verdicts(_recommend(engine, name)) == dict(outcome.verdicts)


def test_identifying_a_drug_does_what_was_foretold(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Dogwood")
    identity = engine.information(decision.decision_id)[0]
    outcome = next(one for one in identity.outcomes if "ketoconazole" in one.says)
    assert outcome.statement is not None

    engine.enter(decision.record.patient_id, outcome.statement)
    after = _recommend(engine, "Dogwood")

    assert verdicts(after) == dict(outcome.verdicts)
    fired = {finding.rule_id for item in after.assessments for finding in item.findings}
    assert set(outcome.fires) <= fired


def test_answers_are_about_the_decision_as_it_was_made_not_about_the_record_as_it_is(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Hazel")
    before = engine.information(decision.decision_id)
    statement = before[0].outcomes[2].statement
    assert statement is not None

    engine.enter(decision.record.patient_id, statement)
    clinic.clock.move(days=40)

    assert engine.information(decision.decision_id) == before


def test_asking_leaves_the_decision_and_the_audit_chain_whole(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Hazel")
    recorded = engine._store.decision_bytes(decision.decision_id)

    engine.information(decision.decision_id)
    engine.why_not(decision.decision_id, OptionId("apixaban"))

    assert engine._store.decision_bytes(decision.decision_id) == recorded
    assert not engine.verify(Silent()).problems


def test_answers_survive_the_pipe_to_the_window(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Birch").decision_id
    why = shared.why_not(decision, OptionId("dabigatran"))
    worth = shared.information(decision)

    assert {"why_not", "information"} <= set(methods_of_api())
    assert msgspec.json.decode(msgspec.json.encode(why), type=WhyNot) == why
    assert msgspec.json.decode(msgspec.json.encode(worth), type=tuple[InformationValue, ...]) == worth


def test_a_decision_that_does_not_exist_is_told(shared: LocalEngine) -> None:
    with pytest.raises(NotFound):
        shared.information(DecisionId("dec-none"))


def test_a_decision_recorded_with_a_fault_has_no_answers_until_it_is_made_anew(clinic: Clinic) -> None:
    engine = clinic.open(fault="crashes")
    decision = _recommend(engine, "Alder")
    assert decision.engine.faults

    with pytest.raises(RuleEngineFailed, match="engine fault"):
        engine.information(decision.decision_id)


def test_the_command_line_asks_the_same_and_ends_as_the_others_do(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Hazel").decision_id
    foretold = engine.information(decision)
    clinic.close()
    site = ["--database", str(clinic.database), "--demo"]

    def run(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(cli, [*site, *words])
        return found.exit_code, found.output

    code, text = run("settle", decision)
    assert (code, text.startswith(" 1. body weight")) == (0, True)
    code, text = run("settle", decision, "--format", "json")
    assert (code, msgspec.json.decode(text, type=tuple[InformationValue, ...])) == (0, foretold)
    code, text = run("why-not", decision, "rivaroxaban")
    assert code == 0
    assert "Spared by a number" in text
    code, text = run("why-not", decision, "aspirin")
    assert code == 2
    assert "The choices are: apixaban" in text
    assert run("settle", "dec-none")[0] == 2
    for command in ("settle", "why-not"):
        code, text = run(command, "--help")
        assert code == 0
        assert "Examples:" in text


def test_the_negative_control_explains_the_same_options_by_a_model_that_learnt_nothing(
    clinic: Clinic,
) -> None:
    engine = clinic.open()
    decision = engine.recommend(patient_named(engine, "Elm"), DOSE, Silent())
    found = engine.negative_control(decision.decision_id)

    assert [each.option_id for each in found] == [each.option_id for each in decision.explanations]
    # Of shuffled outcomes only the commonest band can be learnt: the scores hardly move from their mean.
    assert _moved(found) < _moved(decision.explanations) / 3
    events = engine.dossier(decision.decision_id).events
    assert [event.detail for event in events if event.kind is AuditKind.READ] == ["negative control shown"]


def _moved(explanations: tuple[Explanation, ...]) -> float:
    """Return how far the features move the score that they move most."""
    return max(sum(abs(share.contribution) for share in each.exact) for each in explanations)


def test_a_decision_without_attributions_has_no_negative_control(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = _recommend(engine, "Alder")

    with pytest.raises(NotFound, match="nothing to hold a negative control against"):
        engine.negative_control(decision.decision_id)
