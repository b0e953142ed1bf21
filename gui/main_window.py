"""The shell: rail of places, patient banner, content, status line, palette and keys. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QMainWindow, QPushButton, QStackedWidget, QWidget

from gui.accessibility import named
from gui.dialogs.drop import DropArea
from gui.dialogs.emergency import EmergencyDialog
from gui.dialogs.keys import Keys
from gui.dialogs.palette import Palette
from gui.messages import gate as say_gate
from gui.messages import keys
from gui.messages import shell as say
from gui.presenters.emergency import EmergencyState
from gui.presenters.gate import GateState
from gui.presenters.session import Page, Place, SessionState
from gui.presenters.tones import Tone
from gui.presenters.workbench import Workbench
from gui.settings import SCALES, Settings
from gui.theme.look import GRID, Look
from gui.views.banner import BannerView
from gui.views.gate import GateView
from gui.views.import_panel import ImportPanel
from gui.views.places import places
from gui.views.status import StatusLine
from gui.widgets.idle import IdleWatch
from gui.widgets.layouts import row
from gui.widgets.notice import FaultPanel, Notice
from gui.widgets.text import button, column, text

_PLACE_KEYS = {
    Place.PATIENTS: keys.PATIENTS,
    Place.DECIDE: keys.DECIDE,
    Place.RULES: keys.RULES,
    Place.AUDIT: keys.AUDIT,
    Place.MODELS: keys.MODELS,
    Place.SETTINGS: keys.SETTINGS,
}


class MainWindow(QMainWindow):
    """One window, one patient at a time."""

    def __init__(
        self, look: Look, bench: Workbench, keep: Callable[[Settings], None] = lambda _: None
    ) -> None:
        super().__init__()
        self._look = look
        self._bench = bench
        self._keep = keep
        self.setWindowTitle(say.WINDOW)
        self.setMinimumSize(720, 480)
        self.resize(1280, 832)
        session = bench.session
        self._banner = BannerView(look, session.close_patient)
        self._status = StatusLine(look)
        self._fault = FaultPanel(look, session.dismiss, session.start_again, session.start_again)
        self._stack = QStackedWidget()
        self._builders = places(look, bench, keep)
        self._places: dict[Place, QWidget] = {}
        self._rail_buttons: dict[Place, QPushButton] = {}
        self._lay_out()
        self._palette = Palette(look, self, bench.palette)
        self._keys = Keys(look, self)
        self._emergency = EmergencyDialog(look, self, bench.emergency)
        self._drop = DropArea(look, self, bench.importing.take)
        self._bind()
        look.changed.connect(self._rescale)
        session.watch(self._render)
        bench.gate.watch(self._stand)
        bench.emergency.watch(self._glass_stands)
        self._idle = IdleWatch(self._idle_minutes, bench.gate.lock, bench.gate.stay_awake, parent=self)

    def _stand(self, state: GateState) -> None:
        """Show the gate, and nothing else, while the database is locked."""
        if state.shut == (self._whole.currentWidget() is self._gate):
            return
        self._whole.setCurrentIndex(int(state.shut))
        self._palette.hide()
        self._keys.hide()
        self._emergency.put_away()
        if state.shut:
            self._gate.focus()
        elif (view := self._stack.currentWidget()) is not None:
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _glass_stands(self, state: EmergencyState) -> None:
        """Offer to break the glass where that would change anything, and tell that it is broken."""
        self._part_from_the_top()
        self._glass.setVisible(state.offered)
        if state.said:
            self._broken.begin(Tone.CAUTION, state.said)
        else:
            self._broken.hide()

    def _part_from_the_top(self) -> None:
        """Keep what is told above the content from sticking to what is above it."""
        told = self._bench.emergency.state.said or self._bench.session.state.fault is not None
        self._above.setContentsMargins(GRID * 3, GRID * 2 if told else 0, GRID * 3, 0)

    def _idle_minutes(self) -> int:
        access = self._bench.session.state.access
        return access.idle_minutes if access is not None and access.session is not None else 0

    def _lay_out(self) -> None:
        ground = QWidget()
        ground.setProperty("role", "canvas")
        whole = column(ground, gap=0)
        middle = row(gap=0)
        middle.addWidget(self._rail())
        content = column(gap=0)
        content.addWidget(self._banner)
        self._above = column(gap=GRID)
        self._broken = Notice(self._look, say_gate.EMERGENCY)
        self._above.addWidget(self._broken)
        self._above.addWidget(self._fault)
        self._above.addWidget(ImportPanel(self._look, self._bench.importing))
        content.addLayout(self._above)
        content.addWidget(self._stack, 1)
        middle.addLayout(content, 1)
        whole.addLayout(middle, 1)
        whole.addWidget(self._status)
        self._gate = GateView(self._look, self._bench.gate)
        self._whole = QStackedWidget()
        self._whole.addWidget(ground)
        self._whole.addWidget(self._gate)
        self.setCentralWidget(self._whole)

    def _rail(self) -> QFrame:
        self._rail_frame = named(QFrame(), say.PLACES)
        self._rail_frame.setProperty("role", "rail")
        self._rail_frame.setFixedWidth(self._look.px(136))
        lines = column(self._rail_frame, gap=GRID // 2, margin=GRID)
        name = text(say.WINDOW, "title", wrap=False)
        name.setContentsMargins(GRID + GRID // 2, GRID, 0, GRID)
        lines.addWidget(name)
        group = QButtonGroup(self)
        group.setExclusive(True)
        for place in self._builders:
            chosen = button(
                place.value, "rail", tip=f"{place.value} ({_PLACE_KEYS[place].sequence})", checkable=True
            )
            chosen.clicked.connect(lambda _checked=False, place=place: self._bench.session.go(place))
            group.addButton(chosen)
            lines.addWidget(chosen)
            self._rail_buttons[place] = chosen
        lines.addStretch(1)
        self._glass = button(
            say_gate.EMERGENCY, "rail", tip=f"{say_gate.EMERGENCY_TIP} ({keys.EMERGENCY.sequence})"
        )
        self._glass.clicked.connect(self._bench.emergency.ask)
        lines.addWidget(self._glass)
        self._lock = button(say_gate.LOCK, "rail", tip=f"{say_gate.LOCK_TIP} ({keys.LOCK.sequence})")
        self._lock.clicked.connect(self._bench.gate.lock)
        lines.addWidget(self._lock)
        return self._rail_frame

    def _bind(self) -> None:
        session = self._bench.session
        actions: list[tuple[str, Callable[[], None]]] = [
            (keys.PALETTE.sequence, self._bench.palette.open),
            (keys.KEYS.sequence, self._keys.show_keys),
            (keys.RECOMMENDATION.sequence, lambda: session.turn_to(Page.RECOMMENDATION)),
            (keys.RECORD.sequence, lambda: session.turn_to(Page.RECORD)),
            (keys.DECISIONS.sequence, lambda: session.turn_to(Page.DECISIONS)),
            (keys.LOCK.sequence, self._bench.gate.lock),
            (keys.EMERGENCY.sequence, self._bench.emergency.ask),
            (keys.LARGER.sequence, lambda: self._zoom(1)),
            (keys.SMALLER.sequence, lambda: self._zoom(-1)),
        ]
        actions.extend((_PLACE_KEYS[place].sequence, partial(session.go, place)) for place in self._builders)
        for sequence, act in actions:
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(partial(self._unless_shut, act))

    def _unless_shut(self, act: Callable[[], None]) -> None:
        """Do what a key stands for; while the database is locked, no key leads past the gate."""
        if not self._bench.gate.state.shut:
            act()

    def _zoom(self, step: int) -> None:
        index = SCALES.index(self._look.settings.scale) + step
        if 0 <= index < len(SCALES):
            settings = replace(self._look.settings, scale=SCALES[index])
            self._keep(settings)
            self._look.change(settings)

    def _rescale(self) -> None:
        self._rail_frame.setFixedWidth(self._look.px(136))

    def _place(self, place: Place) -> QWidget:
        """Return the view of a place, built when it is first shown."""
        if place not in self._places:
            self._places[place] = named(self._builders[place](), place.value)
            self._stack.addWidget(self._places[place])
        return self._places[place]

    def _render(self, state: SessionState) -> None:
        view = self._place(state.place)
        moved = self._stack.currentWidget() is not view
        self._stack.setCurrentWidget(view)
        self._rail_buttons[state.place].setChecked(True)
        if moved or self.focusWidget() is None:
            view.setFocus(Qt.FocusReason.OtherFocusReason)
        who = state.access.session if state.access is not None else None
        self._lock.setVisible(who is not None and not who.demo)
        self._banner.display(state.banner)
        self._fault.display(state.fault)
        self._part_from_the_top()
        self._status.display(state)
        person = state.record.name if state.record is not None else ""
        self.setWindowTitle(f"{person} · {say.WINDOW}" if person else say.WINDOW)
