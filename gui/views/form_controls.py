"""The controls of a form by which one value is written, whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from engine.domain.forms import FieldKind, FormField, FormLanguage
from gui.accessibility import named
from gui.messages import forms as say
from gui.presenters.wording import spoken
from gui.theme.look import Look
from gui.widgets.choice import Choice
from gui.widgets.name_choice import NameChoice, names_model

#: A longer text is written on several lines.
_LONG = 48
_LINES = 3
_NARROW = 144
_WIDE = 480
_SWITCH = ("yes", "no")
#: With the list closed, a box would go on to another entry by these.
_GOING_ON = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
    }
)
Commit = Callable[[str], None]


class Prose(QPlainTextEdit):
    """A text of several lines, told when the focus leaves it; Tab moves on."""

    committed = Signal(str)

    def __init__(self, look: Look, words: str) -> None:
        super().__init__(words)
        self._committed = words
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES + look.px(20))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell what was written."""
        super().focusOutEvent(event)
        words = self.toPlainText()
        if words != self._committed:
            self._committed = words
            self.committed.emit(words)


class Deliberate(QObject):
    """Lets a box change what a rule says only by what is chosen from its list.

    The wheel stays for scrolling the form; a key that would go on to the next entry opens the list instead.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let everything but the wheel and such keys pass by."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QComboBox) or watched.view().isVisible():
            return False
        typed = bool(event.text()) and event.text().isprintable()
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if (event.key() in _GOING_ON and not (enters and watched.isEditable())) or (
            typed and not watched.isEditable()
        ):
            watched.showPopup()
            return True
        return False


class FormControls:
    """Makes the controls of one form; boxes over the same names share them."""

    def __init__(self, look: Look, language: FormLanguage) -> None:
        self._look = look
        self._language = language
        self._models: dict[tuple[str, ...], QStandardItemModel] = {}
        self.still = Deliberate()

    def value(self, field: FormField | None, text: str | None, name: str, commit: Commit) -> QWidget:
        """Return the control of one value; of a key that the language does not have, a plain line."""
        words = text or ""
        if field is None:
            return self._line(words, name, commit)
        if field.choices or field.kind is FieldKind.SWITCH:
            return self._choice(field.choices or _SWITCH, words, name, commit)
        if field.sorts:
            return self._name(field, words, name, commit)
        if field.kind is FieldKind.FREE or len(words) > _LONG or "\n" in words:
            return self._prose(words, name, commit)
        line = self._line(words, name, commit)
        if field.kind is not FieldKind.TEXT:
            line.setMaximumWidth(self._look.px(_NARROW))
        return line

    def act(self, offers: tuple[tuple[str, str], ...], name: str, commit: Commit) -> Choice:
        """Return a box of things that can be done; the first offer only says what it is for."""
        box = self.pick(offers, "", name, commit)
        box.setProperty("role", "quiet")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(len(offers[0][1]))
        widest = max(box.fontMetrics().horizontalAdvance(words) for _, words in offers)
        box.view().setMinimumWidth(widest + self._look.px(40))
        return box

    def pick(self, offers: tuple[tuple[str, str], ...], chosen: str, name: str, commit: Commit) -> Choice:
        """Return a box of given offers, each what it stands for and what is shown."""
        box = named(Choice(self._look), name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(self._look.px(_WIDE))
        for value, words in offers:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.activated.connect(lambda _: commit(str(box.currentData())))
        box.installEventFilter(self.still)
        return box

    def _choice(self, choices: tuple[str, ...], words: str, name: str, commit: Commit) -> QWidget:
        known = choices if words in choices else (words, *choices)
        return self.pick(tuple((each, each or say.NOT_WRITTEN_YET) for each in known), words, name, commit)

    def _name(self, field: FormField, words: str, name: str, commit: Commit) -> QWidget:
        if field.sorts not in self._models:
            offered = self._language.offered(field)
            shown = tuple((each, _offer(each, title)) for each, title in offered)
            self._models[field.sorts] = names_model(shown)
        box = NameChoice(self._look, self._models[field.sorts], name, say.NAME_HINT, words)
        wide = box.fontMetrics().horizontalAdvance(box.currentText()) + self._look.px(56)
        box.setMinimumWidth(max(self._look.px(192), min(wide, self._look.px(304))))
        box.setMaximumWidth(self._look.px(_WIDE))
        box.committed.connect(commit)
        box.installEventFilter(self.still)
        return box

    def _line(self, words: str, name: str, commit: Commit) -> QWidget:
        line = named(QLineEdit(words), name)
        line.setMinimumWidth(self._look.px(112))
        line.setCursorPosition(0)
        line.editingFinished.connect(lambda: commit(line.text()))
        return line

    def _prose(self, words: str, name: str, commit: Commit) -> QWidget:
        prose = named(Prose(self._look, words), name)
        prose.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        prose.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        prose.committed.connect(commit)
        return prose


def _offer(name: str, title: str) -> str:
    return (
        title
        if title.casefold() in (name.casefold(), spoken(name).casefold())
        else say.OFFER.format(title=title, name=name)
    )
