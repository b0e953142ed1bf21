"""The recommendation page: choose an indication, settle what is missing, choose an option."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.api import EngineApi
from engine.domain.decision import Choice, Decision, ReasonCode, Response
from engine.domain.ids import IndicationId, OptionId, PatientId
from engine.domain.patient import ConditionStatus, PatientRecord, Statement
from engine.domain.therapy import Indication
from engine.errors import WhyRxError
from engine.ports import Progress
from gui.faults import Fault, explain
from gui.messages import recommendation as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.decision_page import DecisionPage, Pane
from gui.presenters.session import Session
from gui.presenters.settling import Entry, Settling
from gui.tasks import Step, Task, TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicationChip:
    """One indication that can be chosen."""

    indication_id: IndicationId
    title: str
    suggested: str
    """Why it is suggested; empty where nothing recorded suggests it."""


#: From so many on, indications that are neither chosen nor suggested make room for the answer.
MANY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationState:
    """What stands around the decision page."""

    patient: str = ""
    chips: tuple[IndicationChip, ...] = ()
    chosen: IndicationId | None = None
    unfolded: bool = False
    """All chips stand there, also beside one that is chosen."""
    running: str = ""
    step: Step | None = None
    fault: Fault | None = None
    outdated: bool = False
    settle_faults: tuple[tuple[str, str], ...] = ()
    """Subject -> why what was entered was refused."""
    choice_fault: str = ""

    @property
    def put_away(self) -> frozenset[IndicationId]:
        """Return the indications that are not shown: far from the chosen one, where there are many."""
        far = frozenset(
            chip.indication_id
            for chip in self.chips
            if not chip.suggested and chip.indication_id != self.chosen
        )
        return far if self.chosen is not None and len(far) >= MANY else frozenset()


class Recommendation(Presenter[RecommendationState]):
    """Recommends for the open patient; holds the page of what was recommended."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session) -> None:
        super().__init__(RecommendationState())
        self.page = DecisionPage(runner, "recommendation")
        self.settling = Settling(runner)
        self._runner = runner
        self._changes = changes
        self._session = session
        self._task: Task | None = None
        self._record: PatientRecord | None = None
        changes.on(Change.RECORD, self._record_changed)
        changes.on(Change.ENGINE, self._record_changed)

    def choose(self, indication_id: IndicationId) -> None:
        """Recommend for an indication; the answer is recorded before it comes."""
        record = self._session.state.record
        if record is None:
            return
        if self._task is not None:
            self._task.cancel()
        if indication_id != self._state.chosen:
            self.page.clear()
            self.settling.forget()
        self._become(
            replace(
                self._state,
                chosen=indication_id,
                unfolded=False,
                running=say.RUNNING.format(patient=record.name),
                step=None,
                fault=None,
                choice_fault="",
            )
        )
        patient_id = record.patient_id
        asked = (patient_id, indication_id)

        def work(engine: EngineApi, progress: Progress) -> Decision:
            return engine.recommend(patient_id, indication_id, progress)

        self._task = self._runner.act(
            work,
            lambda decision: self._decided(decision) if self._still(asked) else None,
            lambda error: self._failed(error) if self._still(asked) else None,
            self._stepped,
        )

    def unfold(self) -> None:
        """Show all indications beside the chosen one, or only those near at hand again."""
        self._become(replace(self._state, unfolded=not self._state.unfolded))

    def today(self) -> date:
        """Return the day that today is."""
        return self._session.today()

    def again(self) -> None:
        """Recommend again for the same indication."""
        if self._state.chosen is not None:
            self.choose(self._state.chosen)

    def cancel(self) -> None:
        """Stop; nothing is kept."""
        if self._task is not None:
            self._task.cancel()

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None))

    def settle(self, entry: Entry, value: str, unit: str = "", on: date | None = None) -> None:
        """Enter a missing datum and recommend again."""
        record = self._session.state.record
        if record is None or entry.kind is None:
            return
        statement = Statement(kind=entry.kind, subject=entry.subject, value=value.strip(), unit=unit, on=on)
        patient_id = record.patient_id
        self._without_fault(entry.subject)
        self._runner.act(
            lambda engine, _: engine.enter(patient_id, statement),
            self._entered,
            lambda error: self._refused(entry.subject, error),
        )

    def respond(self, option_id: OptionId, reason: ReasonCode | None, text: str) -> None:
        """Record what the clinician does; an option that is not eligible needs a reason and a text."""
        state = self.page.state
        card = state.card(option_id)
        if state.decision is None or card is None:
            return
        if not card.eligible and (reason is None or not text.strip()):
            self._become(replace(self._state, choice_fault=say.NEED_REASON))
            return
        decision_id = state.decision.decision_id
        choice = Choice.ACCEPTED if card.eligible else Choice.OVERRIDDEN
        coded = None if card.eligible else reason
        self._become(replace(self._state, choice_fault=""))
        self._runner.act(
            lambda engine, _: engine.respond(decision_id, option_id, choice, coded, text.strip()),
            self._responded,
            self._not_recorded,
        )

    def open_choice(self, option_id: OptionId) -> None:
        """Open the panel in which an option is chosen."""
        self._become(replace(self._state, choice_fault=""))
        self.page.open(Pane.CHOOSE, option_id)

    def _still(self, asked: tuple[PatientId, IndicationId]) -> bool:
        record = self._session.state.record
        return record is not None and asked == (record.patient_id, self._state.chosen)

    def _stepped(self, step: Step) -> None:
        if self._state.running:
            self._become(replace(self._state, step=step))

    def _decided(self, decision: Decision) -> None:
        self._task = None
        self.page.show(decision, None)
        self._become(replace(self._state, running="", step=None, outdated=False))
        self.settling.show(decision, self._session.state.fields)
        self._session.decided(decision)

    def _failed(self, error: WhyRxError) -> None:
        self._task = None
        self.page.clear()
        self.settling.forget()
        self._become(replace(self._state, running="", step=None, fault=explain(error, say.NOT_GIVEN)))

    def _entered(self, record: PatientRecord) -> None:
        self._session.took_in(record)
        if self._session.state.record == record:
            self.again()

    def _refused(self, subject: str, error: WhyRxError) -> None:
        self._without_fault(subject)
        faults = (*self._state.settle_faults, (subject, f"{error.message} {error.hint}".strip()))
        self._become(replace(self._state, settle_faults=faults))

    def _without_fault(self, subject: str) -> None:
        kept = tuple(pair for pair in self._state.settle_faults if pair[0] != subject)
        self._become(replace(self._state, settle_faults=kept))

    def _responded(self, response: Response) -> None:
        decision = self.page.state.decision
        if decision is not None and decision.decision_id == response.decision_id:
            self.page.answered(response)
        self._changes.tell(Change.DECISIONS)

    def _not_recorded(self, error: WhyRxError) -> None:
        self._become(replace(self._state, choice_fault=f"{error.message} {error.hint}".strip()))

    def _record_changed(self) -> None:
        session = self._session.state
        record, before = session.record, self._record
        self._record = record
        if record is None or before is None or record.patient_id != before.patient_id:
            self.cancel()
            self._task = None
            self.page.clear()
            self.settling.forget()
            self._become(RecommendationState())
        elif record != before and self.page.state.decision is not None:
            self._become(replace(self._state, outdated=True))
        chips = chips_of(session.indications, record) if record is not None else ()
        self._become(replace(self._state, chips=chips, patient=record.name if record is not None else ""))


def chips_of(indications: tuple[Indication, ...], record: PatientRecord) -> tuple[IndicationChip, ...]:
    """Return the indications, those first that a recorded condition suggests."""
    active = {
        found.condition: found.text
        for found in record.diagnoses
        if found.condition is not None and found.status is ConditionStatus.ACTIVE
    }
    chips = []
    for indication in indications:
        recorded = next((active[found] for found in indication.conditions if found in active), "")
        chips.append(
            IndicationChip(
                indication_id=indication.indication_id,
                title=indication.title,
                suggested=say.SUGGESTED.format(condition=recorded) if recorded else "",
            )
        )
    return tuple(sorted(chips, key=lambda chip: not chip.suggested))
