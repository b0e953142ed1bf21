"""The left pane of the Rules place: filters, count, and the pack's files and rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QSizePolicy, QWidget

from engine.domain.findings import Severity
from engine.domain.ids import OptionId
from gui.accessibility import named
from gui.messages import rules as say
from gui.presenters.rules import Rules, RulesState
from gui.presenters.rules_list import FILE, Label, RuleFilter
from gui.theme.look import GRID, Look
from gui.widgets.browse_list import BrowseList
from gui.widgets.check import Check
from gui.widgets.choice import Choice
from gui.widgets.empty import Empty
from gui.widgets.layouts import Flow, row
from gui.widgets.notice import FaultPanel
from gui.widgets.text import button, column, text

_LABELS = (
    (say.ANY_LABEL, Label.ANY),
    (say.BOTH_LABELS, Label.BOTH),
    (say.ONLY_LABEL.format(label="EU"), Label.EU),
    (say.ONLY_LABEL.format(label="US"), Label.US),
)


class RulesListView(QFrame):
    """Renders the list; what comes to be the current line is opened."""

    def __init__(self, look: Look, presenter: Rules) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._quiet = False
        self._options: tuple[tuple[OptionId, str], ...] | None = None
        self.setMinimumWidth(look.px(232))
        outer = column(self, gap=GRID)
        outer.addWidget(self._filters())
        self._fault = FaultPanel(look, presenter.dismiss, presenter.refresh, presenter.refresh)
        outer.addWidget(self._fault)
        self.list = BrowseList(look, say.LIST)
        self.list.reached.connect(presenter.choose)
        self.list.turned.connect(self._turn)
        self.list.again.connect(self._again)
        outer.addWidget(self.list, 1)
        self._empty = Empty(look, say.LOADING, "")
        outer.addWidget(self._empty, 1)
        foot = row()
        self._count = text("", "small")
        self._clear = button(say.CLEAR, "link")
        self._clear.clicked.connect(self._clear_all)
        foot.addWidget(self._count, 1)
        foot.addWidget(self._clear)
        outer.addLayout(foot)
        self._reload = button(say.RELOAD, tip=say.RELOAD_TIP)
        self._reload.clicked.connect(presenter.reload)
        self._reloaded = text("", "small")
        outer.addWidget(self._reload)
        outer.addWidget(self._reloaded)
        presenter.watch(self._display)

    def _filters(self) -> QWidget:
        box = QWidget()
        lines = column(box, gap=GRID)
        self.search = named(QLineEdit(), say.SEARCH)
        self.search.setPlaceholderText(say.SEARCH)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda words: self._filter(text=words))
        lines.addWidget(self.search)
        holder = named(QWidget(), say.FILTERS)
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        self._severity = self._choice(say.SEVERITY)
        self._severity.addItem(say.ANY_SEVERITY, None)
        for severity in Severity:
            self._severity.addItem(severity.value, severity)
        self._severity.activated.connect(lambda _: self._filter_severity(self._severity.currentData()))
        self._option = self._choice(say.OPTION)
        self._option.activated.connect(lambda _: self._filter(option=self._option.currentData()))
        self._label = self._choice(say.LABEL)
        for words, label in _LABELS:
            self._label.addItem(words, label)
        self._label.activated.connect(lambda _: self._filter(label=self._label.currentData()))
        self._not_seen = self._check(say.NOT_SEEN_ONLY, lambda on: self._filter(not_seen=on))
        self._drafted = self._check(say.DRAFTED_ONLY, lambda on: self._filter(drafted=on))
        checks = QWidget()
        flow = Flow(checks, gap=GRID)
        flow.addWidget(self._not_seen)
        flow.addWidget(self._drafted)
        grid.addWidget(self._severity, 0, 0)
        grid.addWidget(self._option, 0, 1)
        grid.addWidget(self._label, 1, 0, 1, 2)
        grid.addWidget(checks, 2, 0, 1, 2)
        lines.addWidget(holder)
        return box

    def _choice(self, name: str) -> Choice:
        box = named(Choice(self._look), name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return box

    def _check(self, words: str, act: Callable[[bool], None]) -> Check:
        box = Check(self._look, words)
        box.toggled.connect(act)
        return box

    def _filter(self, **changes: object) -> None:
        if self._quiet:
            return
        now = self._presenter.state.filters
        self._presenter.filter(replace(now, **changes))  # type: ignore[arg-type] # each control gives its own field

    def _filter_severity(self, value: str | None) -> None:
        """Take the choice, which Qt hands back as a plain string."""
        self._filter(severity=Severity(value) if value is not None else None)

    def _clear_all(self) -> None:
        self._presenter.filter(RuleFilter())
        self.search.setFocus()

    def _turn(self, key: str, folded: bool) -> None:  # noqa: FBT001 - a signal's slot
        if key.startswith(FILE):
            self._presenter.fold(key.removeprefix(FILE), folded=folded)

    def _again(self, key: str) -> None:
        if key.startswith(FILE):
            self._presenter.toggle(key)

    def _display(self, state: RulesState) -> None:
        self._quiet = True
        self._show_filters(state)
        self._quiet = False
        self._fault.display(state.fault)
        self.list.show_lines(state.lines, state.key)
        self.list.setVisible(bool(state.lines))
        self._empty.setVisible(not state.lines and state.fault is None)
        if not state.asked:
            self._empty.tell(say.LOADING, "")
        elif state.filters.active:
            self._empty.tell(say.NO_MATCH, say.NO_MATCH_NEXT)
        else:
            self._empty.tell(say.NO_RULES, "")
        self._count.setText(state.count if state.asked else "")
        self._clear.setVisible(state.filters.active)
        self._reload.setEnabled(not state.reloading)
        self._reloaded.setText(state.reloaded)
        self._reloaded.setVisible(bool(state.reloaded))

    def _show_filters(self, state: RulesState) -> None:
        filters = state.filters
        if state.options != self._options:
            self._options = state.options
            self._option.clear()
            self._option.addItem(say.ANY_OPTION, None)
            for option, title in state.options:
                self._option.addItem(title, option)
        if self.search.text() != filters.text:
            self.search.setText(filters.text)
        for box, value in (
            (self._severity, filters.severity),
            (self._option, filters.option),
            (self._label, filters.label),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._not_seen.setChecked(filters.not_seen)
        self._drafted.setChecked(filters.drafted)
