"""The Rules place: files and rules at the left, what is open in the middle, its cases at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from gui.accessibility import first_of, named
from gui.messages import keys
from gui.messages import rules as say
from gui.presenters.rules import Rules, RulesState, Tab
from gui.presenters.rules_list import short_path
from gui.theme.look import GRID, Look
from gui.views.rules_cases import RulesCasesView
from gui.views.rules_editor import RulesEditorView
from gui.views.rules_form import RulesFormView
from gui.views.rules_list import RulesListView
from gui.views.rules_reading import RulesReadingView
from gui.widgets.empty import Empty
from gui.widgets.layouts import clear, row
from gui.widgets.marks import Mark
from gui.widgets.notice import FaultPanel
from gui.widgets.text import button, column, text, toned

#: From this width on, the cases stand beside what is open instead of behind a tab of their own.
WIDE = 1040


class RulesView(QWidget):
    """Renders the Rules place."""

    def __init__(self, look: Look, presenter: Rules) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._heading: tuple[object, ...] = ()
        self._wide: bool | None = None
        outer = column(self, gap=0)
        outer.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        self._list = RulesListView(look, presenter)
        self._cases = RulesCasesView(look, presenter.cases, self._go)
        self._inner = QSplitter(Qt.Orientation.Horizontal)
        self._whole = QSplitter(Qt.Orientation.Horizontal)
        for split in (self._inner, self._whole):
            split.setChildrenCollapsible(False)
            split.setHandleWidth(GRID * 2)
            split.setProperty("role", "airy")
        self._inner.addWidget(self._middle())
        self._inner.setStretchFactor(0, 1)
        self._whole.addWidget(self._list)
        self._whole.addWidget(self._inner)
        self._whole.setStretchFactor(1, 1)
        outer.addWidget(self._whole)
        self.setFocusProxy(self._list.search)
        for sequence, act in (
            (keys.FIND.sequence, self._list.search.setFocus),
            (keys.NEXT_PANE.sequence, self._next_pane),
            (keys.RUN_CASES.sequence, self._run_cases),
        ):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        presenter.watch(self._display)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the cases beside what is open where there is room."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(WIDE)
        if wide is not self._wide:
            self._wide = wide
            self._arrange()

    def _arrange(self) -> None:
        """Put the cases beside what is open, or behind their tab."""
        wide = bool(self._wide)
        (self._inner if wide else self._stack).addWidget(self._cases)
        left = self._look.px(304 if wide else 272)
        self._whole.setSizes([left, max(1, self.width() - left)])
        if wide:
            rest = self.width() - left
            self._inner.setSizes([round(rest * 0.62), round(rest * 0.38)])
        self._display(self._presenter.state)

    def _middle(self) -> QFrame:
        frame = QFrame()
        frame.setMinimumWidth(self._look.px(280))
        lines = column(frame, gap=GRID)
        self._head = QWidget()
        head = column(self._head, gap=GRID // 2)
        self._title = text("", "title")
        head.addWidget(self._title)
        self._marks: QHBoxLayout = row(gap=GRID)
        head.addLayout(self._marks)
        lines.addWidget(self._head)
        self._tabs = named(QWidget(), say.TABS)
        tabs = row(self._tabs, gap=GRID * 3)
        group = QButtonGroup(self)
        self._buttons = {}
        for tab, words in (
            (Tab.SENTENCE, say.SENTENCE_TAB),
            (Tab.FORM, say.FORM_TAB),
            (Tab.YAML, say.YAML_TAB),
            (Tab.CASES, say.CASES_TAB),
        ):
            made = button(words, "tab", checkable=True)
            made.clicked.connect(lambda _checked=False, tab=tab: self._presenter.turn(tab))
            group.addButton(made)
            tabs.addWidget(made)
            self._buttons[tab] = made
        tabs.addStretch(1)
        lines.addWidget(self._tabs)
        presenter = self._presenter
        self._fault = FaultPanel(self._look, presenter.dismiss, presenter.read_again, presenter.read_again)
        lines.addWidget(self._fault)
        self._stack = QStackedWidget()
        self._empty = Empty(self._look, say.NOTHING_OPEN, say.NOTHING_OPEN_NEXT)
        self._reading = RulesReadingView(self._look)
        form = RulesFormView(self._look, presenter.form)
        self._editor = RulesEditorView(self._look, presenter.draft, form, self._go)
        for view in (self._empty, self._reading, self._editor):
            self._stack.addWidget(view)
        lines.addWidget(self._stack, 1)
        return frame

    def _go(self, place: str) -> None:
        """Go to a line of the text, with the caret."""
        self._presenter.go(place)
        self._editor.editor.setFocus()

    def _run_cases(self) -> None:
        if not self._wide:
            self._presenter.turn(Tab.CASES)
        self._presenter.cases.run()

    def _next_pane(self) -> None:
        """Move the focus from pane to pane: list, what is open, cases."""
        panes: list[QWidget] = [self._list, self._stack]
        if self._wide and self._cases.isVisible():
            panes.append(self._cases)
        focus = QApplication.focusWidget()
        here = next((i for i, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), -1)
        pane = panes[(here + 1) % len(panes)]
        if pane is self._list:
            self._list.list.setFocus()
        elif pane is self._stack and self._stack.currentWidget() is self._editor:
            self._editor.take_focus()
        else:
            first_of(pane)

    def _display(self, state: RulesState) -> None:
        opened = bool(state.path)
        self._head.setVisible(opened)
        self._tabs.setVisible(opened)
        tab = state.tab
        if tab is Tab.CASES and self._wide:
            tab = Tab.SENTENCE if state.reading is not None else Tab.YAML
        self._buttons[tab].setChecked(True)
        for words in (Tab.SENTENCE, Tab.FORM):
            self._buttons[words].setEnabled(state.reading is not None)
        self._buttons[Tab.CASES].setVisible(not self._wide)
        if self._wide:
            self._cases.setVisible(opened)
        self._fault.display(state.reading_fault)
        self._say_heading(state)
        if not opened:
            self._stack.setCurrentWidget(self._empty)
        elif tab is Tab.CASES:
            self._stack.setCurrentWidget(self._cases)
        elif tab in (Tab.YAML, Tab.FORM):
            self._editor.turn(form=tab is Tab.FORM)
            self._stack.setCurrentWidget(self._editor)
        elif state.reading is not None:
            self._reading.display(state.reading, state.basis)
            self._stack.setCurrentWidget(self._reading)

    def _say_heading(self, state: RulesState) -> None:
        reading = state.reading
        heading = (reading, state.path)
        if heading == self._heading:
            return
        self._heading = heading
        self._title.setText(reading.title if reading is not None else short_path(state.path))
        clear(self._marks)
        if reading is not None:
            self._marks.addWidget(Mark(self._look, reading.tone, reading.severity))
            self._marks.addWidget(toned(reading.severity, reading.tone))
            self._marks.addWidget(text(reading.status, "badge", wrap=False))
        else:
            self._marks.addWidget(text(state.path, "small", wrap=False))
        self._marks.addStretch(1)
