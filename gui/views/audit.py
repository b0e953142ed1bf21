"""The Audit place: the question as a sentence, the decisions it finds, and one of them at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QFrame, QProgressBar, QSplitter, QWidget

from gui.accessibility import named
from gui.messages import audit as say
from gui.messages import keys
from gui.presenters.audit import Audit, AuditState
from gui.presenters.audit_extract import ExtractState, kinds
from gui.theme.look import GRID, Look
from gui.views.audit_dossier import AuditDossierView
from gui.views.audit_filter import AuditFilterView
from gui.widgets.decision_list import DecisionList
from gui.widgets.empty import Empty
from gui.widgets.layouts import row
from gui.widgets.notice import FaultPanel
from gui.widgets.outcome import Outcome
from gui.widgets.text import button, column, text


class AuditView(QWidget):
    """Renders the Audit place."""

    def __init__(self, look: Look, presenter: Audit) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._sized = False
        outer = column(self, gap=GRID)
        outer.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        outer.addWidget(self._head())
        self._verified = Outcome(look, say.VERIFICATION, presenter.dismiss)
        outer.addWidget(self._verified)
        self._written = Outcome(look, say.EXTRACT_RESULT, presenter.extracts.dismiss)
        self._not_written = FaultPanel(
            look, presenter.extracts.dismiss, presenter.extracts.again, presenter.extracts.again
        )
        outer.addWidget(self._written)
        outer.addWidget(self._not_written)
        self._filter = AuditFilterView(look, presenter.ask)
        outer.addWidget(self._filter)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(GRID * 2)
        self._split.setProperty("role", "airy")
        self._dossier = AuditDossierView(look, presenter.dossier)
        self._split.addWidget(self._listing())
        self._split.addWidget(self._dossier)
        self._split.setStretchFactor(1, 1)
        outer.addWidget(self._split, 1)
        self.setFocusProxy(self._filter.words)
        for sequence, act in (
            (keys.FIND.sequence, self._filter.words.setFocus),
            (keys.NEXT_PANE.sequence, self._next_pane),
            (keys.ASK_AGAIN.sequence, presenter.dossier.replay),
        ):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        presenter.watch(self._display)
        presenter.extracts.watch(self._display_extract)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Give the list its first width; from then on it is the user's."""
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            left = min(self._look.px(384), round(self.width() * 0.38))
            self._split.setSizes([left, max(1, self.width() - left)])

    def _head(self) -> QWidget:
        box = QWidget()
        head = row(box, gap=GRID)
        head.addWidget(text(say.TITLE, "title", wrap=False))
        head.addStretch(1)
        self._step = text("", "small", wrap=False)
        self._bar = named(QProgressBar(), say.VERIFYING)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(self._look.px(96))
        self._stop = button(say.STOP)
        self._stop.clicked.connect(self._presenter.cancel)
        self._verify = button(say.VERIFY)
        self._verify.clicked.connect(lambda _=False: self._presenter.verify())
        self._extract = button(say.EXTRACT)
        self._extract.clicked.connect(lambda _=False: self._choose_file())
        for widget in (self._step, self._bar, self._stop, self._extract, self._verify):
            head.addWidget(widget)
        return box

    def _choose_file(self) -> None:
        path, kind = QFileDialog.getSaveFileName(self, say.EXTRACT_TITLE, say.EXTRACT_NAME, kinds())
        self._presenter.extracts.export(path, kind)

    def _display_extract(self, state: ExtractState) -> None:
        self._extract.setEnabled(not state.writing)
        self._written.display(state.written)
        self._not_written.display(state.fault)

    def _listing(self) -> QFrame:
        presenter = self._presenter
        frame = QFrame()
        frame.setMinimumWidth(self._look.px(248))
        lines = column(frame, gap=GRID)
        self._fault = FaultPanel(self._look, presenter.dismiss, presenter.refresh, presenter.refresh)
        lines.addWidget(self._fault)
        self._list = DecisionList(self._look, say.LIST)
        self._list.reached.connect(presenter.open)
        bar = self._list.verticalScrollBar()
        bar.valueChanged.connect(
            lambda value: presenter.fetch_more() if bar.maximum() and value == bar.maximum() else None
        )
        lines.addWidget(self._list, 1)
        self._empty = Empty(self._look, say.LOADING, "")
        lines.addWidget(self._empty, 1)
        foot = row()
        self._count = text("", "small")
        self._more = button(say.MORE, "link")
        self._more.clicked.connect(lambda _=False: presenter.fetch_more())
        foot.addWidget(self._count, 1)
        foot.addWidget(self._more)
        lines.addLayout(foot)
        lines.addStretch()  # as in the list of patients
        return frame

    def _next_pane(self) -> None:
        """Move the focus from the question to the list, to the decision, and round."""
        focus = QApplication.focusWidget()
        if focus is self._list:
            self._dossier.take_focus()
        elif focus is not None and self._dossier.isAncestorOf(focus):
            self._filter.words.setFocus()
        else:
            self._list.setFocus()

    def _display(self, state: AuditState) -> None:
        self._filter.display(state.question, state.patients, state.indications)
        self._verify.setEnabled(not state.verifying)
        for widget in (self._step, self._bar, self._stop):
            widget.setVisible(state.verifying)
        step = state.step
        self._step.setText(step.what if step is not None else say.VERIFYING)
        self._bar.setRange(0, step.total if step is not None else 0)
        self._bar.setValue(step.done if step is not None else 0)
        self._verified.display(state.verified)
        self._fault.display(state.fault)
        self._list.show_lines(state.lines, state.opened)
        self._list.setVisible(bool(state.lines))
        self._empty.setVisible(not state.lines and state.fault is None)
        if not state.asked:
            self._empty.tell(say.LOADING, "")
        elif state.filtered:
            self._empty.tell(say.NO_MATCH, say.NO_MATCH_NEXT)
        else:
            self._empty.tell(say.EMPTY, say.EMPTY_NEXT)
        self._count.setText(state.count)
        self._more.setVisible(state.more)
