"""Choosing an option: a panel in the page that repeats what speaks against it, and asks why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from engine.domain.decision import ReasonCode
from engine.domain.ids import OptionId
from gui.accessibility import label_for, named
from gui.messages import recommendation as say
from gui.presenters.cards import Card
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.widgets.choice import Choice
from gui.widgets.layouts import clear, row, scrolled
from gui.widgets.line_list import SEVERITY_WIDTH, LineList
from gui.widgets.text import button, column, text, toned

Respond = Callable[[OptionId, ReasonCode | None, str], None]


def acceptance(card: Card) -> str:
    """Return what is said before an eligible option is accepted; never more than was decided."""
    if card.against:
        return say.ACCEPT_KNOWING
    words = say.ACCEPT_OPEN if card.undecided else say.ACCEPT_PLAIN
    return words.format(open=card.undecided, checked=card.checked)


class ChoosePanel(QFrame):
    """Accept an eligible option, or override with a coded reason and a sentence of one's own."""

    def __init__(self, look: Look, respond: Respond, close: Callable[[], None]) -> None:
        super().__init__()
        self._look = look
        self._respond = respond
        self._close = close
        self._shown: Card | None = None
        self.setProperty("role", "panel")
        named(self, say.CHOOSING)
        whole = column(self, gap=0)
        self._inside = QWidget()
        self._outer = column(self._inside, gap=GRID, margin=GRID + GRID // 2)
        whole.addWidget(scrolled(self._inside))
        self._fault = toned("", Tone.CONTRAINDICATED, wrap=True)

    def display(self, card: Card | None, fault: str) -> None:
        """Show the panel for a card, with what was refused."""
        if card is not None and card != self._shown:
            self._build(card)
        self._shown = card
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def take_focus(self) -> None:
        """Move the focus to the first thing to fill in."""
        (self._words if self._shown is not None and self._shown.eligible else self._reason).setFocus()

    def _build(self, card: Card) -> None:
        clear(self._outer)
        both = row(gap=GRID * 3)
        both.addLayout(self._said(card), 1)
        both.addLayout(self._form(card), 1)
        self._outer.addLayout(both)

    def _said(self, card: Card) -> QVBoxLayout:
        """Repeat what speaks against the option, in the words and severity of the page."""
        lines = column(gap=GRID)
        title = (say.ACCEPT_TITLE if card.eligible else say.OVERRIDE_TITLE).format(option=card.title)
        lines.addWidget(text(title, "strong"))
        if not card.eligible:
            lines.addWidget(toned(say.OVERRIDE_KNOWING.format(verdict=card.verdict.value), card.tone))
        else:
            lines.addWidget(text(acceptance(card)))
        if card.at_once:
            lines.addWidget(toned(card.at_once, Tone.CAUTION, wrap=True))
        if card.findings:
            repeated = LineList(self._look, say.RULES_COLUMN, label_width=SEVERITY_WIDTH, framed=False)
            repeated.take(card.findings)
            repeated.fit()
            lines.addWidget(repeated)
        lines.addStretch(1)
        return lines

    def _form(self, card: Card) -> QVBoxLayout:
        """Ask for the reason and the clinician's own words."""
        override = not card.eligible
        lines = column(gap=GRID // 2)
        self._reason = named(Choice(self._look), say.REASON)
        self._reason.addItem(say.REASON_HINT, None)
        for reason in ReasonCode:
            self._reason.addItem(reason.value, reason.value)
        if override:
            label = text(say.REASON, "caption")
            label_for(label, self._reason)
            lines.addWidget(label)
            lines.addWidget(self._reason)
        words = text(say.OWN_WORDS_NEEDED if override else say.OWN_WORDS_MAY, "caption")
        self._words = QPlainTextEdit()
        self._words.setTabChangesFocus(True)
        self._words.setFixedHeight(self._look.px(72))
        label_for(words, self._words)
        named(self._words, say.OWN_WORDS)
        self._fault = toned("", Tone.CONTRAINDICATED, wrap=True)
        for widget in (words, self._words, self._fault):
            lines.addWidget(widget)
        buttons = row()
        record = button(say.RECORD_OVERRIDE if override else say.RECORD_CHOICE, "primary")
        record.clicked.connect(lambda: self._submit(card))
        cancel = button(say.CANCEL_CHOICE)
        cancel.clicked.connect(self._close)
        buttons.addWidget(record)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        lines.addLayout(buttons)
        lines.addStretch(1)
        return lines

    def _submit(self, card: Card) -> None:
        chosen = self._reason.currentData()
        reason = ReasonCode(chosen) if chosen is not None and not card.eligible else None
        self._respond(card.option_id, reason, self._words.toPlainText())
