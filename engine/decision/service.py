"""Recommend, respond, replay: the order of steps that makes WhyRx what it is.

``recommend`` returns only what is already in the database. ``compute`` is a pure function of
its sealed inputs, so that ``replay`` can run it again years later and compare bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.decision.assessment import RuleAssessor
from engine.decision.differences import differences
from engine.decision.ordering import eligible, in_order
from engine.decision.responses import refuse_unfounded
from engine.decision.sources import citations_of_decision
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.decision import (
    Choice,
    Decision,
    DecisionRequest,
    ModelInUse,
    RankingNote,
    RankingStatus,
    ReasonCode,
    Response,
    Versions,
)
from engine.domain.explanation import Explanation
from engine.domain.ids import ContentHash, DecisionId, ModelId, OptionId, UserName
from engine.domain.options import Assessment, EligibleOption, RankedOption, Verdict
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import PatientRecord
from engine.domain.replies import DecisionDossier, ReplayReport, ReplayResult
from engine.domain.therapy import Indication
from engine.errors import ModelAltered, ModelMissing, NotFound, RuleEngineFailed
from engine.ports import Clock, Codec, Explainer, IdFactory, ModelOrder, Progress, Ranker, Store
from engine.terminology.alike import did_you_mean

_STEPS = 5
_NOT_ADOPTED = (
    "no approver has taken this model into use here, after validating it on patients of this site; "
    "its scores are shown and order nothing"
)


class Packs:
    """Where rule packs come from: the one in use, and archived ones by hash."""

    def __init__(
        self,
        current: Callable[[date], RulePack],
        archived: Callable[[ContentHash, date], RulePack],
    ) -> None:
        """Take two makers; each resolves dated parameters for a day."""
        self.current = current
        self.archived = archived


class Models:
    """Where models come from that are to be kept, and those that were."""

    def __init__(
        self,
        files: Callable[[ModelId], Mapping[str, bytes]],
        archived: Callable[[ModelId, ContentHash], tuple[Ranker, Explainer]],
        in_use: Callable[[ModelId], ModelInUse | None],
    ) -> None:
        """Take what reads an installed model's files, and what ranks and explains with an archived one.

        ``in_use`` tells which model an approver took into use; None where nobody has to.
        """
        self.files = files
        self.archived = archived
        self.in_use = in_use


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionService:
    """The main job, on ports alone."""

    packs: Packs
    assessor: RuleAssessor
    ranker: Ranker
    explainer: Explainer
    store: Store
    codec: Codec
    clock: Clock
    ids: IdFactory
    software: str
    models: Models | None = None
    """None where no model is ever archived."""

    def recommend(self, request: DecisionRequest, progress: Progress) -> Decision:
        """Assess, order, explain and record, in that order; what comes back is recorded.

        Raises:
            NotFound: no such patient or indication.
            StoreUnavailable: it could not be recorded, and so nothing is shown.
            Cancelled: the user stopped it; nothing was recorded.
        """
        progress.step(0, _STEPS, "reading the record")
        record = self.store.record(request.patient_id)
        now = self.clock.now()
        pack = self.packs.current(now.date())
        decision_id = DecisionId(self.ids.new("dec"))
        request, there = self._with_the_model_in_use(request, pack)
        decision = there.compute(request, record, pack, decision_id, now, progress)
        progress.step(4, _STEPS, "recording")
        self.store.archive_pack(pack)
        self._archive_model(decision)
        self.store.append_decision(
            decision,
            AuditEvent(
                kind=AuditKind.ENGINE_FAULT if decision.engine.faults else AuditKind.DECISION,
                subject=decision_id,
                by=request.requested_by,
                at=now,
                detail=_account(decision),
            ),
        )
        progress.step(_STEPS, _STEPS, "recorded")
        return decision

    def _with_the_model_in_use(
        self, request: DecisionRequest, pack: RulePack
    ) -> tuple[DecisionRequest, DecisionService]:
        """Return a request that names the model in use, and this service with that model."""
        indication = pack.indications.get(request.indication_id)
        if self.models is None or indication is None or indication.model is None:
            return request, self
        wanted = self.models.in_use(indication.model)
        used = None if wanted is None else wanted.model_hash
        return replace(request, model_in_use=wanted), self.with_model(indication.model, used)

    def with_model(self, model_id: ModelId, used: ContentHash | None) -> DecisionService:
        """Return this service with a model as it was archived, where another is installed."""
        if self.models is None or used is None or self._installed(model_id) == used:
            return self
        ranker, explainer = self.models.archived(model_id, used)
        return replace(self, ranker=ranker, explainer=explainer)

    def _archive_model(self, decision: Decision) -> None:
        """Keep the model that ordered a decision, so that it can be replayed after another is installed."""
        model_id, used = decision.ranking.model_id, decision.versions.model_hash
        if self.models is None or model_id is None or used is None or self._installed(model_id) != used:
            return
        files = self.models.files(model_id)
        self.store.archive_model(
            model_id, used, tuple(PackFile(path=name, content=files[name]) for name in sorted(files))
        )

    def compute(
        self,
        request: DecisionRequest,
        record: PatientRecord,
        pack: RulePack,
        decision_id: DecisionId,
        as_of: datetime,
        progress: Progress,
    ) -> Decision:
        """Return the decision that these inputs lead to; the same inputs give the same bytes."""
        indication = pack.indications.get(request.indication_id)
        if indication is None:
            raise NotFound(
                f"the rule pack {pack.title} has no indication {request.indication_id!r}.",
                hint=did_you_mean(request.indication_id, sorted(pack.indications)),
            )
        progress.step(1, _STEPS, "assessing by rules")
        appraisal = self.assessor.appraise(
            pack, record, indication.indication_id, request.jurisdiction, as_of
        )
        options = eligible(appraisal.assessments)
        progress.step(2, _STEPS, "ordering")
        order = self._order(indication, record, options, as_of, request.model_in_use)
        progress.step(3, _STEPS, "explaining")
        explanations, seed = self._explain(indication, record, options, order, as_of)
        ranked = in_order(options, order.scores, order.groups)
        return Decision(
            decision_id=decision_id,
            request=request,
            indication_title=indication.title,
            question=indication.question,
            record=record,
            facts=appraisal.facts,
            readings=appraisal.readings,
            context=appraisal.context,
            assessments=appraisal.assessments,
            ranked=ranked,
            to_settle=appraisal.to_settle,
            ranking=replace(order.note, changed_order=any(item.moved_by_model for item in ranked)),
            explanations=explanations,
            citations=citations_of_decision(pack, appraisal),
            engine=appraisal.engine,
            versions=Versions(
                whyrx=self.software,
                pack_id=pack.pack_id,
                pack_version=pack.version,
                pack_hash=pack.pack_hash,
                pack_status=pack.status,
                model_hash=order.note.model_hash,
            ),
            seed=seed,
            decided_at=as_of,
            not_covered=appraisal.not_covered,
            not_offered=appraisal.not_offered,
        )

    def standing(
        self, decision: Decision, pack: RulePack, record: PatientRecord
    ) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
        """Return how a decision's options would stand for another record, by rules and model; stores nothing.

        Raises:
            RuleEngineFailed: the rules could not be evaluated, so that nothing may be said.
        """
        request = decision.request
        indication = pack.indications[request.indication_id]
        appraisal = self.assessor.appraise(
            pack, record, indication.indication_id, request.jurisdiction, decision.decided_at
        )
        if appraisal.engine.faults:
            raise RuleEngineFailed(
                f"the rules could not be evaluated: {' '.join(appraisal.engine.faults)}",
                hint="Try again; if it stays, tell whoever runs this machine.",
            )
        options = eligible(appraisal.assessments)
        order = self._order(indication, record, options, decision.decided_at, request.model_in_use)
        return appraisal.assessments, in_order(options, order.scores, order.groups)

    def _order(
        self,
        indication: Indication,
        record: PatientRecord,
        options: tuple[EligibleOption, ...],
        as_of: datetime,
        in_use: ModelInUse | None,
    ) -> ModelOrder:
        if indication.model is None:
            note = RankingNote(status=RankingStatus.NO_MODEL, reason=indication.no_model_reason)
            return ModelOrder(note=note, scores=(), groups=())
        if not options:
            reason = "no option is eligible, so there is nothing to order"
            note = RankingNote(status=RankingStatus.WITHHELD, reason=reason, model_id=indication.model)
            return ModelOrder(note=note, scores=(), groups=())
        try:
            order = self.ranker.order(indication.model, record, options, as_of)
        except (ModelMissing, ModelAltered) as fault:
            note = RankingNote(status=RankingStatus.WITHHELD, reason=str(fault), model_id=indication.model)
            return ModelOrder(note=note, scores=(), groups=())
        if in_use is None or order.note.model_hash == in_use.model_hash or not order.scores:
            return order
        note = replace(order.note, status=RankingStatus.NOT_ADOPTED, reason=_NOT_ADOPTED)
        return replace(order, note=note, groups=(), explainable=False)

    def _explain(
        self,
        indication: Indication,
        record: PatientRecord,
        options: tuple[EligibleOption, ...],
        order: ModelOrder,
        as_of: datetime,
    ) -> tuple[tuple[Explanation, ...], int]:
        if indication.model is None or not order.scores or not order.explainable:
            return (), 0
        return self.explainer.explain(indication.model, record, options, as_of)

    def respond(
        self,
        decision_id: DecisionId,
        option_id: OptionId,
        choice: Choice,
        reason: ReasonCode | None,
        text: str,
        by: UserName,
    ) -> Response:
        """Record what the clinician did with a recommendation.

        Raises:
            InputError: the option is not one of the decision's, or accepting needs an override,
                or an override lacks its reason or text.
        """
        decision = self.store.decision(decision_id)
        refuse_unfounded(decision, option_id, choice, reason, text)
        response = Response(
            decision_id=decision_id,
            option_id=option_id,
            choice=choice,
            reason=reason,
            text=text.strip(),
            by=by,
            at=self.clock.now(),
        )
        kind = AuditKind.ACCEPTED if choice is Choice.ACCEPTED else AuditKind.OVERRIDDEN
        why = f": {reason.value}" if reason else ""
        self.store.respond(
            response,
            AuditEvent(
                kind=kind,
                subject=decision_id,
                by=by,
                at=response.at,
                detail=f"{option_id} {choice.value}{why}",
            ),
        )
        return response

    def replay(self, decision_id: DecisionId, by: UserName, progress: Progress) -> ReplayReport:
        """Compute a decision again from its own sealed inputs and compare the bytes; recorded."""
        report = self.compare(decision_id, progress)
        found = report.differences
        detail = f"differs in {len(found)} places" if found else f"identical: {report.recorded_bytes} bytes"
        self.store.append_event(
            AuditEvent(
                kind=AuditKind.REPLAY,
                subject=decision_id,
                by=by,
                at=self.clock.now(),
                detail=detail,
                content=report.replayed_hash,
            )
        )
        return report

    def compare(self, decision_id: DecisionId, progress: Progress) -> ReplayReport:
        """Compute a decision again from its own sealed inputs, pack and model, and compare the bytes."""
        recorded = self.store.decision_bytes(decision_id)
        decision = self.codec.decode(recorded)
        pack = self.packs.archived(decision.versions.pack_hash, decision.decided_at.date())
        again = self.as_it_was(decision).compute(
            decision.request, decision.record, pack, decision_id, decision.decided_at, progress
        )
        replayed = self.codec.encode_like(again, recorded)
        found = () if replayed == recorded else self._differences(recorded, replayed)
        return ReplayReport(
            decision_id=decision_id,
            result=ReplayResult.DIFFERENT if found else ReplayResult.IDENTICAL,
            recorded_bytes=len(recorded),
            recorded_hash=ContentHash(hashlib.sha256(recorded).hexdigest()),
            replayed_hash=ContentHash(hashlib.sha256(replayed).hexdigest()),
            differences=found,
        )

    def as_it_was(self, decision: Decision) -> DecisionService:
        """Return this service as it was for a decision: its version, and the model that ordered it."""
        there = replace(self, software=decision.versions.whyrx)
        model_id = decision.ranking.model_id
        return there if model_id is None else there.with_model(model_id, decision.versions.model_hash)

    def _installed(self, model_id: ModelId) -> ContentHash | None:
        try:
            return self.ranker.hash_of(model_id)
        except (ModelMissing, ModelAltered):
            return None

    def _differences(self, recorded: bytes, replayed: bytes) -> tuple[str, ...]:
        return differences(self.codec.written_out(recorded), self.codec.written_out(replayed))

    def dossier(self, decision_id: DecisionId) -> DecisionDossier:
        """Return a decision with its response and the events about it."""
        recorded = self.store.decision_bytes(decision_id)
        return DecisionDossier(
            decision=self.codec.decode(recorded),
            content=ContentHash(hashlib.sha256(recorded).hexdigest()),
            response=self.store.response(decision_id),
            events=self.store.events(decision_id),
        )


def _account(decision: Decision) -> str:
    counts = {verdict: sum(item.verdict is verdict for item in decision.assessments) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    faults = f"; engine fault: {' '.join(decision.engine.faults)}" if decision.engine.faults else ""
    return f"{decision.indication_title}: {said}{faults}"
