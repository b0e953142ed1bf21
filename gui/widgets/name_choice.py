"""A box in which a name is found by typing part of it; another text is taken as it is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

from gui.accessibility import named
from gui.theme.look import Look
from gui.widgets.choice import Choice

_NAME = Qt.ItemDataRole.UserRole


def names_model(offers: tuple[tuple[str, str], ...]) -> QStandardItemModel:
    """Return a model of names, each id with the words that are shown; several boxes can share it."""
    model = QStandardItemModel()
    for name, words in offers:
        item = QStandardItem(words)
        item.setData(name, _NAME)
        item.setEditable(False)
        model.appendRow(item)
    return model


class NameChoice(Choice):
    """An editable box over names; ``committed`` tells the id that was chosen, or the text that was typed."""

    committed = Signal(str)

    def __init__(self, look: Look, model: QStandardItemModel, name: str, hint: str, chosen: str) -> None:
        """Take the names, what the box is called, what to type, and the id or text it begins with."""
        super().__init__(look)
        self._committed = chosen
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setModel(model)
        named(self, name)
        field = named(QLineEdit(), name)
        field.setPlaceholderText(hint)
        self.setLineEdit(field)
        completer = QCompleter(model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.view().setMinimumWidth(look.px(360))
        self._field = field
        self._show(chosen)
        field.editingFinished.connect(self._typed)
        self.activated.connect(lambda _: self._typed())

    def _show(self, chosen: str) -> None:
        index = self.findData(chosen, _NAME)
        self.setCurrentIndex(index)
        if index < 0:
            self.setEditText(chosen)
        self.setToolTip(self.currentText())
        self._field.setCursorPosition(0)

    def _typed(self) -> None:
        words = self.currentText().strip()
        index = self.findText(words, Qt.MatchFlag.MatchFixedString)
        chosen = str(self.itemData(index, _NAME)) if index >= 0 else words
        if chosen != self._committed:
            self._committed = chosen
            self._show(chosen)
            self.committed.emit(chosen)
