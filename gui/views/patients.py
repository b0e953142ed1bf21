"""The Patients place: search, list, open, import."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QHeaderView, QLineEdit, QTableView, QWidget

from engine.domain.pages import PatientRow
from gui.accessibility import named
from gui.messages import keys
from gui.messages import patients as say
from gui.models.rows import Column, RowsModel
from gui.presenters.importing import Importing
from gui.presenters.patients import Patients, PatientsState
from gui.presenters.wording import moment
from gui.theme.look import GRID, Look
from gui.widgets.empty import Empty
from gui.widgets.layouts import row
from gui.widgets.notice import FaultPanel
from gui.widgets.text import button, column, text

COLUMNS: tuple[Column[PatientRow], ...] = (
    Column(say.NAME, lambda row: row.name, strong=lambda _: True, tip=lambda row: row.patient_id),
    Column(say.BORN, lambda row: row.birth_date.isoformat() if row.birth_date is not None else ""),
    Column(say.SEX, lambda row: row.sex.value),
    Column(say.DECISIONS, lambda row: str(row.decisions) if row.decisions else "", right=True),
    Column(say.NOT_UNDERSTOOD, lambda row: str(row.not_understood) if row.not_understood else "", right=True),
    Column(say.CHANGED, lambda row: moment(row.changed_at)),
    Column("", lambda row: say.SYNTHETIC if row.synthetic else ""),
)


class RowTable(QTableView):
    """A table of whole rows; Enter or a double click opens one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class PatientsView(QWidget):
    """Renders the Patients place."""

    def __init__(self, look: Look, presenter: Patients, importing: Importing) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._importing = importing
        outer = column(self, gap=GRID * 2, margin=GRID * 3)
        head = row(gap=GRID * 2)
        head.addWidget(text(keys.PATIENTS.does, "title", wrap=False))
        head.addStretch(1)
        self._search = named(QLineEdit(), say.SEARCH)
        self._search.setPlaceholderText(say.SEARCH)
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(look.px(320))
        self._search.textChanged.connect(presenter.search)
        bring = button(say.IMPORT, "primary", keys=keys.IMPORT.sequence)
        bring.clicked.connect(self._choose_files)
        head.addWidget(self._search)
        head.addWidget(bring)
        outer.addLayout(head)
        self._fault = FaultPanel(look, presenter.dismiss, presenter.refresh, presenter.refresh)
        outer.addWidget(self._fault)
        self._model = RowsModel(COLUMNS, presenter.fetch_more)
        self._table = self._build_table()
        outer.addWidget(self._table, 1)
        self._empty = Empty(look, say.EMPTY, say.EMPTY_NEXT)
        outer.addWidget(self._empty, 1)
        self._count = text("", "small")
        outer.addWidget(self._count)
        outer.addStretch()  # an error without a list below it keeps its height
        find = QShortcut(QKeySequence(keys.FIND.sequence), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._search.setFocus)
        self._search.returnPressed.connect(self._open_first)
        self.setFocusProxy(self._search)
        look.changed.connect(self._measure)
        presenter.watch(self._display)

    def _build_table(self) -> RowTable:
        table = named(RowTable(), say.LIST)
        table.setModel(self._model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.activated.connect(self._open)
        table.clicked.connect(self._open)
        return table

    def _measure(self) -> None:
        self._table.verticalHeader().setDefaultSectionSize(self._look.row)
        self._table.verticalHeader().setMinimumSectionSize(self._look.row)

    def _choose_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, say.CHOOSE_FILES, "", say.FILE_KINDS)
        self._importing.take(tuple(paths))

    def _open(self, index: QModelIndex) -> None:
        chosen = self._model.row(index.row())
        if chosen is not None:
            self._presenter.open(chosen.patient_id)

    def _open_first(self) -> None:
        if self._model.rowCount() == 1:
            self._open(self._model.index(0, 0))
        else:
            self._table.setFocus()
            self._table.selectRow(0)

    def _display(self, state: PatientsState) -> None:
        self._model.take(state.rows, more=state.more)
        self._measure()
        self._table.setVisible(bool(state.rows))
        self._empty.setVisible(not state.rows and state.fault is None and not state.stopped)
        if not state.asked:
            self._empty.tell(say.LOADING, "")
        elif state.text.strip():
            self._empty.tell(say.NO_MATCH.format(text=state.text.strip()), say.NO_MATCH_NEXT)
        else:
            self._empty.tell(say.EMPTY, say.EMPTY_NEXT)
        self._count.setText(say.COUNT.format(shown=len(state.rows), total=state.total) if state.rows else "")
        self._fault.display(state.fault)
