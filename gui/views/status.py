"""The thin line at the bottom: what runs, in which version, on which database."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from engine.domain.replies import EngineStatus
from gui.accessibility import named
from gui.messages import shell as say
from gui.presenters.session import Phase, SessionState
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.widgets.layouts import Flow, clear, row
from gui.widgets.marks import Mark
from gui.widgets.text import Phrase, text

_PHASES = {
    Phase.LOADING: (Tone.NEUTRAL, say.LOADING),
    Phase.READY: (Tone.CLEAR, say.READY),
    Phase.DEGRADED: (Tone.CAUTION, say.DEGRADED),
    Phase.FAILED: (Tone.CONTRAINDICATED, say.FAILED),
}


class StatusLine(QFrame):
    """Shows the session's engine and versions."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "status")
        named(self, say.STATUS)
        outer = row(self, gap=GRID)
        outer.setContentsMargins(GRID + GRID // 2, GRID // 2, GRID + GRID // 2, GRID // 2)
        # Large text takes a second line: no word of what is not reviewed may be cut.
        parts = QWidget()
        self._parts = Flow(parts, gap=GRID, lines=0)
        outer.addWidget(parts, 1)
        self._keys = text(say.KEYS_HINT, "small", wrap=False)
        outer.addWidget(self._keys)

    def display(self, state: SessionState) -> None:
        """Show the state of the session."""
        clear(self._parts)
        tone, word = _PHASES[state.phase]
        self._parts.addWidget(Mark(self._look, tone, word, 12))
        problems = state.status.problems if state.status is not None else ()
        self._parts.addWidget(Phrase(word, "small", tip="\n".join(problems)))
        parts = _parts(state.status) if state.status is not None else ()
        for part in parts:
            self._parts.addWidget(Phrase(f"· {part}", "small"))
        self._keys.setVisible(self._look.settings.scale <= 125)
        self.setAccessibleDescription(". ".join((word, *problems, *parts)))


def _parts(status: EngineStatus) -> tuple[str, ...]:
    models = {0: say.NO_MODELS, 1: say.MODEL_ONE}.get(
        len(status.models), say.MODEL_COUNT.format(count=len(status.models))
    )
    return tuple(
        part
        for part in (
            say.PACK.format(title=status.pack_title, version=status.pack_version),
            status.pack_status,
            say.RULE_COUNT.format(count=status.rules, jurisdiction=status.jurisdiction.value),
            models,
            say.DEMO if status.demo else say.DATABASE.format(path=status.database),
            status.user,
        )
        if part
    )
