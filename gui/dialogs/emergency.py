"""Breaking the glass: what it means, one field for the reason, and a button that says what it does."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui.accessibility import label_for, named
from gui.dialogs.overlay import Overlay
from gui.messages import gate as say
from gui.presenters.emergency import Emergency, EmergencyState
from gui.theme.look import Look
from gui.widgets.layouts import row
from gui.widgets.notice import FaultPanel
from gui.widgets.text import button, text


class EmergencyDialog(Overlay):
    """Asks for the reason over the page; Escape leaves everything as it is."""

    def __init__(self, look: Look, parent: QWidget, emergency: Emergency) -> None:
        super().__init__(look, parent, say.EMERGENCY, height=440)
        self._emergency = emergency
        self._fault = FaultPanel(look, self._clear, self._clear, self._clear, name=say.NOT_BROKEN)
        self._reason = named(QPlainTextEdit(), say.REASON)
        self._reason.setTabChangesFocus(True)
        self._reason.setMinimumHeight(look.px(72))
        label = text(say.REASON, "strong", wrap=False)
        label_for(label, self._reason)
        for widget in (text(say.EMERGENCY, "title"), text(say.MEANS, "body"), self._fault, label):
            self.body.addWidget(widget)
        self.body.addWidget(self._reason, 1)
        last = row()
        self._break = button(say.BREAK_GLASS, "primary")
        self._break.clicked.connect(lambda: emergency.break_glass(self._reason.toPlainText()))
        cancel = button(say.LEAVE)
        cancel.clicked.connect(self.put_away)
        for each in (self._break, cancel):
            last.addWidget(each)
        last.addStretch(1)
        self.body.addLayout(last)
        self.closed.connect(emergency.close)
        emergency.watch(self._render)

    def _clear(self) -> None:
        self._fault.display(None)
        self._reason.setFocus()

    def _render(self, state: EmergencyState) -> None:
        if not state.asked:
            self.put_away()
            return
        if self.isHidden():
            self._reason.clear()
            self.open(self._reason)
        self._break.setEnabled(not state.busy)
        self._fault.display(state.fault)
