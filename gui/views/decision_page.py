"""One decision: head, tiers of cards, and the pane that opens beside or below them.

Used by the recommendation page, the decision history and the audit place; where nothing may be
chosen, it is simply not given the means.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from engine.domain.decision import Decision
from engine.domain.ids import OptionId
from gui.dialogs.choose import ChoosePanel, Respond
from gui.messages import keys
from gui.messages import recommendation as say
from gui.presenters.decision_page import BEHIND, DecisionPage, PageState, Pane
from gui.theme.look import GRID, Look
from gui.views.card import CardIntents, CardView
from gui.views.head import HeadView
from gui.views.tier import TierView
from gui.views.why_pane import WhyPane
from gui.widgets.empty import Empty
from gui.widgets.layouts import clear, scrolled
from gui.widgets.text import column

#: From this width on, the pane stands beside the cards instead of below them.
WIDE = 1480


class DecisionPageView(QWidget):
    """Renders a decision page."""

    def __init__(
        self,
        look: Look,
        page: DecisionPage,
        *,
        respond: Respond | None = None,
        open_choice: Callable[[OptionId], None] | None = None,
    ) -> None:
        super().__init__()
        self._look = look
        self._page = page
        self._decision: Decision | None = None
        self._answered = False
        self._choice = open_choice
        self._cards: list[CardView] = []
        self._pane_was = Pane.CLOSED
        self._open_was: OptionId | None = None
        self._choice_fault = ""
        self._inside = QWidget()
        self._content = column(self._inside, gap=GRID * 2)
        self._content.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 3)
        self.above: QVBoxLayout = column(gap=GRID)
        self._content.addLayout(self.above)
        self._head = column(gap=0)
        self._content.addLayout(self._head)
        self.between: QVBoxLayout = column(gap=GRID)
        self._content.addLayout(self.between)
        self._body = column(gap=GRID * 2)
        self._content.addLayout(self._body)
        self._content.addStretch(1)
        self._scroll = scrolled(self._inside, "canvas")
        self._why = WhyPane(look, page)
        self._choose = ChoosePanel(look, respond or (lambda *_: None), page.close)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(4)
        for widget in (self._scroll, self._why, self._choose):
            self._split.addWidget(widget)
        self._why.hide()
        self._choose.hide()
        column(self, gap=0).addWidget(self._split)
        for key, act in (
            (keys.WHY, lambda: self._open_current(Pane.WHY)),
            (keys.WHY_NOT, lambda: self._open_current(Pane.WHY_NOT)),
            (keys.SOURCES, lambda: self._open_current(Pane.SOURCES)),
            (keys.EXACT, page.change_method),
            (keys.TABLE, page.change_form),
            (keys.CONTROL, page.change_control),
            (keys.CLOSE, page.close),
        ):
            shortcut = QShortcut(QKeySequence(key.sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        page.watch(self._display)

    def tell_choice_fault(self, fault: str) -> None:
        """Show why a choice was refused, in the panel it was made in."""
        self._choice_fault = fault
        state = self._page.state
        if state.pane is Pane.CHOOSE:
            self._choose.display(state.card(state.option_id), fault)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the pane beside the cards where there is room."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(WIDE) * 0.85
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def _display(self, state: PageState) -> None:
        answered = state.answer is not None
        if state.decision is not self._decision or answered != self._answered:
            self._rebuild(state)
        for card in self._cards:
            card.mark_open(opened=card.card.option_id == state.option_id)
        opened = state.pane is not Pane.CLOSED
        self._why.setVisible(state.pane in BEHIND)
        self._choose.setVisible(state.pane is Pane.CHOOSE)
        if state.pane in BEHIND:
            self._why.display(state)
        elif state.pane is Pane.CHOOSE:
            self._choose.display(state.card(state.option_id), self._choice_fault)
        if opened and self._pane_was is not state.pane:
            self._give_room()
            (self._choose if state.pane is Pane.CHOOSE else self._why).take_focus()
        elif not opened and self._pane_was is not Pane.CLOSED:
            self._back_to_card()
        self._pane_was = state.pane
        self._open_was = state.option_id

    def _rebuild(self, state: PageState) -> None:
        same = _same_question(self._decision, state.decision)
        self._decision = state.decision
        self._answered = state.answer is not None
        place = self._scroll.verticalScrollBar().value() if same else 0
        self._cards = []
        clear(self._head)
        clear(self._body)
        if state.head is None:
            return
        self._head.addWidget(HeadView(self._look, state.head, state.answer))
        if not state.tiers:
            self._body.addWidget(Empty(self._look, say.NOTHING_TAKEN, say.NOTHING_TAKEN_NEXT))
        elif not any(tier.verdict.eligible for tier in state.tiers):
            self._body.addWidget(Empty(self._look, say.NOBODY_LEFT, say.NOBODY_LEFT_NEXT))
        intents = CardIntents(open=self._page.open, choose=self._choice if state.answer is None else None)
        for tier in state.tiers:
            view = TierView(self._look, tier, intents)
            self._cards += view.cards
            self._body.addWidget(view)
        self._scroll.verticalScrollBar().setValue(place)

    def _give_room(self) -> None:
        upright = self._split.orientation() is Qt.Orientation.Vertical
        total = self._split.height() if upright else self._split.width()
        share = 0.52 if upright else 0.56
        self._split.setSizes([round(total * (1 - share)), round(total * share), round(total * share)])
        state = self._page.state
        card = self._card_of(state.option_id)
        if card is not None:
            # Once what wraps has got its height, and once more when what that has moved has its place.
            QTimer.singleShot(0, card, lambda: self._scroll_to(card, again=True))

    def _scroll_to(self, card: CardView, *, again: bool = False) -> None:
        self._content.activate()
        top = card.mapTo(self._inside, QPoint(0, 0)).y() - GRID
        self._scroll.verticalScrollBar().setValue(top)
        if again:
            QTimer.singleShot(0, card, lambda: self._scroll_to(card))

    def _card_of(self, option_id: OptionId | None) -> CardView | None:
        return next((card for card in self._cards if card.card.option_id == option_id), None)

    def _back_to_card(self) -> None:
        card = self._card_of(self._open_was)
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_current(self, pane: Pane) -> None:
        focus = QApplication.focusWidget()
        within = (card for card in self._cards if focus is not None and card.isAncestorOf(focus))
        card = focus if isinstance(focus, CardView) else next(within, None)
        chosen = card.card.option_id if card is not None else self._page.state.option_id
        if chosen is None and self._cards:
            chosen = self._cards[0].card.option_id
        if chosen is not None:
            self._page.open(pane, chosen)


def _same_question(before: Decision | None, now: Decision | None) -> bool:
    """Tell whether a decision answers the question of the one before, so that the page keeps its place."""
    if before is None or now is None:
        return False
    asked, asks = before.request, now.request
    return asked.patient_id == asks.patient_id and asked.indication_id == asks.indication_id
