"""One option's card: place, dose, evidence, rules and model side by side, then every finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from engine.domain.ids import OptionId
from gui.accessibility import named
from gui.messages import answers as say_answers
from gui.messages import recommendation as say
from gui.presenters.cards import Card
from gui.presenters.decision_page import Pane
from gui.presenters.lines import Line
from gui.theme.look import GRID, Look
from gui.widgets.dots import Dots
from gui.widgets.layouts import Beside, Flow, row
from gui.widgets.line_list import SEVERITY_WIDTH, LineList
from gui.widgets.marks import Mark
from gui.widgets.text import button, column, headed, redress, text, toned


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIntents:
    """What a card can ask for."""

    open: Callable[[Pane, OptionId], None]
    choose: Callable[[OptionId], None] | None
    """None where the page is only read."""


class CardView(QFrame):
    """Shows one card; Enter opens why."""

    def __init__(self, look: Look, card: Card, intents: CardIntents) -> None:
        super().__init__()
        self._look = look
        self._intents = intents
        self.card = card
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        place = say.PLACE.format(place=card.place) if card.place else ""
        named(
            self,
            say.CARD.format(option=card.title, verdict=card.verdict.value),
            ". ".join(
                part for part in (place, card.tie, card.dose, card.called, card.at_once, *card.rules) if part
            ),
        )
        outer = column(self, gap=GRID, margin=GRID + GRID // 2)
        outer.addWidget(self._head())
        if card.eligible:
            outer.addWidget(self._columns())
        if card.findings:
            outer.addWidget(self._list(f"{card.title}: {say.RULES_COLUMN}", card.findings))
        if card.elsewhere:
            outer.addWidget(text(say.ELSEWHERE, "caption"))
            outer.addWidget(self._list(f"{card.title}: {say.ELSEWHERE}", card.elsewhere))

    def mark_open(self, *, opened: bool) -> None:
        """Show that the pane speaks of this card."""
        redress(self, "open", "true" if opened else "false")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open why on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._intents.open(Pane.WHY, self.card.option_id)
        else:
            super().keyPressEvent(event)

    def _head(self) -> QWidget:
        card = self.card
        box = QWidget()
        head = Beside(box, gap=GRID, lines=0)
        said = QWidget()
        beginning = row(said, gap=GRID)
        if card.place:
            place = text(card.place, "title", wrap=False, tip=card.tie)
            place.setFixedWidth(self._look.px(36))
            beginning.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        names = column(gap=2)
        beginning.addLayout(names, 1)
        names.addWidget(headed(card.title, card.dose))
        if card.called:
            names.addWidget(_called(self._look, card))
        second = " · ".join(part for part in (card.tie, card.burden) if part)
        if second:
            names.addWidget(text(second, "small"))
        head.put(said, least=self._look.px(280))
        acting = QWidget()
        actions = row(acting, gap=GRID // 2)
        for widget in self._actions():
            actions.addWidget(widget)
        head.put(acting, share=0)
        return box

    def _actions(self) -> list[QWidget]:
        card, intents = self.card, self._intents
        why = button(say.WHY, "link", name=say.WHY_NAMED.format(option=card.title))
        why.clicked.connect(lambda: intents.open(Pane.WHY, card.option_id))
        why_not = button(
            say_answers.WHY_NOT, "link", name=say_answers.WHY_NOT_NAMED.format(option=card.title)
        )
        why_not.clicked.connect(lambda: intents.open(Pane.WHY_NOT, card.option_id))
        sources = button(
            f"{say.SOURCES} ({card.sources})", "link", name=say.SOURCES_NAMED.format(option=card.title)
        )
        sources.clicked.connect(lambda: intents.open(Pane.SOURCES, card.option_id))
        actions: list[QWidget] = [why, why_not, sources]
        choose = intents.choose
        if choose is not None:
            words, name = (
                (say.CHOOSE_OPTION, say.CHOOSE_NAMED) if card.eligible else (say.OVERRIDE, say.OVERRIDE_NAMED)
            )
            made = button(words, name=name.format(option=card.title))
            made.clicked.connect(lambda: choose(card.option_id))
            actions.append(made)
        return actions

    def _columns(self) -> QWidget:
        card, px = self.card, self._look.px
        box = QWidget()
        columns = Beside(box, gap=GRID * 2)
        strength = self._strength() if card.strength else None
        columns.put(_column(say.EVIDENCE, (card.evidence,), strength), share=5, least=px(190))
        columns.put(_column(say.RULES_COLUMN, card.rules), share=3, least=px(108))
        columns.put(_column(say.MODEL, card.model), share=3, least=px(96))
        return box

    def _strength(self) -> QWidget:
        card = self.card
        box = QWidget()
        both = Flow(box, gap=GRID // 2, lines=0)
        both.addWidget(Dots(self._look, card.dots, card.strength))
        both.addWidget(text(card.strength, "small", wrap=False))
        return box

    def _list(self, name: str, lines: tuple[Line, ...]) -> LineList:
        made = LineList(self._look, name, label_width=SEVERITY_WIDTH, framed=False)
        made.take(lines)
        made.fit()
        return made


def _called(look: Look, card: Card) -> QWidget:
    box = QWidget()
    inside = row(box, gap=GRID // 2)
    inside.addWidget(Mark(look, card.tone, card.called), 0, Qt.AlignmentFlag.AlignTop)
    words = column(gap=2)
    words.addWidget(toned(card.called, card.tone, wrap=True))
    if card.at_once:
        words.addWidget(text(card.at_once))
    inside.addLayout(words, 1)
    return box


def _column(title: str, words: tuple[str, ...], first: QWidget | None = None) -> QWidget:
    box = QWidget()
    lines = column(box, gap=2)
    lines.addWidget(text(title, "caption"))
    if first is not None:
        lines.addWidget(first)
    for index, line in enumerate(words):
        label: QLabel = text(line, "body" if index == 0 else "small")
        lines.addWidget(label)
    return box
