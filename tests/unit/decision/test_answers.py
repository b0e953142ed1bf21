"""Why not and what would settle it: two demonstration patients by heart, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from golden import assert_golden
from questions import AF, DOSE, NOW, REFERENCE, asked, assessor, demo_patient, floors, shipped_pack

from engine.decision.information import information
from engine.decision.recomputed import recomputed
from engine.decision.why_not import why_not
from engine.domain.decision import EngineReport
from engine.domain.findings import MissingKind
from engine.domain.ids import IndicationId, OptionId, RuleId
from engine.domain.information import InformationValue
from engine.domain.options import Verdict
from engine.domain.patient import ListKind, ListReview, Sex, StatementKind
from engine.domain.truth import Truth
from engine.domain.why_not import WhyNot
from engine.errors import InvariantBroken, NotFound, RuleEngineFailed
from engine.report.answers import information_text, why_not_text

GOLDEN = Path(__file__).parent / "golden"


def _told(name: str, option: str, indication: IndicationId = AF) -> WhyNot:
    return why_not(asked(demo_patient(name), indication), OptionId(option), REFERENCE)


def _worth(name: str, indication: IndicationId = AF) -> dict[str, InformationValue]:
    values = information(asked(demo_patient(name), indication), floors())
    return {value.datum.subject: value for value in values}


@pytest.mark.parametrize(("name", "option"), [("Hazel", "rivaroxaban"), ("Birch", "dabigatran")])
def test_why_not_reads_as_it_was_read(name: str, option: str) -> None:
    assert_golden(GOLDEN / f"why-not-{name}-{option}.txt", why_not_text(_told(name, option)) + "\n")


@pytest.mark.parametrize("name", ["Hazel", "Dogwood"])
def test_what_would_settle_it_reads_as_it_was_read(name: str) -> None:
    text = information_text(information(asked(demo_patient(name)), floors()))
    assert_golden(GOLDEN / f"settle-{name}.txt", text + "\n")


def test_near_misses_that_one_threshold_alone_keeps_silent_come_first_and_by_share() -> None:
    near = _told("Hazel", "rivaroxaban").near_misses

    assert [rule.alone for rule in near] == sorted((rule.alone for rule in near), reverse=True)
    for alone in (True, False):
        shares = [rule.nearest.share for rule in near if rule.nearest and rule.alone is alone]
        assert shares == sorted(share for share in shares if share is not None)
    assert all(rule.truth is Truth.FALSE for rule in near)


def test_an_undecided_rule_names_the_datum_it_lacks() -> None:
    undecided = _told("Hazel", "dabigatran").undecided

    assert undecided
    for rule in undecided:
        assert any(item.missing for item in rule.failing)
        assert "undecided" in rule.says


def test_a_failing_premise_says_by_way_of_which_concepts_it_is_needed() -> None:
    answer = _told("Hazel", "rivaroxaban")

    by_way = [item for rule in answer.near_misses for item in rule.failing if item.through]
    assert any(item.through[0].startswith("high bleeding risk") for item in by_way)


def test_every_rule_has_a_sentence_that_says_what_it_needs_and_what_was_found() -> None:
    answer = _told("Hazel", "rivaroxaban")

    for rule in (*answer.near_misses, *answer.others):
        assert rule.first.needs in rule.says
        assert rule.first.found in rule.says


def test_an_option_that_the_decision_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(NotFound, match="edoxaban"):
        _told("Hazel", "phenprocoumon")


def test_the_weight_of_a_patient_with_two_weights_settles_every_option() -> None:
    weight = _worth("Hazel")["weight"]

    clear = [outcome for outcome in weight.outcomes if "45.9 to 60 kg" in outcome.says]
    assert [change.after for change in clear[0].changes] == [Verdict.CLEAR] * 5
    assert weight.options == tuple(
        OptionId(name) for name in ("apixaban", "rivaroxaban", "edoxaban", "dabigatran", "warfarin")
    )
    assert next(iter(_worth("Hazel"))) == "weight"


def test_the_ranges_of_a_quantity_touch_and_cover_what_is_plausible() -> None:
    says = [outcome.says for outcome in _worth("Hazel")["weight"].outcomes]

    assert says[0].startswith("body weight at most ")
    assert says[-1].startswith("body weight at least ")


def test_an_unmapped_drug_is_tried_as_every_drug_that_rules_tell_apart() -> None:
    (identity,) = (
        value for value in _worth("Dogwood").values() if value.datum.kind is MissingKind.DRUG_IDENTITY
    )

    silent, *heard = identity.outcomes
    assert "no rule here speaks" in silent.says
    assert set(identity.rules) - set(silent.settled) == {RuleId("warfarin.sensitive-genotype")}
    assert any(change.after is Verdict.EXCLUDED for outcome in heard for change in outcome.changes)
    assert {outcome.statement.kind for outcome in heard if outcome.statement} == {
        StatementKind.DRUG_IDENTIFIED
    }


def test_a_genotype_is_tried_by_every_class_of_its_table() -> None:
    genotype = _worth("Alder", DOSE)["CYP2C9"]

    assert len(genotype.outcomes) == 5
    assert all(outcome.settled for outcome in genotype.outcomes)


def test_a_datum_that_settles_nothing_alone_says_what_is_needed_besides() -> None:
    dialysis = _worth("Hazel")["dialysis"]

    assert not dialysis.always_settled
    assert [item.title for item in dialysis.needed_besides] == ["body weight"]
    assert "the rest also needs body weight" in dialysis.says


def test_sex_and_birth_date_are_tried_although_nobody_enters_them_by_hand() -> None:
    record = replace(demo_patient("Alder"), sex=Sex.UNKNOWN, birth_date=None)
    values = {value.datum.subject: value for value in information(asked(record), floors())}

    assert [outcome.says for outcome in values["sex"].outcomes] == ["sex female", "sex male"]
    assert len(values["birth_date"].outcomes) > 3
    assert all(outcome.statement is None for outcome in values["birth_date"].outcomes)


def test_nothing_missing_means_nothing_to_ask_for() -> None:
    record = demo_patient("Elm")
    review = ListReview(kind=ListKind.PROCEDURES, on=NOW.date(), provenance=record.identity)
    values = information(asked(replace(record, reviews=(*record.reviews, review))), floors())

    assert values == ()
    assert "Nothing is missing" in information_text(values)


def test_a_decision_with_an_engine_fault_is_not_explained_as_if_it_had_been_decided() -> None:
    decision = replace(
        asked(demo_patient("Alder")).decision,
        engine=EngineReport(engine="test", agreed=False, faults=("the worker was killed",)),
    )

    with pytest.raises(RuleEngineFailed, match="engine fault"):
        recomputed(decision, shipped_pack(), assessor(), REFERENCE)


def test_a_decision_that_comes_out_otherwise_is_not_spoken_of() -> None:
    decision = replace(asked(demo_patient("Alder")).decision, record=demo_patient("Birch"))

    with pytest.raises(InvariantBroken, match="otherwise than it was recorded"):
        recomputed(decision, shipped_pack(), assessor(), REFERENCE)
