"""One decision as a page: head, tiers, and the pane that opens beside them. It changes nothing.

The recommendation page, the decision history and the audit place all show decisions through this.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from functools import partial

from engine.domain.decision import Choice, Decision, RankingStatus, Response
from engine.domain.explanation import AttributionMethod, Explanation
from engine.domain.ids import OptionId
from engine.domain.options import Verdict
from engine.domain.patient import DEMONSTRATION, Understanding
from engine.domain.therapy import NotOffered
from engine.domain.truth import Truth
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import recommendation as say
from gui.presenters.base import Presenter
from gui.presenters.cards import Card, Tier, tiers_of
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_truth
from gui.presenters.units import reading_words
from gui.presenters.why import Why, why_of
from gui.presenters.why_not import WhyNotAnswers
from gui.presenters.wording import ago, moment
from gui.tasks import TaskRunner


class Pane(enum.Enum):
    """What the pane shows of the open option."""

    CLOSED = enum.auto()
    WHY = enum.auto()
    WHY_NOT = enum.auto()
    SOURCES = enum.auto()
    CHOOSE = enum.auto()


#: What stands behind an option, without changing anything.
BEHIND = (Pane.WHY, Pane.WHY_NOT, Pane.SOURCES)


class Form(enum.Enum):
    """How attributions are shown."""

    BARS = enum.auto()
    TABLE = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the tiers."""

    title: str
    question: str
    checked: str
    given: str
    versions: str
    context: tuple[Line, ...]
    """Scores and derived concepts of the indication."""
    ranking: str
    ranking_tone: Tone
    faults: tuple[str, ...]
    flags: tuple[str, ...]
    """Drugs that no rule speaks of, and contradictions of the record."""
    not_understood: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The clinician's choice, as recorded."""

    tone: Tone
    sentence: str
    text: str
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A whole page, or none."""

    decision: Decision | None = None
    head: Head | None = None
    tiers: tuple[Tier, ...] = ()
    answer: Answer | None = None
    pane: Pane = Pane.CLOSED
    option_id: OptionId | None = None
    why: Why | None = None
    method: AttributionMethod = AttributionMethod.LIME
    form: Form = Form.BARS
    control_fault: Fault | None = None
    """Why no negative control can be shown."""

    def card(self, option_id: OptionId | None) -> Card | None:
        """Return the card of an option, if the page has it."""
        cards = (card for tier in self.tiers for card in tier.cards)
        return next((card for card in cards if card.option_id == option_id), None)


class DecisionPage(Presenter[PageState]):
    """Shows one decision and what is behind it."""

    def __init__(self, runner: TaskRunner, name: str) -> None:
        """Take what runs work, and the name of the page among all pages."""
        super().__init__(PageState())
        self._runner = runner
        self._topic = f"negative control, {name}"
        self._control: tuple[Explanation, ...] = ()
        self._control_shown = False
        self.why_not = WhyNotAnswers(runner, name)

    def show(self, decision: Decision, response: Response | None) -> None:
        """Show a decision; what was open of the same option stays open."""
        options = {item.option.option_id for item in decision.assessments}
        if decision is not self._state.decision:
            self._control, self._control_shown = (), False
        state = PageState(
            decision=decision,
            head=head_of(decision),
            tiers=tiers_of(decision),
            answer=answer_of(decision, response),
            method=self._state.method,
            form=self._state.form,
        )
        kept = self._state.option_id
        if kept is not None and kept in options and self._state.pane in BEHIND:
            state = replace(state, pane=self._state.pane, option_id=kept, why=self._why(decision, kept))
        self._become(state)
        self._ask()

    def answered(self, response: Response) -> None:
        """Show the choice that was recorded, and close the pane it was made in."""
        if self._state.decision is not None:
            answer = answer_of(self._state.decision, response)
            self._become(replace(self._state, answer=answer, pane=Pane.CLOSED, option_id=None, why=None))

    def clear(self) -> None:
        """Show nothing."""
        self.why_not.forget()
        self._become(PageState(method=self._state.method, form=self._state.form))

    def open(self, pane: Pane, option_id: OptionId) -> None:
        """Open the pane on an option; asking for what is open closes it."""
        decision = self._state.decision
        if decision is None:
            return
        if self._state.pane is pane and self._state.option_id == option_id:
            self.close()
            return
        self._become(replace(self._state, pane=pane, option_id=option_id, why=self._why(decision, option_id)))
        self._ask()

    def close(self) -> None:
        """Close the pane."""
        self._become(replace(self._state, pane=Pane.CLOSED, option_id=None, why=None))

    def change_method(self) -> None:
        """Change between LIME and exact attributions."""
        lime = self._state.method is AttributionMethod.LIME
        method = AttributionMethod.EXACT if lime else AttributionMethod.LIME
        self._become(replace(self._state, method=method))

    def change_form(self) -> None:
        """Change between bars and table."""
        form = Form.TABLE if self._state.form is Form.BARS else Form.BARS
        self._become(replace(self._state, form=form))

    def change_control(self) -> None:
        """Show how a model of shuffled outcomes would explain the open option, or the model's own again."""
        decision = self._state.decision
        if decision is None or not decision.explanations or self._state.pane is not Pane.WHY:
            return
        self._control_shown = not self._control_shown
        if not self._control_shown or self._control:
            self._show_control(decision)
            return
        decision_id = decision.decision_id
        self._runner.ask(
            self._topic,
            lambda engine, _: engine.negative_control(decision_id),
            lambda found: self._controlled(decision, found),
            lambda error: self._not_controlled(decision, error),
        )

    def _controlled(self, decision: Decision, found: tuple[Explanation, ...]) -> None:
        if self._state.decision is decision:
            self._control = found
            self._show_control(decision)

    def _not_controlled(self, decision: Decision, error: WhyRxError) -> None:
        if self._state.decision is decision:
            self._control_shown = False
            self._become(replace(self._state, control_fault=explain(error, say.NO_CONTROL)))

    def _show_control(self, decision: Decision) -> None:
        option_id = self._state.option_id
        if option_id is not None:
            why = self._why(decision, option_id)
            self._become(replace(self._state, why=why, control_fault=None))

    def _why(self, decision: Decision, option_id: OptionId) -> Why:
        return why_of(decision, option_id, self._control if self._control_shown else ())

    def _ask(self) -> None:
        """Ask why not, where that is what the pane shows."""
        decision, option_id = self._state.decision, self._state.option_id
        if self._state.pane is Pane.WHY_NOT and decision is not None and option_id is not None:
            self.why_not.ask(decision, option_id)


