"""The rules about an option that did not fire: found at the left, read at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QStackedWidget, QWidget

from gui.accessibility import keeps_find, named
from gui.messages import answers as say
from gui.presenters.lines import Line
from gui.presenters.why_not import SilentRule, WhyNotAnswers, WhyNotState
from gui.theme.look import GRID, Look
from gui.widgets.browse_list import BrowseList
from gui.widgets.empty import Empty
from gui.widgets.layouts import clear, row, scrolled
from gui.widgets.line_list import SEVERITY_WIDTH, add_captioned
from gui.widgets.marks import Mark
from gui.widgets.notice import FaultPanel
from gui.widgets.text import column, text, toned

_PREMISE_LABEL = 64


class WhyNotView(QWidget):
    """Renders the answer; its room is the same while it is worked out."""

    def __init__(self, look: Look, presenter: WhyNotAnswers) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._rule: SilentRule | None = None
        self._waiting_from: QWidget | None = None
        outer = column(self, gap=GRID)
        self._fault = FaultPanel(look, presenter.forget, presenter.again, presenter.again)
        outer.addWidget(self._fault)
        self._pages = QStackedWidget()
        self._said = Empty(look, "", "")
        self._both = QWidget()
        both = row(self._both, gap=GRID * 2)
        both.addWidget(self._left(), 4)
        both.addWidget(self._right(), 5)
        self._pages.addWidget(self._said)
        self._pages.addWidget(self._both)
        outer.addWidget(self._pages, 1)
        presenter.watch(self._display)

    def take_focus(self) -> None:
        """Move the focus to the rules; while they are waited for, as soon as they are there."""
        self._waiting_from = None if self.list.isVisible() else QApplication.focusWidget()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+F for finding a rule here while the focus is here, whatever the place does with it."""
        return keeps_find(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Find a rule by name on Ctrl+F."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        else:
            super().keyPressEvent(event)

    def _left(self) -> QWidget:
        box = QWidget()
        lines = column(box, gap=GRID // 2)
        self.search = named(QLineEdit(), say.SEARCH)
        self.search.setPlaceholderText(say.SEARCH)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._presenter.search)
        lines.addWidget(self.search)
        self._count = text("", "small")
        lines.addWidget(self._count)
        self.list = BrowseList(self._look, say.RULES, label_width=SEVERITY_WIDTH)
        self.list.reached.connect(self._presenter.choose)
        self._none = Empty(self._look, "", "")
        lines.addWidget(self.list, 1)
        lines.addWidget(self._none, 1)
        return box

    def _right(self) -> QWidget:
        inside = named(QWidget(), say.DETAIL)
        self._lines = column(inside, gap=GRID)
        self._lines.setContentsMargins(0, 0, GRID, GRID)
        self._detail = scrolled(inside)
        return self._detail

    def _display(self, state: WhyNotState) -> None:
        self._fault.display(state.fault)
        empty = not state.lines and not state.sought
        if state.loading:
            self._said.tell(say.LOADING.format(option=state.option), say.LOADING_NEXT)
        elif empty:
            self._said.tell(say.NOTHING.format(option=state.option), say.NOTHING_NEXT)
        self._pages.setVisible(state.fault is None)
        self._pages.setCurrentWidget(self._said if state.loading or empty else self._both)
        if self.search.text() != state.sought:
            self.search.setText(state.sought)
        self._count.setText(state.count)
        self.list.show_lines(state.lines, state.key)
        self.list.setVisible(bool(state.lines))
        self._none.setVisible(not state.lines)
        self._none.tell(say.NO_MATCH.format(words=state.sought), say.NO_MATCH_NEXT)
        self._read(state.rule)
        if state.lines and self._waiting_from is not None:
            unmoved = QApplication.focusWidget() is self._waiting_from
            self._waiting_from = None
            if unmoved:
                self.take_focus()

    def _read(self, rule: SilentRule | None) -> None:
        if rule == self._rule and self._lines.count():
            return
        self._rule = rule
        clear(self._lines)
        if rule is None:
            self._lines.addWidget(Empty(self._look, say.CHOOSE_RULE, say.CHOOSE_RULE_NEXT))
            return
        self._lines.addWidget(text(rule.title, "strong"))
        marks = row(gap=GRID)
        marks.addWidget(Mark(self._look, rule.tone, rule.severity), 0, Qt.AlignmentFlag.AlignTop)
        marks.addWidget(toned(rule.severity, rule.tone), 0, Qt.AlignmentFlag.AlignTop)
        marks.addWidget(text(rule.state, "small"), 1)
        self._lines.addLayout(marks)
        self._lines.addWidget(self._sentence(rule.sentence))
        if rule.nearest:
            self._lines.addWidget(text(rule.nearest, "strong"))
        self._list(say.PREMISES, rule.premises, _PREMISE_LABEL)
        self._list(say.SOURCES, rule.sources, 0)
        self._lines.addStretch(1)
        self._detail.verticalScrollBar().setValue(0)

    def _sentence(self, words: str) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        named(frame, say.SENTENCE.format(sentence=words))
        label = text(words)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column(frame, margin=GRID + GRID // 2).addWidget(label)
        return frame

    def _list(self, caption: str, lines: tuple[Line, ...], label_width: int) -> None:
        add_captioned(self._lines, self._look, caption, lines, label_width)
