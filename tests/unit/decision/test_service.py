"""Recommend, respond, replay: recorded before shown, and the same bytes again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest
from fakes import CountingIds, FixedClock, MemoryStore, PlainCodec, PlainEngine, Silent
from packs import INDICATION, ToldFacts, a_bare_record, a_pack, a_rule, an_option, has

from engine.decision.assessment import RuleAssessor
from engine.decision.service import DecisionService, Packs
from engine.domain.audit import AuditKind
from engine.domain.decision import (
    Choice,
    Decision,
    DecisionRequest,
    RankingNote,
    RankingStatus,
    ReasonCode,
)
from engine.domain.explanation import Explanation
from engine.domain.ids import ContentHash, IndicationId, ModelId, OptionId, UserName
from engine.domain.options import EligibleOption, ModelScore
from engine.domain.pack import RulePack
from engine.domain.patient import PatientRecord
from engine.domain.replies import ReplayResult
from engine.domain.rules import Jurisdiction
from engine.domain.truth import Truth
from engine.errors import Cancelled, InputError, ModelAltered, NotFound, StoreUnavailable
from engine.ports import ModelOrder, Store

_USER = UserName("clinician")


class ScriptedRanker:
    """Puts the options in the reverse of the order they come in, or fails as told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[str] = []

    def order(
        self,
        model_id: ModelId,
        record: PatientRecord,
        options: Sequence[EligibleOption],
        as_of: datetime,
    ) -> ModelOrder:
        """Return the order."""
        if self.failure:
            raise self.failure
        names = [option.assessment.option.option_id for option in options]
        self.asked += names
        note = RankingNote(status=RankingStatus.ORDERED, reason="scripted", model_id=model_id)
        scores = [
            ModelScore(option_id=name, score=float(i), probability=None) for i, name in enumerate(names)
        ]
        return ModelOrder(note=note, scores=tuple(scores), groups=tuple((name,) for name in names[::-1]))

    def hash_of(self, model_id: ModelId) -> ContentHash:
        """Return a hash."""
        return ContentHash("f" * 64)


class NoExplainer:
    """Explains nothing."""

    def explain(
        self,
        model_id: ModelId,
        record: PatientRecord,
        options: Sequence[EligibleOption],
        as_of: datetime,
    ) -> tuple[tuple[Explanation, ...], int]:
        """Return no explanation and a seed."""
        return (), 7


class Scene:
    """A service on fakes, with one patient."""

    def __init__(
        self, pack: RulePack, truths: dict[str, Truth], ranker: ScriptedRanker | None = None
    ) -> None:
        self.memory = MemoryStore()
        record = a_bare_record()
        self.memory.records[record.patient_id] = record
        self.pack = pack
        self.truths = truths
        self.clock = FixedClock()
        self.ranker = ranker or ScriptedRanker()
        store: Store = self.memory  # type: ignore[assignment]  # only what the service asks for
        self.service = DecisionService(
            packs=Packs(lambda _: self.pack, self._archived),
            assessor=RuleAssessor(lambda _: ToldFacts(self.truths), PlainEngine()),
            ranker=self.ranker,
            explainer=NoExplainer(),
            store=store,
            codec=PlainCodec(),
            clock=self.clock,
            ids=CountingIds(),
            software="test",
        )
        self.request = DecisionRequest(
            patient_id=record.patient_id,
            indication_id=INDICATION,
            jurisdiction=Jurisdiction.EU,
            requested_by=_USER,
        )

    def _archived(self, pack_hash: ContentHash, day: date) -> RulePack:
        if pack_hash not in self.memory.packs:
            raise NotFound("no such pack")
        return self.pack

    def recommend(self) -> Decision:
        """Ask for a recommendation."""
        return self.service.recommend(self.request, Silent())


def _scene(**truths: Truth) -> Scene:
    rules = [a_rule("no-b", has("x"), "b")]
    return Scene(a_pack(rules=rules, options=[an_option("a"), an_option("b")]), truths)


def test_what_is_returned_is_in_the_store_with_its_event() -> None:
    scene = _scene(x=Truth.TRUE)

    decision = scene.recommend()

    assert scene.memory.decision(decision.decision_id) == decision
    (event,) = scene.memory.events(decision.decision_id)
    assert event.kind is AuditKind.DECISION
    assert event.detail == "Test indication: 1 clear, 1 excluded"