def head_of(decision: Decision) -> Head:
    """Put what stands above the tiers into words."""
    checked = sum(item.verdict is not Verdict.UNASSESSABLE for item in decision.assessments)
    ranking, tone = _ranking(decision)
    versions = decision.versions
    loud = [entry for entry in decision.record.not_understood if entry.level is Understanding.LOUD]
    unread = say.NOT_UNDERSTOOD_ONE if len(loud) == 1 else say.NOT_UNDERSTOOD
    named = ", ".join(dict.fromkeys(entry.what for entry in loud))
    return Head(
        title=decision.indication_title,
        question=decision.question,
        checked=say.CHECKED.format(count=checked, total=len(decision.assessments)),
        given=say.GIVEN.format(moment=moment(decision.decided_at), user=decision.request.requested_by),
        versions=say.VERSIONS.format(
            pack=versions.pack_version, status=versions.pack_status, whyrx=versions.whyrx
        ),
        context=_context(decision),
        ranking=ranking,
        ranking_tone=tone,
        faults=decision.engine.faults,
        flags=(
            *(() if not decision.not_covered else (say.NOT_COVERED.format(what=_and(decision.not_covered)),)),
            *map(partial(_not_offered, decision), decision.not_offered),
            *(flag for flag in decision.record.flags if not flag.startswith(DEMONSTRATION)),
        ),
        not_understood=unread.format(count=len(loud), what=named) if loud else "",
    )


def _not_offered(decision: Decision, option: NotOffered) -> str:
    """Say that an option is not marketed here, with what says so."""
    titles = {each.citation_id: each.title for each in decision.citations}
    sources = "; ".join(
        f"{titles.get(each.citation, each.citation)}, {each.where}" for each in option.sources
    )
    return say.NOT_OFFERED.format(
        option=option.title,
        here=decision.request.jurisdiction,
        there=option.only,
        sources=sources if option.sources_seen else say.NOT_SEEN_BESIDE.format(sources=sources),
    )


def _and(words: tuple[str, ...]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def answer_of(decision: Decision, response: Response | None) -> Answer | None:
    """Put the clinician's choice into words."""
    if response is None:
        return None
    titles = {item.option.option_id: item.option.title for item in decision.assessments}
    option = titles.get(response.option_id, response.option_id)
    accepted = response.choice is Choice.ACCEPTED
    reason = response.reason.value if response.reason is not None else ""
    return Answer(
        tone=Tone.CLEAR if accepted else Tone.CAUTION,
        sentence=(say.ACCEPTED if accepted else say.OVERRIDDEN).format(option=option, reason=reason),
        text=response.text,
        given=say.ANSWERED_BY.format(moment=moment(response.at), user=response.by),
    )


def _context(decision: Decision) -> tuple[Line, ...]:
    today = decision.decided_at.date()
    readings = [
        Line(
            text=reading_words(reading),
            label=reading.title,
            aside=ago(reading.at, today) if reading.at is not None else "",
            note=reading.note,
        )
        for reading in decision.readings
    ]
    concepts = [
        Line(text=node.label, tone=tone_of_truth(node.truth), word=node.truth.value)
        for node in decision.context
        if node.truth is not Truth.FALSE
    ]
    return (*readings, *concepts)


def _ranking(decision: Decision) -> tuple[str, Tone]:
    note = decision.ranking
    parts = [note.reason]
    if note.status is RankingStatus.ORDERED:
        tone = Tone.NOTE
        if note.changed_order:
            parts.append(say.CHANGED_ORDER)
    else:
        no_model = note.status is RankingStatus.NO_MODEL
        tone = Tone.NEUTRAL if no_model else Tone.UNKNOWN
        parts.insert(0, f"{say.NO_MODEL if no_model else say.MODEL_WITHHELD}.")
    if note.inputs_missing:
        parts.append(say.INPUTS_MISSING.format(inputs=", ".join(note.inputs_missing)))
    if note.synthetic:
        parts.append(say.SYNTHETIC_MODEL)
        tone = Tone.CAUTION
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part), tone
