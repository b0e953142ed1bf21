"""What is to be settled first: each missing datum with the way to enter it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from engine.api import EntryField
from engine.domain.decision import Decision
from engine.domain.findings import MissingDatum, MissingKind, Severity, ToSettle
from engine.domain.patient import StatementKind
from gui.messages import recommendation as say
from gui.presenters.tones import Tone, tone_of_severity


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
    tone: Tone
    pressing: bool
    """True where it could take an option out or bring a caution."""


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


def settle_items(decision: Decision, fields: Sequence[EntryField]) -> tuple[SettleItem, ...]:
    """Return what would settle most, first."""
    return tuple(_item(found, decision, fields) for found in decision.to_settle)


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


def _item(found: ToSettle, decision: Decision, fields: Sequence[EntryField]) -> SettleItem:
    titles = {item.option.option_id: item.option.title for item in decision.assessments}
    if len(found.options) == len(titles) and len(titles) > 2:
        options = say.ALL_OPTIONS
    elif len(found.options) > 3:
        options = say.OPTIONS.format(count=len(found.options))
    else:
        options = ", ".join(titles.get(option, option) for option in found.options)
    rules = say.RULE_ONE if len(found.rules) == 1 else say.RULES.format(count=len(found.rules))
    effect = say.SETTLES.format(rules=rules, options=options)
    return SettleItem(
        entry=entry_of(found.datum, fields),
        reason=found.datum.reason,
        effect=f"{effect}; {say.COULD.format(severity=found.worst.value)}",
        tone=tone_of_severity(found.worst),
        pressing=found.worst is not Severity.NOTE,
    )