def test_if_recording_fails_nothing_is_returned() -> None:
    scene = _scene(x=Truth.TRUE)
    scene.memory.refuses = True

    with pytest.raises(StoreUnavailable):
        scene.recommend()

    assert not scene.memory.decided


def test_a_cancelled_recommendation_leaves_nothing_behind() -> None:
    scene = _scene(x=Truth.TRUE)

    class Stop:
        def step(self, done: int, total: int, what: str) -> None:
            if what == "recording":
                raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        scene.service.recommend(scene.request, Stop())

    assert not scene.memory.decided
    assert not scene.memory.log


def test_a_replay_gives_the_same_bytes_even_a_year_later() -> None:
    scene = _scene(x=Truth.FALSE)
    decision = scene.recommend()
    scene.clock.move(days=365)

    report = scene.service.replay(decision.decision_id, _USER, Silent())

    assert report.result is ReplayResult.IDENTICAL
    assert report.recorded_hash == report.replayed_hash
    assert scene.memory.log[-1].kind is AuditKind.REPLAY


def test_a_replay_under_other_rules_names_each_difference() -> None:
    scene = _scene(x=Truth.FALSE)
    decision = scene.recommend()
    scene.truths["x"] = Truth.TRUE

    report = scene.service.replay(decision.decision_id, _USER, Silent())

    assert report.result is ReplayResult.DIFFERENT
    assert 'assessments[1].verdict: recorded "clear", replayed "excluded"' in report.differences


def test_the_ranker_sees_eligible_options_only() -> None:
    rules = [a_rule("no-b", has("x"), "b")]
    options = [an_option("a"), an_option("b"), an_option("c")]
    scene = Scene(a_pack(rules=rules, options=options, model="m"), {"x": Truth.TRUE})

    decision = scene.recommend()

    assert scene.ranker.asked == ["a", "c"]
    assert [item.option_id for item in decision.ranked] == ["c", "a"]
    assert decision.ranking.changed_order
    assert decision.seed == 7


def test_an_altered_model_is_withheld_with_the_reason_and_the_rules_still_speak() -> None:
    ranker = ScriptedRanker(ModelAltered("booster.json was changed"))
    scene = Scene(a_pack(options=[an_option("a")], model="m"), {}, ranker)

    decision = scene.recommend()

    assert decision.ranking.status is RankingStatus.WITHHELD
    assert "booster.json" in decision.ranking.reason
    assert [item.place for item in decision.ranked] == [1]


def test_an_unknown_indication_names_the_known_ones() -> None:
    scene = _scene()

    with pytest.raises(NotFound, match="test-indication"):
        scene.service.recommend(replace(scene.request, indication_id=IndicationId("gout")), Silent())


def _respond(
    scene: Scene, decision: Decision, option: str, choice: Choice, reason: ReasonCode | None, text: str
) -> None:
    scene.service.respond(decision.decision_id, OptionId(option), choice, reason, text, _USER)


def test_an_acceptance_is_recorded() -> None:
    scene = _scene(x=Truth.FALSE)
    decision = scene.recommend()

    _respond(scene, decision, "a", Choice.ACCEPTED, None, "")

    response = scene.memory.response(decision.decision_id)
    assert response is not None
    assert (response.option_id, response.choice) == ("a", Choice.ACCEPTED)
    assert scene.memory.log[-1].kind is AuditKind.ACCEPTED


@pytest.mark.parametrize(
    ("option", "choice", "reason", "text", "says"),
    [
        ("z", Choice.ACCEPTED, None, "", "not an option"),
        ("b", Choice.ACCEPTED, None, "", "excluded"),
        ("b", Choice.OVERRIDDEN, None, "text", "coded reason"),
        ("b", Choice.OVERRIDDEN, ReasonCode.BENEFIT, "  ", "sentence"),
        ("a", Choice.ACCEPTED, ReasonCode.BENEFIT, "text", "belongs to an override"),
    ],
)
def test_an_unfounded_choice_is_refused_and_not_recorded(
    option: str, choice: Choice, reason: ReasonCode | None, text: str, says: str
) -> None:
    scene = _scene(x=Truth.TRUE)
    decision = scene.recommend()

    with pytest.raises(InputError, match=says):
        _respond(scene, decision, option, choice, reason, text)

    assert scene.memory.response(decision.decision_id) is None
