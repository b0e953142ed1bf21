"""The filter of the Audit place, as a sentence that wraps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QFrame, QLineEdit, QWidget

from gui.accessibility import named
from gui.messages import audit as say
from gui.presenters.audit_filter import Answered, Period, Question
from gui.theme.look import GRID, Look
from gui.widgets.choice import Choice
from gui.widgets.day import DayField
from gui.widgets.layouts import Flow, row
from gui.widgets.text import button, text


class AuditFilterView(QFrame):
    """Renders a question and hands over the next one."""

    def __init__(self, look: Look, ask: Callable[[Question], None]) -> None:
        super().__init__()
        self._look = look
        self._ask = ask
        self._question = Question()
        self._quiet = False
        self._offered: tuple[object, ...] = ()
        named(self, say.FILTER)
        flow = Flow(self, gap=GRID)
        self._patient = self._choice(say.PATIENT, lambda value: self._change(patient_id=value))
        self._indication = self._choice(say.INDICATION, lambda value: self._change(indication_id=value))
        self._answered = self._choice(say.ANSWER, lambda value: self._change(answered=Answered(value)))
        for answered in Answered:
            self._answered.addItem(answered.value, answered)
        self._period = self._choice(say.PERIOD, self._period_chosen)
        for period in Period:
            self._period.addItem(period.value, period)
        self._since = self._day(say.SINCE, lambda day: self._change(since=day))
        self._until = self._day(say.UNTIL, lambda day: self._change(until=day))
        self.words = named(QLineEdit(), say.WORDS)
        self.words.setPlaceholderText(say.WORDS_HINT)
        self.words.setClearButtonEnabled(True)
        self.words.setMinimumWidth(look.px(240))
        self.words.textChanged.connect(lambda words: self._change(text=words))
        self._clear = button(say.CLEAR, "link")
        self._clear.clicked.connect(lambda _=False: self._ask(Question()))
        self._between = _phrase("", self._since, text(say.UNTIL_TIME, wrap=False), self._until)
        for part in (
            _phrase(say.DECISIONS_ABOUT, self._patient),
            _phrase(say.FOR, self._indication),
            _phrase(say.THAT_ARE, self._answered),
            _phrase(say.FROM_TIME, self._period),
            self._between,
            _phrase(say.CONTAINING, self.words),
            self._clear,
        ):
            flow.addWidget(part)

    def display(
        self,
        question: Question,
        patients: Sequence[tuple[object, str]],
        indications: Sequence[tuple[object, str]],
    ) -> None:
        """Show a question with what it can be about."""
        self._quiet = True
        self._question = question
        offered = (tuple(patients), tuple(indications))
        if offered != self._offered:
            self._offered = offered
            _offer(self._patient, say.ANY_PATIENT, patients)
            _offer(self._indication, say.ANY_INDICATION, indications)
        for box, value in (
            (self._patient, question.patient_id),
            (self._indication, question.indication_id),
            (self._answered, question.answered),
            (self._period, question.period),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._between.setVisible(question.period is Period.BETWEEN)
        for field, day in ((self._since, question.since), (self._until, question.until)):
            if day is not None:
                field.setDate(QDate(day.year, day.month, day.day))
        if self.words.text() != question.text:
            self.words.setText(question.text)
        self._clear.setVisible(question != Question())
        self._quiet = False

    def _choice(self, name: str, chosen: Callable[[Any], None]) -> Choice:
        box = named(Choice(self._look), name)
        box.setToolTip(name)
        box.setMaximumWidth(self._look.px(320))
        box.activated.connect(lambda _: chosen(box.currentData()))
        return box

    def _day(self, name: str, chosen: Callable[[date], None]) -> QDateEdit:
        day = named(DayField(self._look, QDate.currentDate()), name)
        day.setToolTip(say.DAYS_NOTE)
        day.dateChanged.connect(lambda when: chosen(date(when.year(), when.month(), when.day())))
        return day

    def _period_chosen(self, value: str) -> None:
        period = Period(value)
        if period is Period.BETWEEN:
            since, until = self._since.date(), self._until.date()
            self._change(
                period=period,
                since=date(since.year(), since.month(), since.day()),
                until=date(until.year(), until.month(), until.day()),
            )
        else:
            self._change(period=period)

    def _change(self, **changes: object) -> None:
        if not self._quiet:
            self._ask(replace(self._question, **changes))  # type: ignore[arg-type] # each gives its own field


def _phrase(word: str, *controls: QWidget) -> QWidget:
    """Return a word with its controls, which wrap together."""
    box = QWidget()
    line = row(box, gap=GRID)
    for part in (*((text(word, wrap=False),) if word else ()), *controls):
        line.addWidget(part)
    return box


def _offer(box: Choice, everyone: str, values: Sequence[tuple[object, str]]) -> None:
    box.clear()
    box.addItem(everyone, None)
    for value, title in values:
        box.addItem(title, value)
