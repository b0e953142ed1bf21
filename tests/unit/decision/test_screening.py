"""A screening says of every option what an assessment says, and decides less for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pytest
from fakes import PlainEngine
from hospital_pack import DAY, NOW, LargePack
from hypothesis import given, settings
from hypothesis import strategies as st
from questions import AF, DOSE, REFERENCE, demo_patients, shipped_facts, shipped_pack
from questions import NOW as SHIPPED_NOW

from engine.decision.assessment import RuleAssessor
from engine.decision.plan import Plan
from engine.decision.screening import Screened, Screener
from engine.decision.truths import AtomsOfLists, TruthsOnDemand
from engine.domain.atoms import Atom
from engine.domain.facts import Fact
from engine.domain.ids import DrugId, IndicationId
from engine.domain.options import Assessment, Verdict
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import ConditionStatus, PatientRecord
from engine.domain.rules import Jurisdiction
from engine.domain.vocabulary import Vocabulary
from engine.facts.assemble import Facts
from engine.facts.atoms import Decider
from engine.facts.reach import Reach
from engine.inference.crosscheck import CrosscheckedEngine, open_engine
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files
from engine.ports import RuleEngine

LARGE = IndicationId("large")
WRITER = LargePack(120)


@lru_cache(maxsize=1)
def large_files() -> tuple[PackFile, ...]:
    with tempfile.TemporaryDirectory() as folder:
        WRITER.write(Path(folder))
        return read_pack_files(Path(folder))


@lru_cache(maxsize=1)
def large_pack() -> tuple[RulePack, Facts]:
    pack, diagnostics = load_pack(large_files(), DAY, cases=False)
    assert pack is not None, diagnostics
    return pack, Facts(pack.vocabulary)


@pytest.fixture(scope="module")
def engine() -> Iterator[CrosscheckedEngine]:
    with open_engine(answer_seconds=30) as started:
        yield started


def screener(facts: Facts, engine: RuleEngine) -> Screener:
    return Screener(
        lambda _: facts.index, lambda _, record, as_of: Decider(record, facts.index, as_of).decide, engine
    )


def said(assessments: tuple[Assessment, ...]) -> list[tuple[object, ...]]:
    return [
        (
            each.option.option_id,
            each.verdict,
            tuple(finding.rule_id for finding in each.findings),
            tuple(item.rule_id for item in each.undecided),
        )
        for each in assessments
    ]


def screened(found: Screened) -> list[tuple[object, ...]]:
    return [(each.option_id, each.verdict, each.fired, each.undecided) for each in found.options]


def records() -> list[PatientRecord]:
    return list(WRITER.patients(40))


@pytest.mark.parametrize("jurisdiction", Jurisdiction)
@pytest.mark.parametrize("indication", [AF, DOSE])
def test_the_demonstration_patients_are_screened_as_they_are_assessed(
    engine: CrosscheckedEngine, indication: IndicationId, jurisdiction: Jurisdiction
) -> None:
    pack, facts = shipped_pack(), shipped_facts()
    assessor = RuleAssessor(lambda _: facts, REFERENCE)
    found = screener(facts, engine).screen(pack, demo_patients(), indication, jurisdiction, SHIPPED_NOW)
    for record, each in zip(demo_patients(), found, strict=True):
        assert each.patient_id == record.patient_id
        assert each.faults == ()
        assert screened(each) == said(assessor.assess(pack, record, indication, jurisdiction, SHIPPED_NOW))


def test_patients_of_a_large_pack_are_screened_as_they_are_assessed(engine: CrosscheckedEngine) -> None:
    pack, facts = large_pack()
    assessor = RuleAssessor(lambda _: facts, REFERENCE)
    found = screener(facts, engine).screen(pack, records(), LARGE, Jurisdiction.EU, NOW)
    for record, each in zip(records(), found, strict=True):
        assert screened(each) == said(assessor.assess(pack, record, LARGE, Jurisdiction.EU, NOW))
    assert {option.verdict for each in found for option in each.options} == set(Verdict)


def test_a_fault_makes_every_option_not_assessable() -> None:
    pack, facts = large_pack()
    found = screener(facts, PlainEngine(("the engine failed.",))).screen(
        pack, records()[:2], LARGE, Jurisdiction.EU, NOW
    )
    for each in found:
        assert each.faults == ("the engine failed.",)
        assert {option.verdict for option in each.options} == {Verdict.UNASSESSABLE}


def test_facts_that_cannot_be_decided_are_a_fault_of_one_patient_alone() -> None:
    pack, facts = large_pack()
    first, second = records()[1:3]

    def open_record(_: RulePack, record: PatientRecord, as_of: datetime) -> Callable[[Atom], Fact]:
        def fail(atom: Atom) -> Fact:
            raise ZeroDivisionError(atom.symbol)

        return fail if record is first else Decider(record, facts.index, as_of).decide

    broken = Screener(lambda _: facts.index, open_record, REFERENCE)
    bad, good = broken.screen(pack, [first, second], LARGE, Jurisdiction.EU, NOW)
    assert {option.verdict for option in bad.options} == {Verdict.UNASSESSABLE}
    assert "cannot be decided: ZeroDivisionError" in bad.faults[0]
    assert good.faults == ()
    assert [good] == list(screener(facts, REFERENCE).screen(pack, [second], LARGE, Jurisdiction.EU, NOW))


@settings(deadline=None)
@given(data=st.data())
def test_a_truth_on_demand_is_the_truth_of_the_fact(data: st.DataObject) -> None:
    """Whatever stands in a record: unknown drugs, refuted diagnoses, lists that nobody reviewed."""
    if data.draw(st.booleans()):
        (pack, facts), record, indication, now = (
            large_pack(),
            data.draw(st.sampled_from(records())),
            LARGE,
            NOW,
        )
    else:
        pack, facts = shipped_pack(), shipped_facts()
        record, indication, now = data.draw(st.sampled_from(demo_patients())), AF, SHIPPED_NOW
    record = data.draw(disturbed(record, pack.vocabulary))
    assert_same(pack, facts, record, indication, now)


def disturbed(record: PatientRecord, words: Vocabulary) -> st.SearchStrategy[PatientRecord]:
    """Generate records with some entries not understood, refuted or gone, some lists not reviewed."""
    drugs = st.sampled_from((None, DrugId("outside"), *words.drugs))
    conditions = st.sampled_from((None, *words.conditions))

    @st.composite
    def made(draw: st.DrawFn) -> PatientRecord:
        kept = draw(st.sets(st.sampled_from(range(4))))
        return replace(
            record,
            reviews=tuple(each for number, each in enumerate(record.reviews) if number in kept),
            medications=tuple(
                replace(each, drug=draw(drugs)) if draw(st.integers(0, 5)) == 0 else each
                for each in record.medications
            ),
            diagnoses=tuple(
                replace(each, condition=draw(conditions), status=draw(st.sampled_from(ConditionStatus)))
                if draw(st.integers(0, 5)) == 0
                else each
                for each in record.diagnoses
            ),
        )

    return made()


def assert_same(
    pack: RulePack, facts: Facts, record: PatientRecord, indication: IndicationId, now: datetime
) -> None:
    plan = Plan.of(pack, pack.indications[indication])
    lists = AtomsOfLists.among(plan.by_symbol, Reach(facts.index))
    truths = TruthsOnDemand(
        plan.by_symbol, lists, record, pack.vocabulary, Decider(record, facts.index, now).decide
    )
    expected = facts.assemble(record, plan.atoms, (), now).truths()
    assert dict(truths) == expected


def test_most_of_what_is_absent_is_decided_once() -> None:
    pack, facts = large_pack()
    plan = Plan.of(pack, pack.indications[LARGE])
    record = next(each for each in records() if len(each.reviews) == 3)
    decide = Decider(record, facts.index, NOW).decide
    asked: list[Atom] = []

    def noted(atom: Atom) -> Fact:
        asked.append(atom)
        return decide(atom)

    truths = TruthsOnDemand(
        plan.by_symbol,
        AtomsOfLists.among(plan.by_symbol, Reach(facts.index)),
        record,
        pack.vocabulary,
        noted,
    )
    about_lists = [symbol for symbol in truths if symbol.startswith(("takes:", "condition:"))]
    for symbol in about_lists:
        assert truths[symbol] is decide(plan.by_symbol[symbol]).truth
    assert len(asked) < len(about_lists) / 2
