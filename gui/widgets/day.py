"""A day, entered in a field that looks like any other."""

from __future__ import annotations

from PySide6.QtCore import QDate, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QDateEdit

from gui.theme.look import GRID, Look


class DayField(QDateEdit):
    """A date edit without buttons; it draws its own frame.

    A style sheet that gives a date edit a border leaves no room for the day where there are no buttons, and
    the frame of the style itself cannot be seen on a dark page.
    """

    def __init__(self, look: Look, day: QDate) -> None:
        super().__init__(day)
        self._look = look
        self.setDisplayFormat("yyyy-MM-dd")
        self.setButtonSymbols(QDateEdit.ButtonSymbols.NoButtons)
        self.setFrame(False)
        look.changed.connect(self._measure)
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name and form
        """Draw the frame; the day stands in the field within."""
        tokens, focused = self._look.tokens, self.hasFocus()
        width = 2 if focused else 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(tokens.surface))
        painter.setPen(QPen(QColor(tokens.accent if focused else tokens.strong_line), width))
        inner = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(inner, self._look.px(4), self._look.px(4))

    def _measure(self) -> None:
        px = self._look.px
        self.setFixedSize(px(112), px(20) + 2 * px(4) + 2)
        self._keep_within()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the field within the frame, which it would paint over."""
        super().resizeEvent(event)
        self._keep_within()

    def _keep_within(self) -> None:
        side = self._look.px(GRID) - 2
        self.lineEdit().setGeometry(self.rect().adjusted(side, 2, -2, -2))
