"""The palette of Ctrl+K."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gui.accessibility import named
from gui.dialogs.overlay import Overlay
from gui.messages import shell as say
from gui.presenters.palette import PalettePresenter, PaletteState
from gui.theme.look import Look
from gui.widgets.text import text


class Palette(Overlay):
    """A field and a list; typing searches, Enter goes."""

    def __init__(self, look: Look, parent: QWidget, presenter: PalettePresenter) -> None:
        super().__init__(look, parent, say.PALETTE)
        self._presenter = presenter
        self._field = named(QLineEdit(), say.PALETTE_FIELD)
        self._field.setPlaceholderText(say.PALETTE_FIELD)
        self._list = named(QListWidget(), say.PALETTE_RESULTS)
        self._list.setFrameShape(QListWidget.Shape.NoFrame)
        self._list.setWordWrap(True)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = text(say.PALETTE_EMPTY, "muted")
        for widget in (self._field, self._empty, self._list, text(say.PALETTE_HINT, "small")):
            self.body.addWidget(widget)
        self._field.textChanged.connect(self._typed)
        self._field.returnPressed.connect(lambda: presenter.choose(self._list.currentRow()))
        self._field.installEventFilter(self)
        self._list.itemActivated.connect(lambda item: presenter.choose(self._list.row(item)))
        self.closed.connect(presenter.close)
        presenter.watch(self._render)

    def _typed(self, words: str) -> None:
        if self._presenter.state.shown:
            self._presenter.search(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let up and down move through the list while the field keeps the focus."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._list.count():
                self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())
                return True
        return super().eventFilter(watched, event)

    def _render(self, state: PaletteState) -> None:
        if not state.shown:
            self.put_away()
            return
        if self.isHidden():
            self._field.clear()
            self.open(self._field)
        self._list.clear()
        for destination in state.destinations:
            item = QListWidgetItem(f"{destination.title}\n{destination.kind}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{destination.title}, {destination.kind}")
            self._list.addItem(item)
        self._list.setCurrentRow(0 if state.destinations else -1)
        self._list.setVisible(bool(state.destinations))
        self._empty.setVisible(not state.destinations)
