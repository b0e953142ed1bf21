"""One file as text: what one sees, the editor, find, and the diagnostics of what was typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QWidget

from gui.accessibility import first_of, named
from gui.messages import keys
from gui.messages import rules as say
from gui.presenters.rules_draft import Drafting, DraftState
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.views.rules_form import RulesFormView
from gui.widgets.code_editor import CodeEditor
from gui.widgets.layouts import Flow, row
from gui.widgets.line_list import LineList
from gui.widgets.notice import FaultPanel, Notice
from gui.widgets.text import button, column, text

#: How long typing must rest before the text is checked.
PAUSE_MS = 500


class RulesEditorView(QWidget):
    """Renders a draft, or the file while there is none."""

    def __init__(
        self, look: Look, presenter: Drafting, form: RulesFormView, go: Callable[[str], None]
    ) -> None:
        """Take the draft, the form that shows a rule of it, and what goes to a place of the text."""
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._loaded = 0
        self._gone = 0
        self._exchanged = 0
        self._form = form
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(presenter.check)
        self.editor = CodeEditor(look)
        outer = column(self, gap=GRID)
        self._note = Notice(look, say.YAML_TAB)
        outer.addWidget(self._note)
        outer.addWidget(self._tools())
        self._asking = self._ask()
        outer.addWidget(self._asking)
        self._fault = FaultPanel(look, presenter.dismiss, presenter.reopen, presenter.reopen)
        outer.addWidget(self._fault)
        self.editor.textChanged.connect(self._typed)
        self.editor.find_asked.connect(self._open_find)
        self._finder = self._build_finder()
        outer.addWidget(self._finder)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(4)
        self._ways = QStackedWidget()
        self._ways.addWidget(self.editor)
        self._ways.addWidget(form)
        split.addWidget(self._ways)
        self._list = LineList(look, say.DIAGNOSTICS)
        self._list.setMinimumHeight(look.px(72))
        self._list.chosen.connect(go)
        self._list.clicked.connect(self._list.doubleClicked)
        split.addWidget(self._list)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        outer.addWidget(split, 1)
        outer.addLayout(self._foot())
        save = QShortcut(QKeySequence(keys.SAVE_DRAFT.sequence), self)
        save.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(self._keep)
        presenter.watch(self._display)

    def turn(self, *, form: bool) -> None:
        """Show the text, or one rule of it as a form; tools and diagnostics are the same."""
        self._ways.setCurrentWidget(self._form if form else self.editor)
        self._find.setVisible(not form)
        self._caret.setVisible(not form)
        if form:
            self._finder.hide()

    def take_focus(self) -> None:
        """Move the focus to the text or the form."""
        if self._ways.currentWidget() is self._form:
            first_of(self._form)
        else:
            self.editor.setFocus()

    def _tools(self) -> QWidget:
        box = QWidget()
        flow = Flow(box, gap=GRID)
        presenter = self._presenter
        self._edit = button(say.EDIT, "primary")
        self._edit.clicked.connect(self._begin)
        self._save = button(say.SAVE, "primary", tip=f"{say.SAVE} ({keys.SAVE_DRAFT.sequence})")
        self._save.clicked.connect(self._keep)
        self._discard = button(say.DISCARD)
        self._discard.clicked.connect(presenter.ask_discard)
        self._undo = button(say.UNDO, tip=f"{say.UNDO} (Ctrl+Z)")
        self._undo.clicked.connect(self.editor.undo)
        self._redo = button(say.REDO, tip=f"{say.REDO} (Ctrl+Shift+Z)")
        self._redo.clicked.connect(self.editor.redo)
        self._find = button(say.FIND, tip=f"{say.FIND} ({keys.FIND.sequence})")
        self._find.clicked.connect(self._open_find)
        for tool in (self._edit, self._save, self._discard, self._undo, self._redo, self._find):
            flow.addWidget(tool)
        return box

    def _ask(self) -> Notice:
        asking = Notice(self._look, say.DISCARD)
        asking.begin(Tone.CAUTION, say.DISCARD_ASK.format(path=""))
        return asking

    def _build_finder(self) -> QFrame:
        frame = QFrame()
        line = row(frame, gap=GRID)
        self._words = named(QLineEdit(), say.FIND_FIELD)
        self._words.setPlaceholderText(say.FIND_FIELD)
        self._words.textChanged.connect(lambda: self._seek(from_here=True))
        self._words.returnPressed.connect(self._seek)
        before = button(say.FIND_BEFORE)
        before.clicked.connect(lambda: self._seek(forwards=False))
        following = button(say.FIND_NEXT)
        following.clicked.connect(lambda _=False: self._seek())
        self._found = text("", "small", wrap=False)
        line.addWidget(self._words, 1)
        line.addWidget(before)
        line.addWidget(following)
        line.addWidget(self._found)
        close = QShortcut(QKeySequence(keys.CLOSE.sequence), frame)
        close.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        close.activated.connect(self._close_find)
        frame.hide()
        return frame

    def _foot(self) -> QHBoxLayout:
        foot = row(gap=GRID)
        self._checked = text("", "small")
        foot.addWidget(self._checked, 1)
        self._caret = text("", "small", wrap=False)
        foot.addWidget(self._caret)
        self.editor.caret.connect(
            lambda line, column: self._caret.setText(say.WHERE_CARET.format(line=line, column=column))
        )
        return foot

    def _keep(self) -> None:
        if self._ways.currentWidget() is self._form:
            self._form.save()
        else:
            self._presenter.save()

    def _begin(self) -> None:
        self._presenter.edit_copy()
        self.take_focus()

    def _typed(self) -> None:
        if not self.editor.isReadOnly():
            self._presenter.edit(self.editor.toPlainText())
            self._pause.start()

    def _open_find(self) -> None:
        self._finder.show()
        self._words.setFocus()
        self._words.selectAll()

    def _close_find(self) -> None:
        self._finder.hide()
        self.editor.setFocus()

    def _seek(self, *, forwards: bool = True, from_here: bool = False) -> None:
        if from_here:
            cursor = self.editor.textCursor()
            cursor.setPosition(cursor.selectionStart())
            self.editor.setTextCursor(cursor)
        index, count = self.editor.find_text(self._words.text(), forwards=forwards)
        found = say.FOUND.format(index=index, count=count) if count else say.FOUND_NONE
        self._found.setText(found if self._words.text() else "")

    def _display(self, state: DraftState) -> None:
        if state.loaded != self._loaded:
            self._loaded = state.loaded
            self._pause.stop()
            self.editor.open_for(editing=False)
            self.editor.load(state.text, say.EDITOR.format(path=state.path))
        self.editor.open_for(editing=state.editing)
        if state.exchanged != self._exchanged:
            self._exchanged = state.exchanged
            self.editor.exchange(state.text)
        self.editor.mark(state.marks)
        if state.gone != self._gone:
            self._gone = state.gone
            self.editor.go_to(state.line)
        self._say_what_it_is(state)
        self._edit.setVisible(not state.editing)
        for tool in (self._save, self._discard, self._undo, self._redo):
            tool.setVisible(state.editing)
        self._save.setEnabled(state.unsaved)
        self._fault.display(state.fault)
        self._checked.setText(say.CHECKING if state.checking else state.checked)
        self._list.take(state.diagnostics)
        self._list.setVisible(bool(state.diagnostics))

    def _say_what_it_is(self, state: DraftState) -> None:
        self._note.begin(state.tone, state.note)
        if state.old:
            self._note.add(text(say.DRAFT_OLD))
        self._asking.setVisible(state.asking)
        if state.asking:
            self._asking.begin(Tone.CAUTION, say.DISCARD_ASK.format(path=state.path))
            offers = row()
            for words, act in (
                (say.DISCARD_YES, self._presenter.discard),
                (say.DISCARD_NO, self._presenter.keep),
            ):
                offer = button(words)
                offer.clicked.connect(lambda _checked=False, act=act: act())
                offers.addWidget(offer)
            offers.addStretch(1)
            self._asking.body.addLayout(offers)
