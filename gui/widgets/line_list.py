"""A list of lines, drawn by one delegate: mark, label, text that wraps, note below, aside at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.accessibility import named
from gui.models.lines import LINE_ROLE, LinesModel
from gui.presenters.lines import Line
from gui.theme.look import GRID, SMALL, Look
from gui.widgets.marks import paint_mark
from gui.widgets.text import text

Index = QModelIndex | QPersistentModelIndex
#: Room for a mark and the longest severity word.
SEVERITY_WIDTH = 168
#: Narrower than this, a label stands above its text instead of before it.
_NARROW = 580
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_WRAP_ANYWHERE = int(Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Where the parts of one line lie."""

    mark: QRect
    label: QRect
    text: QRect
    note: QRect
    below: str
    """The note; with the aside before it where that has no room at the edge."""
    aside: QRect
    height: int


class LineDelegate(QStyledItemDelegate):
    """Measures and draws one line."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._measured: dict[tuple[Line, int, bool], _Boxes] = {}
        self.opened: set[Line] = set()
        """Lines whose whole note is shown."""
        self.label_width = 0
        """Width of the label column in 100 % pixels; 0 where no line has one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Return the height at the width of the list."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.width()
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            return QSize(width, self._look.row)
        return QSize(width, self._boxes(line, width).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the line."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            return
        look, tokens = self._look, self._look.tokens
        rect: QRect = option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.selection))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        boxes = self._boxes(line, rect.width())
        painter.translate(rect.topLeft())
        painter.setPen(QColor(tokens.line))
        for level in range(line.level):
            x = look.px(GRID * 1.5 + level * GRID * 2.5 + 7)
            painter.drawLine(x, 0, x, rect.height())
        if line.tone is not None:
            paint_mark(painter, QRectF(boxes.mark), line.tone, look)
        quiet = QColor(tokens.muted)
        ink = quiet if line.faint else QColor(tokens.text)
        hue = look.colour(line.tone) if line.tone is not None else quiet
        self._write(painter, boxes.label, line.label, look.font(strong=line.tone is not None), hue)
        self._write(painter, boxes.text, line.text, self._font(line), ink)
        self._write(painter, boxes.note, boxes.below, look.font(SMALL), quiet)
        self._write(painter, boxes.aside, line.aside, look.font(SMALL), quiet)
        painter.restore()

    def _font(self, line: Line) -> QFont:
        return self._look.font(strong=line.heading or line.strong)

    def forget(self) -> None:
        """Measure everything again: the look has changed."""
        self._measured.clear()

    def _boxes(self, line: Line, width: int) -> _Boxes:
        """Return where the parts of a line lie, from its own top left corner."""
        key = (line, width, line in self.opened)
        if key not in self._measured:
            self._measured[key] = self._measure(line, QRect(0, 0, width, 0))
        return self._measured[key]

    def _measure(self, line: Line, rect: QRect) -> _Boxes:
        look = self._look
        pad = look.px(GRID * 1.5)
        text_left = rect.left() + pad + look.px(self.label_width)
        gap = look.px(GRID)
        top = look.px(GRID * 1.5 if line.heading else GRID * 0.75)
        left = rect.left() + pad + look.px(line.level * GRID * 2.5)
        small = QFontMetrics(look.font(SMALL))
        body = QFontMetrics(self._font(line))
        mark = QRect()
        if line.tone is not None:
            side = look.px(14)
            mark = QRect(left, rect.top() + top + (body.height() - side) // 2, side, side)
            left += side + gap
        right = rect.right() - pad
        aside = QRect()
        wide = small.horizontalAdvance(line.aside) + 2
        below, said = line.note, bool(line.aside)
        folded = line.folded and line not in self.opened
        if wide > (right - left) * 0.3:
            below, said = "\n".join(part for part in (line.aside, line.note) if part), False
        if said:
            aside = QRect(right - wide, rect.top() + top, wide, body.height())
            right -= wide + gap
        label = QRect()
        if self.label_width and line.label and rect.width() < look.px(min(_NARROW, self.label_width * 3)):
            tall = QFontMetrics(look.font(strong=True)).height()
            label = QRect(left, rect.top() + top, right - left, tall)
            top += tall
            left = rect.left() + pad
        elif self.label_width and line.label:
            wide = min(text_left - left - gap, (right - left) // 2)
            label = QRect(
                left, rect.top() + top, wide, _height(QFontMetrics(look.font(strong=True)), line.label, wide)
            )
            left += wide + gap
        width = max(right - left, look.px(GRID * 6))
        text = QRect(left, rect.top() + top, width, _height(body, line.text, width))
        bottom = max(text.bottom(), label.bottom() if not label.isNull() else 0)
        note = QRect()
        if below:
            if folded:
                below = small.elidedText(below.replace("\n", " · "), Qt.TextElideMode.ElideRight, width)
            note = QRect(
                left, text.bottom() + 2, width, small.height() if folded else _height(small, below, width)
            )
            bottom = max(bottom, note.bottom())
        height = max(bottom - rect.top() + look.px(GRID * 0.75), look.row)
        return _Boxes(mark, label, text, note, below, aside, height)

    def _write(self, painter: QPainter, box: QRect, words: str, font: QFont, ink: QColor) -> None:
        if not words or box.isNull():
            return
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(box, _flags(QFontMetrics(font), words, box.width()), words)


def _flags(metrics: QFontMetrics, words: str, width: int) -> int:
    longest = max((metrics.horizontalAdvance(word) for word in words.split()), default=0)
    return _WRAP_ANYWHERE if longest > width else _WRAP


def _height(metrics: QFontMetrics, words: str, width: int) -> int:
    flags = _flags(metrics, words, width)
    return metrics.boundingRect(QRect(0, 0, width, 10_000), flags, words).height()


class LineList(QListView):
    """A list of lines; Enter or a double click chooses one."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, *, label_width: int = 0, framed: bool = True) -> None:
        super().__init__()
        self._look = look
        self._lines = LinesModel()
        self._delegate = LineDelegate(look, self)
        self._delegate.label_width = label_width
        self._tallest: int | None = 0
        self.setModel(self._lines)
        self.setItemDelegate(self._delegate)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        if not framed:
            self.setProperty("role", "bare")
        self.doubleClicked.connect(self._choose)
        look.changed.connect(self._look_changed)
        named(self, name)

    def take(self, lines: tuple[Line, ...]) -> None:
        """Show these lines."""
        if lines != self._lines.lines:
            self._delegate.forget()
            self._delegate.opened.clear()
            self._lines.take(lines)
            self._measure()

    def fit(self, tallest: int | None = None) -> None:
        """Be as tall as the lines are, at most so tall, for lists inside a page that scrolls."""
        self._tallest = tallest
        if tallest is None:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Measure again: text wraps differently at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _look_changed(self) -> None:
        self._delegate.forget()
        self._measure()

    def _choose(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            return
        if line.key:
            self.chosen.emit(line.key)
        elif line.folded and line.note:
            self._delegate.opened ^= {line}
            self._measure()

    def _measure(self) -> None:
        self.scheduleDelayedItemsLayout()
        if self._tallest != 0:
            option = QStyleOptionViewItem()
            total = sum(
                self._delegate.sizeHint(option, self._lines.index(row, 0)).height()
                for row in range(self._lines.rowCount())
            )
            whole = total + 2 * self.frameWidth() + 2
            self.setFixedHeight(whole if self._tallest is None else min(whole, self._tallest))


def add_captioned(
    layout: QBoxLayout, look: Look, caption: str, lines: tuple[Line, ...], label_width: int
) -> None:
    """Add a list as high as its lines below its caption; nothing where there are no lines."""
    if not lines:
        return
    layout.addWidget(text(caption, "caption"))
    made = LineList(look, caption, label_width=label_width, framed=False)
    made.take(lines)
    made.fit()
    layout.addWidget(made)
