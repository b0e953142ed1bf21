"""The recommendation page: indications, progress, what to settle, and the page of what was recommended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QProgressBar, QPushButton, QWidget

from gui.accessibility import named
from gui.messages import keys
from gui.messages import recommendation as say
from gui.presenters.recommendation import IndicationChip, Recommendation, RecommendationState
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.views.decision_page import DecisionPageView
from gui.views.settle import SettleView
from gui.widgets.empty import Empty
from gui.widgets.layouts import Flow, clear, row
from gui.widgets.notice import FaultPanel, Notice
from gui.widgets.text import button, column, text


class RecommendationView(QWidget):
    """Renders the recommendation page."""

    def __init__(self, look: Look, presenter: Recommendation) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._chips: tuple[IndicationChip, ...] | None = None
        self._others: QPushButton | None = None
        outer = column(self, gap=0)
        top = QWidget()
        lines = column(top, gap=GRID)
        lines.setContentsMargins(GRID * 3, GRID + GRID // 2, GRID * 3, GRID // 2)
        self._indications = QWidget()
        named(self._indications, say.INDICATION)
        self._flow = Flow(self._indications, gap=GRID)
        self._group = QButtonGroup(self)
        self._running = self._build_running()
        first = row(gap=GRID * 2)
        first.addWidget(self._indications, 1)
        first.addWidget(self._running)
        lines.addLayout(first)
        self._fault = FaultPanel(look, presenter.dismiss, presenter.again, presenter.again)
        lines.addWidget(self._fault)
        outer.addWidget(top)
        self._empty = Empty(look, say.CHOOSE, say.CHOOSE_NEXT)
        outer.addWidget(self._empty, 1)
        self._page = DecisionPageView(
            look, presenter.page, respond=presenter.respond, open_choice=presenter.open_choice
        )
        self._outdated = Notice(look, say.CHANGED)
        self._settle = SettleView(look, presenter.settling, presenter.settle, presenter.today)
        self._page.above.addWidget(self._outdated)
        self._outdated.begin(Tone.CAUTION, say.CHANGED)
        again = button(say.ASK_AGAIN)
        again.clicked.connect(presenter.again)
        self._outdated.add(again)
        self._page.between.addWidget(self._settle)
        outer.addWidget(self._page, 1)
        self._room = QWidget()
        waiting = column(self._room, margin=GRID * 3)
        waiting.addWidget(self._words)
        waiting.addStretch(1)
        outer.addWidget(self._room, 1)
        for sequence, act in ((keys.ASK_AGAIN.sequence, presenter.again),):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        presenter.watch(self._display)
        presenter.page.watch(lambda _: self._display(presenter.state))

    def _build_running(self) -> QWidget:
        box = QWidget()
        line = row(box)
        self._words = text("", "muted")
        self._bar = named(QProgressBar(), say.RUNNING.format(patient=""))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(self._look.px(96))
        cancel = button(say.CANCEL)
        cancel.clicked.connect(self._presenter.cancel)
        for widget in (self._bar, cancel):
            line.addWidget(widget)
        policy = box.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        box.setSizePolicy(policy)
        return box

    def _display(self, state: RecommendationState) -> None:
        if state.chips != self._chips:
            self._build_chips(state)
        away = frozenset() if state.unfolded else state.put_away
        for chip in self._group.buttons():
            chip.setChecked(chip.property("indication") == state.chosen)
            chip.setVisible(chip.property("indication") not in away)
        if self._others is not None:
            self._others.setVisible(bool(state.put_away))
            self._others.setText(say.OTHERS.format(count=len(away)) if away else say.FEWER)
            named(self._others, self._others.text())
        self._running.setVisible(bool(state.running))
        what = state.step.what if state.step is not None else ""
        words = f"{state.running}: {what}" if what else state.running
        self._words.setText(words)
        self._bar.setToolTip(words)
        self._bar.setAccessibleDescription(words)
        self._bar.setRange(0, state.step.total if state.step is not None else 0)
        self._bar.setValue(state.step.done if state.step is not None else 0)
        self._fault.display(state.fault)
        decided = self._presenter.page.state.decision is not None
        waiting = not decided and not state.running and state.fault is None
        self._page.setVisible(decided)
        self._empty.setVisible(waiting)
        self._room.setVisible(not decided and not waiting)
        self._empty.tell(
            say.CHOOSE if state.chips else say.NO_INDICATIONS, say.CHOOSE_NEXT if state.chips else ""
        )
        self._outdated.setVisible(state.outdated and not state.running)
        self._settle.tell_faults(state.settle_faults)
        self._page.tell_choice_fault(state.choice_fault)

    def _build_chips(self, state: RecommendationState) -> None:
        self._chips = state.chips
        for old in self._group.buttons():
            self._group.removeButton(old)
        clear(self._flow)
        for chip in state.chips:
            made = button(chip.title, "chip", tip=chip.suggested, checkable=True)
            made.setProperty("indication", chip.indication_id)
            made.setAccessibleDescription(chip.suggested)
            made.clicked.connect(
                lambda _checked=False, chosen=chip.indication_id: self._presenter.choose(chosen)
            )
            self._group.addButton(made)
            self._flow.addWidget(made)
            if chip.suggested:
                self._flow.addWidget(text(say.SUGGESTED_SHORT, "small", wrap=False, tip=chip.suggested))
        self._others = button(say.FEWER, "link")
        self._others.clicked.connect(self._presenter.unfold)
        self._flow.addWidget(self._others)
