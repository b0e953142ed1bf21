"""The controls by which one datum is entered, whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QDateEdit, QLineEdit, QWidget

from gui.accessibility import named
from gui.messages import recommendation as say
from gui.presenters.settling import Control, Entry
from gui.presenters.units import unit_words
from gui.theme.look import GRID, Look
from gui.widgets.choice import Choice
from gui.widgets.day import DayField
from gui.widgets.layouts import Flow
from gui.widgets.text import button, text

#: What is entered, its unit, and the day it was true (None: today).
Submit = Callable[[Entry, str, str, date | None], None]


class EntryControls(QWidget):
    """A value and unit, a yes and no, a review, a genotype or a drug; then it is submitted."""

    def __init__(self, look: Look, entry: Entry, submit: Submit, today: date) -> None:
        """Take how the datum is entered, who takes it, and the day that today is."""
        super().__init__()
        self._today = today
        self._look = look
        self._entry = entry
        self._submit = submit
        self._row = Flow(self, gap=GRID)
        match entry.control:
            case Control.NUMBER:
                self._number()
            case Control.YES_NO:
                self._answer(say.YES)
                self._answer(say.NO)
            case Control.REVIEW:
                self._review()
            case Control.GENOTYPE:
                self._choice(say.GENOTYPE_HINT, say.ADD, say.ADD_NAMED)
            case Control.DRUG:
                self._choice(say.DRUG_HINT, say.IDENTIFY, say.IDENTIFY_NAMED)
            case Control.CHOICE:
                self._choice(say.DETAIL_HINT, say.ADD, say.ADD_NAMED)
            case Control.NONE:
                self._row.addWidget(text(say.AT_SOURCE, "muted", wrap=False))

    def _number(self) -> None:
        title = self._entry.title
        value = named(QLineEdit(), say.VALUE_OF.format(title=title))
        value.setPlaceholderText(say.VALUE_HINT)
        value.setFixedWidth(self._look.px(88))
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._row.addWidget(value)
        unit = named(Choice(self._look), say.UNIT_OF.format(title=title))
        for offered in self._entry.units:
            if unit_words(offered):
                unit.addItem(unit_words(offered), offered)
        if unit.count():
            self._row.addWidget(unit)
        day = self._day()
        self._row.addWidget(day)

        def submit() -> None:
            chosen = unit.currentData() or next(iter(self._entry.units), "")
            self._submit(self._entry, value.text(), str(chosen), self._chosen(day.date()))

        value.returnPressed.connect(submit)
        self._add(say.ADD, say.ADD_NAMED, submit)

    def _day(self) -> QDateEdit:
        day = named(DayField(self._look, _qt_date(self._today)), say.DAY_OF.format(title=self._entry.title))
        day.setMaximumDate(_qt_date(self._today))
        return day

    def _chosen(self, day: QDate) -> date | None:
        """Return the day, or None for today, which the engine's own clock knows better."""
        return None if day == _qt_date(self._today) else date(day.year(), day.month(), day.day())

    def _answer(self, answer: str) -> None:
        name = say.ANSWER_NAMED.format(title=self._entry.title, answer=answer)
        made = button(answer, name=name)
        made.clicked.connect(lambda: self._submit(self._entry, answer.lower(), "", None))
        self._row.addWidget(made)

    def _review(self) -> None:
        made = button(say.REVIEWED_TODAY, name=say.REVIEWED_NAMED.format(title=self._entry.title))
        made.clicked.connect(lambda: self._submit(self._entry, "", "", None))
        self._row.addWidget(made)

    def _choice(self, hint: str, words: str, name: str) -> None:
        box = named(Choice(self._look), say.CHOICE_OF.format(title=self._entry.title))
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for value, shown in self._entry.choices:
            box.addItem(shown, value)
        box.setCurrentIndex(-1)
        box.setMinimumWidth(self._look.px(208))
        field = named(QLineEdit(), say.CHOICE_OF.format(title=self._entry.title))
        field.setPlaceholderText(hint)
        box.setLineEdit(field)
        completer = QCompleter(box.model(), box)
        box.setCompleter(completer)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._row.addWidget(box)

        def submit() -> None:
            index = box.findText(box.currentText(), Qt.MatchFlag.MatchFixedString)
            value = box.itemData(index) if index >= 0 else box.currentText()
            self._submit(self._entry, str(value), "", None)

        self._add(words, name, submit)

    def _add(self, words: str, name: str, act: Callable[[], None]) -> None:
        made = button(words, name=name.format(title=self._entry.title))
        made.clicked.connect(lambda _checked=False: act())
        self._row.addWidget(made)


def _qt_date(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
