"""The page before everything else: who are you. It is worked by keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from gui.accessibility import label_for, named
from gui.messages import gate as say
from gui.presenters.gate import Gate, GateState
from gui.theme.look import GRID, Look
from gui.widgets.choice import Choice
from gui.widgets.layouts import row
from gui.widgets.notice import FaultPanel
from gui.widgets.text import button, column, text


class GateView(QWidget):
    """Signing in, or making the database with its first administrator."""

    def __init__(self, look: Look, gate: Gate) -> None:
        super().__init__()
        self._look = look
        self._gate = gate
        self.setProperty("role", "canvas")
        named(self, say.GATE)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(look.px(400))
        self._lines = column(card, gap=GRID, margin=GRID * 3)
        self._title = text("", "title", wrap=False)
        self._intro = text("", "body")
        self._fault = FaultPanel(look, self._clear, self._clear, self._clear)
        self._user = named(Choice(look), say.NAME)
        self._name = named(QLineEdit(), say.NAME)
        self._passphrase = self._secret(say.PASSPHRASE)
        self._again = self._secret(say.AGAIN)
        self._warning = text(say.NEW_WARNING, "muted")
        self._working = text("", "muted")
        self._open = button(say.SIGN_IN, "primary")
        for widget in (self._title, self._intro, self._fault):
            self._lines.addWidget(widget)
        self._labels = {
            field: self._labelled(field) for field in (self._user, self._name, self._passphrase, self._again)
        }
        self._lines.addWidget(self._warning)
        last = row(gap=GRID)
        last.addWidget(self._open)
        last.addWidget(self._working, 1)
        self._lines.addLayout(last)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        # Not by alignment: a card that is aligned is given its hint, which does not know how text wraps.
        middle = row(gap=0)
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)
        self._open.clicked.connect(self._submit)
        for field in (self._name, self._passphrase, self._again):
            field.returnPressed.connect(self._submit)
        look.changed.connect(lambda: card.setFixedWidth(look.px(400)))
        gate.watch(self._render)

    def focus(self) -> None:
        """Put the cursor where the next thing is typed."""
        field: QWidget = self._name if self._gate.state.new else self._passphrase
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _secret(self, name: str) -> QLineEdit:
        field = named(QLineEdit(), name)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    def _labelled(self, field: QComboBox | QLineEdit) -> QWidget:
        label = text(field.accessibleName(), "strong", wrap=False)
        label_for(label, field)
        self._lines.addWidget(label)
        self._lines.addWidget(field)
        return label

    def _submit(self) -> None:
        passphrase, again = self._passphrase.text(), self._again.text()
        # What was typed does not stay in a field, whatever comes of it.
        self._passphrase.clear()
        self._again.clear()
        if self._gate.state.new:
            self._gate.make(self._name.text(), passphrase, again)
        else:
            self._gate.sign_in(self._user.currentText(), passphrase)
        if self._gate.state.shut:
            self._passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear(self) -> None:
        self._fault.display(None)
        self.focus()

    def _render(self, state: GateState) -> None:
        if not state.shut:
            return
        self._title.setText(say.MAKE if state.new else say.GATE)
        self._intro.setText(say.NEW_INTRO if state.new else say.LOCKED_INTRO)
        self._open.setText(say.MAKE_IT if state.new else say.SIGN_IN)
        named(self._open, self._open.text())
        if [self._user.itemText(index) for index in range(self._user.count())] != list(state.users):
            self._user.clear()
            self._user.addItems(list(state.users))
        for field, shown in (
            (self._user, not state.new),
            (self._name, state.new),
            (self._again, state.new),
        ):
            field.setVisible(shown)
            self._labels[field].setVisible(shown)
        self._warning.setVisible(state.new)
        self._working.setText(say.WORKING if state.busy else "")
        self._open.setEnabled(not state.busy)
        self._fault.display(state.fault)
