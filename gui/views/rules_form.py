"""A rule as a form, made from the language of rules: a row a field, premises as nested groups."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from engine.domain.forms import FormNode
from engine.domain.ids import RuleId
from gui.accessibility import named
from gui.messages import forms as say
from gui.presenters.rules_form import FormMark, FormState, RuleForming
from gui.theme.look import GRID, Look
from gui.views.form_parts import FormParts
from gui.views.form_slots import KEY
from gui.widgets.empty import Empty
from gui.widgets.layouts import clear, scrolled
from gui.widgets.notice import FaultPanel
from gui.widgets.text import column


class RulesFormView(QWidget):
    """Renders the form; a value that was written stays where it is, another structure is built anew."""

    def __init__(self, look: Look, presenter: RuleForming) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._built: tuple[object, ...] = ()
        self._next = ""
        self._parts: FormParts | None = None
        self._marks: tuple[FormMark, ...] = ()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._build)
        outer = column(self, gap=GRID)
        self._fault = FaultPanel(look, presenter.dismiss, presenter.again, presenter.again)
        outer.addWidget(self._fault)
        inside = named(QWidget(), say.FORM)
        self._lines = column(inside, gap=GRID)
        self._lines.setContentsMargins(0, 0, GRID, GRID * 2)
        self._area = scrolled(inside)
        outer.addWidget(self._area, 1)
        self._empty = Empty(look, say.READING, "")
        outer.addWidget(self._empty, 1)
        presenter.watch(self._display)

    def save(self) -> None:
        """Take in what is still being typed, then have the draft saved."""
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            focus.clearFocus()
            self._presenter.save()
            focus.setFocus()
        else:
            self._presenter.save()

    def _display(self, state: FormState) -> None:
        self._fault.display(state.fault)
        shown = state.tree is not None and state.language is not None
        self._area.setVisible(shown)
        self._empty.setVisible(not shown and state.fault is None)
        if state.unreadable:
            self._empty.tell(say.UNREADABLE, say.UNREADABLE_NEXT.format(why=state.unreadable))
        else:
            self._empty.tell(say.READING, "")
        if shown and self._now(state) != self._built:
            self._later.start()
        elif self._parts is not None and state.marks != self._marks:
            self._mark()

    def _now(self, state: FormState) -> tuple[object, ...]:
        return (state.rule_id, state.tree, state.editing, state.language)

    def _build(self) -> None:
        """Build every control again, and give the focus back to the one that had it."""
        state = self._presenter.state
        if state.tree is None or state.language is None or self._now(state) == self._built:
            return
        focus = QApplication.focusWidget()
        inside = focus is not None and self.isAncestorOf(focus)
        wanted = self._next or (_key_of(focus) if inside else "")
        self._next = ""
        other = not self._built or self._built[0] != state.rule_id
        self._built = self._now(state)
        clear(self._lines)
        change = partial(self._change, state.rule_id)
        self._parts = FormParts(self._look, state.language, state.tree, change, editing=state.editing)
        content = self._parts.build()
        content.setEnabled(state.editing)
        self._lines.addWidget(content)
        self._lines.addStretch(1)
        self._mark()
        if other:
            self._area.verticalScrollBar().setValue(0)
        if wanted:
            self._focus(content, wanted)

    def _mark(self) -> None:
        if self._parts is not None:
            self._marks = self._presenter.state.marks
            self._parts.mark(self._marks)

    def _focus(self, content: QWidget, wanted: str) -> None:
        found = next((each for each in content.findChildren(QWidget) if each.property(KEY) == wanted), None)
        if found is not None:
            found.setFocus()
            self._area.ensureWidgetVisible(found)

    def _change(self, rule_id: RuleId | None, tree: FormNode, *, same: bool, focus: str = "") -> None:
        """Take a change; one that its own control shows already needs nothing built.

        A field that is left because another rule was opened tells its words too late, and of the wrong rule.
        """
        state = self._presenter.state
        if rule_id != state.rule_id:
            return
        if same:
            self._built = (state.rule_id, tree, state.editing, state.language)
        self._next = focus
        self._presenter.change(tree)


def _key_of(widget: QWidget | None) -> str:
    """Return the key of the control that a widget is or belongs to."""
    while widget is not None:
        key = widget.property(KEY)
        if key:
            return str(key)
        widget = widget.parentWidget()
    return ""
