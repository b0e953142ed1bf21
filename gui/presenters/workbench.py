"""All presenters of one window, tied together; a test builds one with an inline runner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gui.presenters.audit import Audit
from gui.presenters.changes import Change, Changes
from gui.presenters.emergency import Emergency
from gui.presenters.gate import Gate, GuardedRunner
from gui.presenters.history import History
from gui.presenters.importing import Importing
from gui.presenters.palette import PalettePresenter
from gui.presenters.patients import Patients
from gui.presenters.recommendation import Recommendation
from gui.presenters.record import Record
from gui.presenters.rules import Rules
from gui.presenters.session import Session
from gui.presenters.wording import Now
from gui.tasks import TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """The presenters, by place."""

    changes: Changes
    session: Session
    gate: Gate
    emergency: Emergency
    palette: PalettePresenter
    importing: Importing
    patients: Patients
    recommendation: Recommendation
    record: Record
    history: History
    rules: Rules
    audit: Audit


def assemble(ungated: TaskRunner, now: Now, reconnect: Callable[[], None] = lambda: None) -> Workbench:
    """Build every presenter; nothing is asked of the engine before ``session.begin()``."""
    changes = Changes()
    guarded = GuardedRunner(ungated)
    session = Session(guarded, changes, now, reconnect)
    guarded.when_locked(session.locked)
    runner: TaskRunner = guarded
    palette = PalettePresenter(runner, session)
    recommendation = Recommendation(runner, changes, session)
    palette.offer_indications(recommendation.choose)
    bench = Workbench(
        changes=changes,
        session=session,
        gate=Gate(runner, session),
        emergency=Emergency(runner, session),
        palette=palette,
        importing=Importing(runner, changes, session),
        patients=Patients(runner, changes, session),
        recommendation=recommendation,
        record=Record(runner, changes, session, now),
        history=History(runner, changes, session),
        rules=Rules(runner, changes, session, now),
        audit=Audit(runner, changes, session, now),
    )
    for presenter in (
        *(bench.palette, bench.importing, bench.patients, bench.recommendation),
        *(bench.record, bench.history, bench.audit),
    ):
        changes.on(Change.LOCKED, presenter.forget)
    return bench
