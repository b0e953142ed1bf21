"""A list that opens what it comes to: the arrow keys read on, line by line."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView

from gui.models.lines import LINE_ROLE
from gui.presenters.lines import Line
from gui.theme.look import Look
from gui.widgets.line_list import LineList


class BrowseList(LineList):
    """A list of lines whose current line is the one that is open."""

    reached = Signal(str)
    """The key of the line that became the current one by hand."""
    turned = Signal(str, bool)
    """The key of a line that is to be folded (True) or unfolded."""
    again = Signal(str)
    """The key of the open line, when it is chosen once more."""

    def __init__(self, look: Look, name: str, *, label_width: int = 0) -> None:
        super().__init__(look, name, label_width=label_width)
        self._own = False
        self._key = ""
        self._fresh = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(lambda: self.reached.emit(self._key))
        self.clicked.connect(self._clicked)
        self.chosen.connect(self.again)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.selectionModel().currentChanged.connect(self._moved)

    def show_lines(self, lines: tuple[Line, ...], key: str) -> None:
        """Show these lines, the one of this key as the open one; the list keeps its place."""
        model = self.model()
        place = self.verticalScrollBar().value()
        changed = model.rowCount() != len(lines) or any(
            model.index(row, 0).data(LINE_ROLE) != line for row, line in enumerate(lines)
        )
        self._own = True
        if changed:
            self.take(lines)
            self.doItemsLayout()
            self.verticalScrollBar().setValue(place)
        if changed or key != self._key:
            self._stand_on(key, lines)
        self._key = key
        self._own = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Fold and unfold with left and right."""
        line = self.currentIndex().data(LINE_ROLE)
        if isinstance(line, Line) and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.turned.emit(line.key, event.key() == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def _stand_on(self, key: str, lines: tuple[Line, ...]) -> None:
        row = next((row for row, line in enumerate(lines) if key and line.key == key), None)
        if row is None:
            self.clearSelection()
            return
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)
        if row == 1 and lines[0].heading:
            self.scrollToTop()  # the heading of the first line belongs to it

    def _moved(self, index: QModelIndex) -> None:
        """Tell once the list has finished moving: whoever hears it may replace all lines."""
        line = index.data(LINE_ROLE)
        if not self._own and isinstance(line, Line) and line.key:
            self._key = self._fresh = line.key
            self._pause.start(0)

    def _clicked(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if isinstance(line, Line) and line.key and line.key != self._fresh:
            self.again.emit(line.key)
        self._fresh = ""
