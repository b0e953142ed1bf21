"""What every part of a form has: room for a mark, a key to be found by, and somebody who takes changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.domain.forms import FormNode
from gui.presenters.rules_form import FormMark
from gui.presenters.tones import Tone
from gui.theme.look import Look
from gui.widgets.layouts import clear
from gui.widgets.marks import Mark
from gui.widgets.text import column

#: The property by which a control is found again after the form was built anew.
KEY = "form_key"


class Change(Protocol):
    """Takes a changed tree."""

    def __call__(self, tree: FormNode, *, same: bool, focus: str = "") -> None:
        """Take it; ``same`` where the control shows it already, ``focus`` the key of what gets the focus."""
        ...


class Slot(QWidget):
    """Room for one mark beside a part of the form, kept while nothing is wrong."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(look.px(16), look.px(30))
        self._held = column(self, gap=0)

    def tell(self, marks: Sequence[FormMark]) -> None:
        """Show the worst of these marks, and say them all."""
        clear(self._held)
        if marks:
            worst = next((mark for mark in marks if mark.tone is Tone.CONTRAINDICATED), marks[0])
            words = "\n".join(mark.words for mark in marks)
            self._held.addWidget(Mark(self._look, worst.tone, words), 0, Qt.AlignmentFlag.AlignVCenter)


def keyed(widget: QWidget, key: str) -> QWidget:
    """Give a control the key by which it is found again, and return it."""
    widget.setProperty(KEY, key)
    return widget
