"""What is to be settled first: each missing datum, what it could change, and the way to enter it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.domain.decision import Decision
from engine.domain.findings import MissingDatum, MissingKind, Severity, ToSettle
from engine.domain.information import InformationValue
from engine.domain.patient import StatementKind
from engine.domain.replies import EntryField
from engine.errors import WhyRxError
from gui.messages import recommendation as say
from gui.presenters.base import Presenter
from gui.presenters.tones import Tone, tone_of_severity
from gui.presenters.weighing import Worth, worth_of
from gui.tasks import TaskRunner


class Control(enum.Enum):
    """How a datum is entered."""

    NUMBER = enum.auto()
    YES_NO = enum.auto()
    REVIEW = enum.auto()
    GENOTYPE = enum.auto()
    DRUG = enum.auto()
    CHOICE = enum.auto()
    """One of a few words, or words of one's own."""
    NONE = enum.auto()
    """Only where the record comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One datum that can be entered by hand."""

    kind: StatementKind | None
    control: Control
    subject: str
    title: str
    units: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    """What is recorded -> what is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleItem:
    """One missing datum, what it would settle, and how it is entered."""

    entry: Entry
    reason: str
    effect: str
    """What waits for it, as the decision has it."""
    tone: Tone
    pressing: bool
    """True where it could take an option out or bring a caution."""
    worth: Worth | None = None
    """None until it was weighed."""

    @property
    def key(self) -> tuple[StatementKind | None, str]:
        """Return which datum it is about."""
        return (self.entry.kind, self.entry.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlingState:
    """What is to be settled first."""

    items: tuple[SettleItem, ...] = ()
    weighing: bool = False
    """True while it is worked out what each could change."""
    ranked: bool = False
    """True once they stand in order of their value."""
    fault: str = ""
    """Why they could not be weighed."""


_KINDS = {
    MissingKind.QUANTITY: (StatementKind.QUANTITY, Control.NUMBER),
    MissingKind.STATE: (StatementKind.STATE, Control.YES_NO),
    MissingKind.LIST_REVIEW: (StatementKind.LIST_REVIEWED, Control.REVIEW),
    MissingKind.GENOTYPE: (StatementKind.GENOTYPE, Control.GENOTYPE),
    MissingKind.DRUG_IDENTITY: (StatementKind.DRUG_IDENTIFIED, Control.DRUG),
    MissingKind.MEDICATION_DETAIL: (StatementKind.MEDICATION_DETAIL, Control.CHOICE),
    MissingKind.PERSON: (None, Control.NONE),
}
_CONTROLS = {
    StatementKind.PROCEDURE_PLANNED: Control.NONE,
    **{kind: control for kind, control in _KINDS.values() if kind is not None},
}


def settle_items(
    decision: Decision, fields: Sequence[EntryField], values: Sequence[InformationValue] = ()
) -> tuple[SettleItem, ...]:
    """Return each missing datum once; once they are weighed, the most valuable first."""
    by_datum: dict[tuple[MissingKind, str], list[ToSettle]] = {}
    for found in decision.to_settle:
        by_datum.setdefault((found.datum.kind, found.datum.subject), []).append(found)
    weighed = {(value.datum.kind, value.datum.subject): value for value in values}
    ordered = [*(key for key in weighed if key in by_datum), *(key for key in by_datum if key not in weighed)]
    return tuple(_item(_joined(by_datum[key]), decision, fields, weighed.get(key)) for key in ordered)


class Settling(Presenter[SettlingState]):
    """Shows what a decision lacks, then asks in the background what each datum could change."""

    def __init__(self, runner: TaskRunner) -> None:
        super().__init__(SettlingState())
        self._runner = runner
        self._decision: Decision | None = None
        self._fields: Sequence[EntryField] = ()

    def show(self, decision: Decision, fields: Sequence[EntryField]) -> None:
        """Show what a decision lacks, and have it weighed; an answer about another decision is dropped."""
        self._decision = decision
        self._fields = fields
        items = settle_items(decision, fields)
        self._become(SettlingState(items=items, weighing=bool(items)))
        if items:
            self._runner.ask(
                "information",
                lambda engine, _: engine.information(decision.decision_id),
                lambda values: self._weighed(decision, values),
                lambda error: self._not_weighed(decision, error),
            )

    def again(self) -> None:
        """Have it weighed once more, after an error."""
        if self._decision is not None:
            self.show(self._decision, self._fields)

    def forget(self) -> None:
        """Show nothing; an answer on its way is dropped."""
        self._decision = None
        self._become(SettlingState())

    def _weighed(self, decision: Decision, values: tuple[InformationValue, ...]) -> None:
        if decision is self._decision:
            self._become(SettlingState(items=settle_items(decision, self._fields, values), ranked=True))

    def _not_weighed(self, decision: Decision, error: WhyRxError) -> None:
        if decision is self._decision:
            fault = f"{error.message} {error.hint}".strip()
            self._become(replace(self._state, weighing=False, fault=fault))


def entry_of(datum: MissingDatum, fields: Sequence[EntryField]) -> Entry:
    """Return how a missing datum is entered."""
    kind, control = _KINDS[datum.kind]
    if kind is None:
        return Entry(kind=None, control=control, subject=datum.subject, title=datum.title)
    field = _field(kind, datum.subject, fields)
    if field is None:
        units = (datum.unit,) if datum.unit else ()
        return Entry(kind=kind, control=control, subject=datum.subject, title=datum.title, units=units)
    made = entry_of_field(field)
    return Entry(
        kind=kind,
        control=made.control,
        subject=datum.subject,
        title=datum.title,
        units=made.units,
        choices=made.choices,
    )


def entry_of_field(field: EntryField) -> Entry:
    """Return how a field of the record is entered."""
    units = tuple(dict.fromkeys((field.unit, *(other.unit for other in field.units)))) if field.unit else ()
    titles = field.choice_titles or field.choices
    return Entry(
        kind=field.kind,
        control=_control(field),
        subject=field.subject,
        title=field.title,
        units=units,
        choices=tuple(zip(field.choices, titles, strict=False)),
    )


def _control(field: EntryField) -> Control:
    """Return how a field is entered; of the details of a drug, doses are numbers with units."""
    dosed = field.kind is StatementKind.MEDICATION_DETAIL and field.unit
    return Control.NUMBER if dosed else _CONTROLS[field.kind]


def _field(kind: StatementKind, subject: str, fields: Sequence[EntryField]) -> EntryField | None:
    wanted = "" if kind is StatementKind.DRUG_IDENTIFIED else subject
    if kind is StatementKind.MEDICATION_DETAIL:
        # The field stands for the detail of any drug: ``metformin daily dose`` is entered as a daily dose.
        wanted = subject.partition(" ")[2]
    return next((field for field in fields if field.kind is kind and field.subject == wanted), None)


def _joined(several: Sequence[ToSettle]) -> ToSettle:
    """Return what waits for one datum, its reasons joined, as one thing to settle."""
    first = several[0]
    reasons = "; ".join(dict.fromkeys(found.datum.reason for found in several))
    return ToSettle(
        datum=replace(first.datum, reason=reasons),
        rules=tuple(dict.fromkeys(rule for found in several for rule in found.rules)),
        options=tuple(dict.fromkeys(option for found in several for option in found.options)),
        worst=min((found.worst for found in several), key=lambda severity: severity.rank),
    )


def _item(
    found: ToSettle, decision: Decision, fields: Sequence[EntryField], value: InformationValue | None
) -> SettleItem:
    titles = {item.option.option_id: item.option.title for item in decision.assessments}
    if len(found.options) == len(titles) and len(titles) > 2:
        options = say.ALL_OPTIONS
    elif len(found.options) > 3:
        options = say.OPTIONS.format(count=len(found.options))
    else:
        options = ", ".join(titles.get(option, option) for option in found.options)
    rules = say.RULE_ONE if len(found.rules) == 1 else say.RULES.format(count=len(found.rules))
    effect = say.HOLDS_UP.format(rules=rules, options=options)
    return SettleItem(
        entry=entry_of(found.datum, fields),
        reason=found.datum.reason,
        effect=f"{effect}; {say.COULD.format(severity=found.worst.value)}",
        tone=tone_of_severity(found.worst),
        pressing=found.worst is not Severity.NOTE,
        worth=worth_of(value) if value is not None else None,
    )
