"""To settle first: each missing datum with what it could change and the way to enter it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from gui.accessibility import named, walk_in_order
from gui.messages import answers as say_worth
from gui.messages import recommendation as say
from gui.messages import shell as say_shell
from gui.presenters.settling import Entry, SettleItem, Settling, SettlingState
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.widgets.entry import EntryControls, Submit
from gui.widgets.layouts import Beside, clear, row
from gui.widgets.line_list import SEVERITY_WIDTH, LineList
from gui.widgets.marks import Mark
from gui.widgets.text import button, column, line, text, toned

SHOWN_AT_FIRST = 3
#: Taller than this, the outcomes of one datum scroll by themselves.
_TALLEST = 264


class SettleView(QFrame):
    """Shows what is to be settled; nothing to settle, it takes no room."""

    def __init__(self, look: Look, presenter: Settling, submit: Submit, today: Callable[[], date]) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._submit = submit
        self._today = today
        self._state = SettlingState()
        self._faults: dict[str, str] = {}
        self._items: dict[tuple[object, str], SettleItemView] = {}
        self._all = False
        self.setProperty("role", "card")
        named(self, say.SETTLE)
        outer: QVBoxLayout = column(self, gap=GRID, margin=GRID + GRID // 2)
        outer.addLayout(self._head())
        self._lines = column(gap=GRID)
        outer.addLayout(self._lines)
        self.hide()
        presenter.watch(self._display)

    def tell_faults(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Say beside each datum why what was entered was refused."""
        self._faults = dict(faults)
        for view in self._items.values():
            view.tell_fault(self._faults.get(view.item.entry.subject, ""))

    def _head(self) -> QVBoxLayout:
        whole = column(gap=GRID // 2)
        head = row()
        head.addWidget(toned(say.SETTLE, Tone.UNKNOWN))
        self._order = text("", "small", wrap=False)
        head.addWidget(self._order)
        head.addStretch(1)
        self._more = button("", "link")
        self._more.clicked.connect(self._toggle)
        head.addWidget(self._more)
        whole.addLayout(head)
        self._failed = QWidget()
        failed = row(self._failed)
        self._reason = toned("", Tone.CAUTION, wrap=True)
        failed.addWidget(Mark(self._look, Tone.CAUTION, say_worth.NOT_WEIGHED), 0, Qt.AlignmentFlag.AlignTop)
        failed.addWidget(self._reason, 1)
        again = button(say_shell.RETRY, "link", name=f"{say_shell.RETRY}: {say_worth.BEING_WEIGHED.lower()}")
        again.clicked.connect(self._presenter.again)
        failed.addWidget(again)
        whole.addWidget(self._failed)
        return whole

    def _display(self, state: SettlingState) -> None:
        self._state = state
        self.setVisible(bool(state.items))
        words = say_worth.BEING_WEIGHED if state.weighing else say_worth.RANKED if state.ranked else ""
        self._order.setText(words)
        self._failed.setVisible(bool(state.fault))
        if state.fault:
            self._reason.setText(
                f"{say_worth.NOT_WEIGHED}. {say_worth.NOT_WEIGHED_NEXT.format(reason=state.fault)}"
            )
        ordered = self._in_order(state.items)
        first = [item for item in ordered if item.pressing][:SHOWN_AT_FIRST]
        self._place(ordered if self._all else first)
        hidden = len(ordered) - len(first)
        more = (say.SETTLE_MORE if first else say.SETTLE_NOTES).format(count=hidden)
        self._more.setText(say.SETTLE_LESS if self._all else more)
        self._more.setAccessibleName(self._more.text())
        self._more.setVisible(hidden > 0)

    def _toggle(self) -> None:
        self._all = not self._all
        self._display(self._state)

    def _in_order(self, items: Sequence[SettleItem]) -> Sequence[SettleItem]:
        """Return the items; while somebody is typing here, in the order in which they stand."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            return items
        standing = list(self._items)
        return sorted(
            items, key=lambda item: standing.index(item.key) if item.key in standing else len(standing)
        )

    def _place(self, shown: Sequence[SettleItem]) -> None:
        """Put the items in their order; what was typed into one that stays is kept."""
        kept: dict[tuple[object, str], SettleItemView] = {}
        for item in shown:
            view = self._items.pop(item.key, None)
            if view is not None and view.item.entry != item.entry:
                self._items[item.key] = view
                view = None
            kept[item.key] = view or SettleItemView(self._look, item, self._submit, self._today())
            kept[item.key].display(item, weighing=self._state.weighing)
            kept[item.key].tell_fault(self._faults.get(item.entry.subject, ""))
        for view in kept.values():
            self._lines.removeWidget(view)
        clear(self._lines)  # what stays was taken out before
        for index, view in enumerate(kept.values()):
            if index:
                self._lines.addWidget(line())
            self._lines.addWidget(view)
        self._items = kept
        walk_in_order(self._more, *kept.values())


class SettleItemView(QWidget):
    """One datum: what it is, what waits for it, what it could change, and how it is entered."""

    def __init__(self, look: Look, item: SettleItem, submit: Submit, today: date) -> None:
        super().__init__()
        self._look = look
        self.item = item
        outer = column(self, gap=GRID // 2)
        outer.addWidget(self._first(item.entry, submit, today))
        second = row(gap=GRID)
        self._marked = row(gap=0)
        second.addLayout(self._marked)
        self._could = text("", "small")
        second.addWidget(self._could, 1)
        self._open = button("", "link", checkable=True)
        self._open.toggled.connect(self._show_outcomes)
        second.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(second)
        self._outcomes = LineList(
            look, say_worth.OUTCOMES_NAMED.format(title=item.entry.title), label_width=SEVERITY_WIDTH
        )
        self._outcomes.hide()
        outer.addWidget(self._outcomes)
        self._worth: object = None

    def display(self, item: SettleItem, *, weighing: bool) -> None:
        """Show what is known of the datum now."""
        self.item = item
        self._effect.setText(f"{item.reason} · {item.effect}")
        worth = item.worth
        waiting = say_worth.IT_IS_WEIGHED if weighing else say_worth.IT_IS_NOT_WEIGHED
        said = waiting if worth is None else f"{worth.could}; {worth.settles}"
        named(self, f"{item.entry.title}: {item.reason}. {item.effect}", said)
        if (worth, said) == self._worth:
            return
        self._worth = (worth, said)
        clear(self._marked)
        tone, word = (Tone.UNKNOWN, say.SETTLE) if worth is None else (worth.tone, worth.word)
        self._marked.addWidget(Mark(self._look, tone, word))
        self._could.setText(said)
        count = worth.count if worth is not None else 0
        self._open.setText(say_worth.OUTCOMES_COUNT.format(count=count) if count else say_worth.OUTCOMES)
        self._open.setAccessibleName(say_worth.OUTCOMES_NAMED.format(title=item.entry.title))
        self._open.setEnabled(count > 0)
        if not count:
            self._open.setChecked(False)
        if worth is not None:
            self._outcomes.take(worth.outcomes)
            self._outcomes.fit(self._look.px(_TALLEST))

    def tell_fault(self, fault: str) -> None:
        """Say why what was entered was refused."""
        self._fault.setText(f"{say.NOT_ENTERED}. {fault}")
        self._fault.setVisible(bool(fault))

    def _first(self, entry: Entry, submit: Submit, today: date) -> QWidget:
        box = QWidget()
        both = Beside(box, gap=GRID * 2, lines=GRID // 2)
        said = QWidget()
        words = column(said, gap=2)
        words.addWidget(text(entry.title, "strong"))
        self._effect = text("", "small")
        words.addWidget(self._effect)
        self._fault = toned("", Tone.CONTRAINDICATED, wrap=True)
        self._fault.hide()
        words.addWidget(self._fault)
        both.put(said, least=self._look.px(280))
        controls = EntryControls(self._look, entry, submit, today)
        both.put(controls, least=self._look.px(336))
        return box

    def _show_outcomes(self, shown: bool) -> None:  # noqa: FBT001 - a signal's slot
        self._outcomes.setVisible(shown)
