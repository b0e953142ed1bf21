"""A text editor for rule files: line numbers, marks of diagnostics in the gutter, find, indentation kept."""

from __future__ import annotations

import os.path
import re

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from gui.accessibility import keeps_find, named
from gui.presenters.rules_draft import LineMark
from gui.theme.look import GRID, SMALL, Look
from gui.widgets.marks import paint_mark

_KEY = re.compile(r"^(\s*(?:- )*)([\w.\-*/]+)(?=:(\s|$))")
_COMMENT = re.compile(r"(^|\s)#.*$")
_INDENT = "  "


class _Yaml(QSyntaxHighlighter):
    """Keys strong, comments quiet: weight and grey, so that colour keeps its meanings."""

    def __init__(self, look: Look, document: QTextDocument) -> None:
        super().__init__(document)
        self._look = look

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Dress one line."""
        key = _KEY.match(text)
        if key is not None:
            strong = QTextCharFormat()
            strong.setFontWeight(QFont.Weight.DemiBold)
            self.setFormat(key.start(2), key.end(2) - key.start(2), strong)
        comment = _COMMENT.search(text)
        if comment is not None and text[: comment.start()].count('"') % 2 == 0:
            quiet = QTextCharFormat()
            quiet.setForeground(QColor(self._look.tokens.muted))
            self.setFormat(comment.start(), len(text) - comment.start(), quiet)


class _Gutter(QWidget):
    """The strip at the left: line numbers and marks, drawn by the editor."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the numbers need."""
        return QSize(self._editor.gutter_width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Let the editor draw, which knows its lines."""
        self._editor.paint_gutter(self, event)

    def event(self, event: QEvent) -> bool:
        """Say what a mark means when the pointer rests on it."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._editor.words_at(event.pos().y()), self)
            return True
        return super().event(event)


class CodeEditor(QPlainTextEdit):
    """A plain text editor; read-only, it is a viewer with the same looks."""

    find_asked = Signal()
    caret = Signal(int, int)
    """Line and column, from 1."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._marks: dict[int, tuple[LineMark, ...]] = {}
        self.setProperty("role", "code")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._yaml = _Yaml(look, self.document())
        self._gutter = _Gutter(self)
        self.setCornerWidget(QWidget())
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._underline)
        self.cursorPositionChanged.connect(self._tell_caret)
        look.changed.connect(self._dress)
        self._dress()

    def load(self, text: str, name: str) -> None:
        """Put another text in; what could be undone before is forgotten."""
        named(self, name)
        self.setPlainText(text)

    def exchange(self, text: str) -> None:
        """Take another text as one step that can be undone; only what differs is typed anew."""
        before = self.toPlainText()
        if text == before:
            return
        head = len(os.path.commonprefix((before, text)))  # noqa: RUF071 - of texts, not of paths
        rest = (before[head:][::-1], text[head:][::-1])
        tail = len(os.path.commonprefix(rest))  # noqa: RUF071 - of texts, not of paths
        cursor = QTextCursor(self.document())
        cursor.setPosition(len(before[:head].encode("utf-16-le")) // 2)
        end = len(before[: len(before) - tail].encode("utf-16-le")) // 2
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[head : len(text) - tail])

    def open_for(self, *, editing: bool) -> None:
        """Let the text be changed, or only read; while it is read, Tab moves on."""
        self.setReadOnly(not editing)
        self.setTabChangesFocus(not editing)
        if not editing:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def mark(self, marks: tuple[LineMark, ...]) -> None:
        """Show these marks in the gutter and under their lines."""
        by_line: dict[int, tuple[LineMark, ...]] = {}
        for mark in marks:
            by_line[mark.line] = (*by_line.get(mark.line, ()), mark)
        if by_line != self._marks:
            self._marks = by_line
            self._underline()
            self._gutter.update()

    def go_to(self, line: int) -> None:
        """Put the caret at the beginning of a line, and the line a third down the view."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        if not block.isValid():
            block = self.document().lastBlock()
        self.setTextCursor(QTextCursor(block))
        rows = self.viewport().height() // max(1, self.fontMetrics().lineSpacing())
        self.verticalScrollBar().setValue(max(0, block.blockNumber() - rows // 3))

    def find_text(self, words: str, *, forwards: bool = True) -> tuple[int, int]:
        """Go to the next place of some words, round the end; return which one it is, and of how many."""
        places = [found.start() for found in re.finditer(re.escape(words), self.toPlainText(), re.IGNORECASE)]
        if not words or not places:
            return 0, 0
        cursor = self.textCursor()
        if forwards:
            index = next((i for i, place in enumerate(places) if place >= cursor.selectionEnd()), 0)
        else:
            before = [i for i, place in enumerate(places) if place < cursor.selectionStart()]
            index = before[-1] if before else len(places) - 1
        cursor.setPosition(places[index])
        cursor.setPosition(places[index] + len(words), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.centerCursor()
        return index + 1, len(places)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+F for finding in the text while the focus is here."""
        return keeps_find(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Find, indent with spaces, and keep the indentation of the line before."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.find_asked.emit()
        elif self.isReadOnly():
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Tab:
            self._indent(deeper=True)
        elif event.key() == Qt.Key.Key_Backtab:
            self._indent(deeper=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            line = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
            margin = len(line) - len(line.lstrip(" "))
            self.textCursor().insertText("\n" + " " * margin)
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the gutter as tall as the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._gutter.setGeometry(QRect(inside.left(), inside.top(), self.gutter_width, inside.height()))

    @property
    def gutter_width(self) -> int:
        """Return the room for a mark and the widest number."""
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + self._look.px(14 + GRID * 2)

    def paint_gutter(self, gutter: QWidget, event: QPaintEvent) -> None:
        """Draw the numbers and marks of the lines in view."""
        painter = QPainter(gutter)
        tokens = self._look.tokens
        painter.fillRect(event.rect(), QColor(tokens.raised))
        painter.setFont(self.font())
        current = self.textCursor().blockNumber()
        side = self._look.px(12)
        block = self.firstVisibleBlock()
        top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
        while block.isValid() and top <= event.rect().bottom():
            height = round(self.blockBoundingRect(block).height())
            number = block.blockNumber()
            painter.setPen(QColor(tokens.text if number == current else tokens.muted))
            box = QRect(0, top, gutter.width() - self._look.px(GRID * 0.75), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(number + 1))
            marks = self._marks.get(number + 1)
            if marks:
                area = QRectF(self._look.px(GRID / 2), top + (height - side) / 2, side, side)
                painter.save()
                paint_mark(painter, area, marks[0].tone, self._look)
                painter.restore()
            top += height
            block = block.next()
        painter.end()

    def words_at(self, y: int) -> str:
        """Return what the mark at this height says."""
        cursor = self.cursorForPosition(QPoint(0, y))
        return "\n".join(mark.words for mark in self._marks.get(cursor.blockNumber() + 1, ()))

    def _indent(self, *, deeper: bool) -> None:
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        first = self.document().findBlock(start).blockNumber()
        last = self.document().findBlock(end).blockNumber()
        if deeper and first == last:
            cursor.insertText(_INDENT)
            return
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            block = self.document().findBlockByNumber(number)
            line = QTextCursor(block)
            if deeper:
                line.insertText(_INDENT)
            else:
                margin = len(block.text()) - len(block.text().lstrip(" "))
                for _ in range(min(len(_INDENT), margin)):
                    line.deleteChar()
        cursor.endEditBlock()

    def _dress(self) -> None:
        self.setFont(self._look.font(SMALL, monospaced=True))
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(_INDENT))
        self._yaml.rehighlight()
        self._make_room()
        self._underline()

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_width, 0, 0, 0)
        inside = self.contentsRect()
        self._gutter.setGeometry(QRect(inside.left(), inside.top(), self.gutter_width, inside.height()))

    def _scrolled(self, area: QRect, by: int) -> None:
        if by:
            self._gutter.scroll(0, by)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _tell_caret(self) -> None:
        cursor = self.textCursor()
        self.caret.emit(cursor.blockNumber() + 1, cursor.positionInBlock() + 1)

    def _underline(self) -> None:
        selections = []
        here = QTextEdit.ExtraSelection()
        here.cursor = self.textCursor()
        here.cursor.clearSelection()
        here.format.setBackground(QColor(self._look.tokens.raised))
        here.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003 - Qt's way
        selections.append(here)
        for number, marks in self._marks.items():
            block = self.document().findBlockByNumber(number - 1)
            if not block.isValid():
                continue
            under = QTextEdit.ExtraSelection()
            under.cursor = QTextCursor(block)
            margin = len(block.text()) - len(block.text().lstrip())
            under.cursor.movePosition(
                QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, margin
            )
            under.cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            under.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            under.format.setUnderlineColor(self._look.colour(marks[0].tone))
            selections.append(under)
        self.setExtraSelections(selections)
        self._gutter.update()
