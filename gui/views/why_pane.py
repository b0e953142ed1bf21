"""The pane behind one option: chain and attributions side by side, or its sources."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from engine.domain.explanation import AttributionMethod
from gui.accessibility import named
from gui.messages import answers as say_answers
from gui.messages import keys
from gui.messages import recommendation as say
from gui.messages import shell as say_shell
from gui.models.rows import Column, RowsModel
from gui.presenters.decision_page import DecisionPage, Form, PageState, Pane
from gui.presenters.tones import Tone
from gui.presenters.why import METHOD_NAMES, Bar, Why
from gui.theme.look import GRID, Look
from gui.views.why_not import WhyNotView
from gui.widgets.bars import AttributionBars
from gui.widgets.layouts import Flow, clear, row, scrolled
from gui.widgets.line_list import LineList
from gui.widgets.marks import Mark
from gui.widgets.notice import Notice
from gui.widgets.text import button, column, text, toned

#: So many bars are shown at first; the others are one click away.
LARGEST = 8

_NAMED = {
    Pane.WHY: say.WHY_NAMED,
    Pane.WHY_NOT: say_answers.WHY_NOT_NAMED,
    Pane.SOURCES: say.SOURCES_NAMED,
}
COLUMNS: tuple[Column[Bar], ...] = (
    Column(say.FEATURE, lambda bar: bar.title),
    Column(say.FEATURE_VALUE, lambda bar: bar.value),
    Column(say.SHARE, lambda bar: bar.label, right=True),
)


class WhyPane(QFrame):
    """Renders what is behind the option that is open."""

    def __init__(self, look: Look, page: DecisionPage) -> None:
        super().__init__()
        self._look = look
        self._page = page
        self._shown: tuple[Bar, ...] = ()
        self._named = ""
        self._all = False
        self.setProperty("role", "panel")
        named(self, say.DETAILS)
        outer = column(self, gap=GRID, margin=GRID + GRID // 2)
        head = row()
        self._title = text("", "strong")
        head.addWidget(self._title, 1)
        self._why = button(say.WHY, "chip", checkable=True)
        self._why.clicked.connect(lambda: self._turn(Pane.WHY))
        self._why_not = button(say_answers.WHY_NOT, "chip", checkable=True)
        self._why_not.clicked.connect(lambda: self._turn(Pane.WHY_NOT))
        self._sources = button(say.SOURCES, "chip", checkable=True)
        self._sources.clicked.connect(lambda: self._turn(Pane.SOURCES))
        close = button(say_shell.CLOSE, name=f"{say_shell.CLOSE}: {say.DETAILS}", tip=keys.CLOSE.sequence)
        close.clicked.connect(page.close)
        for widget in (self._why, self._why_not, self._sources, close):
            head.addWidget(widget)
        outer.addLayout(head)
        self._both = QWidget()
        both = row(self._both, gap=GRID * 2)
        both.addWidget(self._build_chain(), 3)
        self._attributions = self._build_attributions()
        both.addWidget(self._attributions, 2)
        outer.addWidget(self._both, 1)
        self._silent = WhyNotView(look, page.why_not)
        outer.addWidget(self._silent, 1)
        self._source_list = LineList(look, say.SOURCES)
        outer.addWidget(self._source_list, 1)

    def display(self, state: PageState) -> None:
        """Show the pane of this state."""
        why = state.why
        if why is None:
            return
        self._title.setText(_NAMED[state.pane].format(option=why.title))
        for pane, chip, shown in (
            (Pane.WHY, self._why, self._both),
            (Pane.WHY_NOT, self._why_not, self._silent),
            (Pane.SOURCES, self._sources, self._source_list),
        ):
            chip.setChecked(pane is state.pane)
            shown.setVisible(pane is state.pane)
        self._source_list.take(why.sources)
        self._chain.take(why.chain)
        self._show_attributions(state, why)

    def take_focus(self) -> None:
        """Move the focus into the pane."""
        if self._silent.isVisible():
            self._silent.take_focus()
            return
        shown = self._chain if self._both.isVisible() else self._source_list
        shown.setFocus(Qt.FocusReason.OtherFocusReason)
        if not shown.currentIndex().isValid():
            shown.setCurrentIndex(shown.model().index(0, 0))

    def _turn(self, pane: Pane) -> None:
        option = self._page.state.option_id
        if option is not None and self._page.state.pane is not pane:
            self._page.open(pane, option)
        self.display(self._page.state)

    def _build_chain(self) -> QWidget:
        box = QWidget()
        lines = column(box, gap=GRID // 2)
        lines.addWidget(text(say.CHAIN_TITLE, "caption"))
        self._chain = LineList(self._look, say.CHAIN)
        lines.addWidget(self._chain, 1)
        self._no_model = text(say.NO_BARS, "small")
        lines.addWidget(self._no_model)
        return box

    def _build_attributions(self) -> QWidget:
        box = QWidget()
        outer = column(box, gap=GRID // 2)
        outer.addWidget(text(say.BARS, "caption"))
        # Where the pane is low or the text large, all of it scrolls: nothing is squeezed.
        content = QWidget()
        outer.addWidget(scrolled(content), 1)
        lines = column(content, gap=GRID // 2)
        tools = QWidget()
        self._tools = Flow(tools, gap=GRID)
        self._fidelity = QWidget()
        self._fidelity_row = row(self._fidelity, gap=GRID // 2)
        self._method = button("", "link", name=keys.EXACT.does, tip=keys.EXACT.sequence)
        self._method.clicked.connect(self._page.change_method)
        self._form = button("", "link", name=keys.TABLE.does, tip=keys.TABLE.sequence)
        self._form.clicked.connect(self._page.change_form)
        self._control = button("", "link", name=keys.CONTROL.does, tip=keys.CONTROL.sequence)
        self._control.clicked.connect(self._page.change_control)
        for widget in (self._fidelity, self._method, self._form, self._control):
            self._tools.addWidget(widget)
        lines.addWidget(tools)
        self._meaningless = Notice(self._look, say.CONTROL_TITLE)
        lines.addWidget(self._meaningless)
        self._sentence = text("", "small")
        lines.addWidget(self._sentence)
        self._bars = AttributionBars(self._look)
        self._bars_area = QWidget()
        inside = column(self._bars_area, gap=0)
        inside.addWidget(self._bars)
        self._more = button("", "link")
        self._more.clicked.connect(self._toggle_bars)
        inside.addWidget(self._more)
        inside.addStretch(1)
        lines.addWidget(self._bars_area, 1)
        self._model = RowsModel(COLUMNS)
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.verticalHeader().hide()
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        lines.addWidget(self._table, 1)
        self._nothing = QWidget()
        lines.addWidget(self._nothing, 1)
        return box

    def _show_attributions(self, state: PageState, why: Why) -> None:
        lime = state.method is AttributionMethod.LIME
        method = AttributionMethod.EXACT if why.withheld else state.method
        shown = why.lime if lime else why.exact
        table = state.form is Form.TABLE
        self._attributions.setVisible(why.explained)
        self._no_model.setVisible(not why.explained)
        self._sentence.setText(shown.sentence)
        self._bars_area.setVisible(bool(shown.bars) and not table)
        self._table.setVisible(bool(shown.bars) and table)
        self._nothing.setVisible(not shown.bars)
        names = {"method": METHOD_NAMES[method], "option": why.title}
        self._named = say.BARS_NAMED.format(**names)
        self._shown = shown.bars
        self._show_bars()
        self._model.take(shown.bars)
        named(self._table, say.TABLE_NAMED.format(**names))
        self._method.setText(say.SHOW_EXACT if lime else say.SHOW_LIME)
        self._form.setText(say.SHOW_BARS if table else say.SHOW_TABLE)
        self._form.setVisible(bool(shown.bars))
        self._method.setVisible(not why.withheld)
        self._control.setText(say.CONTROL_HIDE if why.control else say.CONTROL_SHOW)
        self._tell_control(state, why)
        clear(self._fidelity_row)
        if why.fidelity:
            self._fidelity_row.addWidget(Mark(self._look, why.fidelity_tone, why.fidelity))
            badge = toned(why.fidelity, why.fidelity_tone)
            badge.setToolTip(why.fidelity_tip)
            self._fidelity_row.addWidget(badge)
        self._fidelity.setVisible(bool(why.fidelity))
        named(self._fidelity, why.fidelity or say.BARS, why.fidelity_tip)

    def _tell_control(self, state: PageState, why: Why) -> None:
        fault = state.control_fault
        if why.control:
            # The pane may be low: the notice takes one line, its reason stands where the note on bars does.
            self._meaningless.begin(Tone.CAUTION, say.CONTROL_TITLE)
            self._sentence.setText(say.CONTROL_NOTE)
        elif fault is not None:
            self._meaningless.begin(Tone.UNKNOWN, fault.title)
            self._meaningless.add(text(f"{fault.what} {fault.next}".strip(), "body"))
        else:
            self._meaningless.hide()

    def _show_bars(self) -> None:
        ordered = sorted(self._shown, key=lambda bar: -abs(bar.share))
        hidden = max(len(ordered) - LARGEST, 0)
        self._bars.take(tuple(ordered if self._all else ordered[:LARGEST]), self._named)
        self._more.setVisible(hidden > 0)
        self._more.setText(say.FEWER_BARS if self._all else say.MORE_BARS.format(count=hidden))

    def _toggle_bars(self) -> None:
        self._all = not self._all
        self._show_bars()
