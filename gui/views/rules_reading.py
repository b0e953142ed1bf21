"""One rule in words: sentence first, then what it says, whom it is about, and what it stands on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from gui.accessibility import named
from gui.messages import rules as say
from gui.presenters.lines import Line
from gui.presenters.rules import Basis
from gui.presenters.rules_reading import Reading
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.widgets.layouts import clear, scrolled
from gui.widgets.line_list import add_captioned
from gui.widgets.notice import Notice
from gui.widgets.text import column, text

#: About 65 characters a line.
_PROSE = 560
_NOTICES = {
    Basis.DRAFT: (Tone.NOTE, say.OF_DRAFT),
    Basis.BROKEN: (Tone.CAUTION, say.OF_BROKEN_DRAFT),
    Basis.MISSING: (Tone.CAUTION, say.OF_OTHER_DRAFT),
}


class RulesReadingView(QWidget):
    """Renders a reading."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[Reading, Basis] | None = None
        inside = named(QWidget(), say.READING)
        self._lines = column(inside, gap=GRID)
        self._lines.setContentsMargins(0, 0, GRID, GRID * 2)
        self._scroll = scrolled(inside)
        column(self, gap=0).addWidget(self._scroll)

    def display(self, reading: Reading, basis: Basis) -> None:
        """Show a rule; built again only where it is another one."""
        if (reading, basis) == self._shown:
            return
        self._shown = (reading, basis)
        clear(self._lines)
        if basis in _NOTICES:
            tone, words = _NOTICES[basis]
            notice = Notice(self._look, words)
            notice.begin(tone, words)
            self._lines.addWidget(notice)
        self._lines.addWidget(self._sentence(reading.sentence))
        self._prose(say.SAYS, reading.says)
        self._prose(say.MANAGE, reading.manage)
        self._list(say.CONCEPTS, reading.concepts, 0)
        self._list(say.SOURCES, reading.sources, 104)
        self._list(say.ABOUT, reading.about, 104)
        self._lines.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)

    def _sentence(self, words: str) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        named(frame, f"{say.SENTENCE}: {words}")
        label = text(words)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column(frame, margin=GRID * 2).addWidget(label)
        frame.setMaximumWidth(self._look.px(_PROSE) + GRID * 4)
        return frame

    def _prose(self, caption: str, words: str) -> None:
        if not words:
            return
        self._lines.addWidget(text(caption, "caption"))
        label = text(words)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setMaximumWidth(self._look.px(_PROSE))
        self._lines.addWidget(named(label, f"{caption}: {words}"))

    def _list(self, caption: str, lines: tuple[Line, ...], label_width: int) -> None:
        add_captioned(self._lines, self._look, caption, lines, label_width)
