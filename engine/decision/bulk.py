"""Many decisions at once: replayed as they were, or under other rules or another model.

Both go through the decisions one by one, tell how far they are, and can be stopped between two of them.
A replay asks whether the record can be trusted; *what would change* asks what a release would do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from engine.decision.service import DecisionService
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.decision import Decision
from engine.domain.ids import DecisionId, UserName
from engine.domain.options import Assessment
from engine.domain.pack import RulePack
from engine.domain.replays import BulkReplay, ChangedDecision, Departure, VerdictChange, WhatWouldChange
from engine.domain.replies import ReplayResult
from engine.errors import Cancelled, PatientErased, WhyRxError
from engine.ports import Progress


class _Quiet:
    """Progress of one decision among many; it only learns that all of it must stop."""

    def __init__(self, progress: Progress, done: int, total: int) -> None:
        self._told = (done, total)
        self._progress = progress

    def step(self, done: int, total: int, what: str) -> None:
        """Hand on that the user asked for it to stop."""
        del done, total, what
        self._progress.step(*self._told, "computing again")


def replay_all(
    service: DecisionService, ids: Sequence[DecisionId], by: UserName, progress: Progress
) -> BulkReplay:
    """Compute decisions again from their own sealed inputs, and record once what came out.

    Each one that differs has an event of its own.

    Raises:
        Cancelled: the user stopped it; that and how far it came is recorded.
    """
    different: list[Departure] = []
    failed: list[Departure] = []
    identical = erased = 0
    try:
        for number, decision_id in enumerate(ids):
            try:
                report = service.compare(decision_id, _Quiet(progress, number, len(ids)))
            except Cancelled:
                raise
            except PatientErased:
                erased += 1
            except WhyRxError as error:
                failed.append(Departure(decision_id=decision_id, what=(str(error),)))
            else:
                if report.result is ReplayResult.IDENTICAL:
                    identical += 1
                else:
                    different.append(Departure(decision_id=decision_id, what=report.differences))
    except Cancelled:
        done = identical + erased + len(different) + len(failed)
        _record(service, by, f"stopped after {done} of {len(ids)} decisions", different, failed)
        raise
    progress.step(len(ids), len(ids), "computed again")
    said = f"{len(ids)} decisions: {identical} identical, {len(different)} different, {len(failed)} failed"
    _record(service, by, f"{said}, {erased} erased", different, failed)
    return BulkReplay(
        replayed=len(ids) - erased,
        identical=identical,
        different=tuple(different),
        failed=tuple(failed),
        erased=erased,
    )


def what_would_change(
    service: DecisionService,
    ids: Sequence[DecisionId],
    pack: Callable[[date], RulePack],
    progress: Progress,
) -> WhatWouldChange:
    """Compute decisions again under other rules, or with the service's model, and compare verdicts.

    Args:
        service: Ranks with the model that is to be compared.
        ids: The decisions.
        pack: Returns the rules to compare with, their thresholds as of a day.
        progress: Told after each decision; stops it between two.
    """
    changed: list[ChangedDecision] = []
    failed: list[Departure] = []
    transitions: Counter[str] = Counter()
    compared = 0
    for number, decision_id in enumerate(ids):
        try:
            before = service.store.decision(decision_id)
            again = service.compute(
                before.request,
                before.record,
                pack(before.decided_at.date()),
                decision_id,
                before.decided_at,
                _Quiet(progress, number, len(ids)),
            )
        except Cancelled:
            raise
        except WhyRxError as error:
            failed.append(Departure(decision_id=decision_id, what=(str(error),)))
            continue
        compared += 1
        found = _changed(before, again)
        if found is not None:
            changed.append(found)
            transitions.update(_transition(change) for change in found.verdicts)
    progress.step(len(ids), len(ids), "compared")
    return WhatWouldChange(
        pack_hash=pack(service.clock.now().date()).pack_hash,
        compared=compared,
        unchanged=compared - len(changed),
        changed=tuple(changed),
        failed=tuple(failed),
        transitions=tuple(transitions.most_common()),
    )


def _record(
    service: DecisionService, by: UserName, said: str, different: list[Departure], failed: list[Departure]
) -> None:
    now = service.clock.now()
    for departure in (*different, *failed):
        service.store.append_event(
            AuditEvent(
                kind=AuditKind.REPLAY,
                subject=departure.decision_id,
                by=by,
                at=now,
                detail=f"does not come out as recorded: {departure.what[0]}",
            )
        )
    service.store.append_event(
        AuditEvent(kind=AuditKind.REPLAY, subject="decisions", by=by, at=now, detail=said)
    )


def _changed(before: Decision, after: Decision) -> ChangedDecision | None:
    verdicts = _verdict_changes(before, after)
    order = [(item.place, item.option_id) for item in before.ranked]
    order_changed = order != [(item.place, item.option_id) for item in after.ranked]
    if not verdicts and not order_changed:
        return None
    return ChangedDecision(
        decision_id=before.decision_id,
        verdicts=verdicts,
        first_before=_first(before),
        first_after=_first(after),
        order_changed=order_changed,
    )


def _verdict_changes(before: Decision, after: Decision) -> tuple[VerdictChange, ...]:
    old = {item.option.option_id: item for item in before.assessments}
    new = {item.option.option_id: item for item in after.assessments}
    changes = []
    for option_id in dict.fromkeys((*old, *new)):
        one, other = old.get(option_id), new.get(option_id)
        if one is not None and other is not None and one.verdict is other.verdict:
            continue
        known = other if one is None else one
        assert known is not None  # noqa: S101 - the id came from one of the two
        changes.append(
            VerdictChange(
                option_id=option_id,
                title=known.option.title,
                before=one.verdict if one else None,
                after=other.verdict if other else None,
                rules=tuple(sorted(_rules(one) ^ _rules(other))),
            )
        )
    return tuple(changes)


def _rules(assessment: Assessment | None) -> set[str]:
    return {finding.rule_title for finding in assessment.findings} if assessment else set()


def _first(decision: Decision) -> tuple[str, ...]:
    return tuple(
        decision.assessed(item.option_id).option.title for item in decision.ranked if item.place == 1
    )


def _transition(change: VerdictChange) -> str:
    before = change.before.value if change.before else "not offered"
    return f"{before} -> {change.after.value if change.after else 'not offered'}"
