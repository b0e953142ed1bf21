"""One file of the pack as text: read, copied into a draft, changed, checked, saved or discarded.

What was typed lives here, by file, until it is saved or discarded: leaving the place loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.domain.diagnostics import Diagnostic, DiagnosticGrade
from engine.domain.pages import Draft
from engine.domain.replies import RuleText
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import rules as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.lines import Line
from gui.presenters.tones import Tone
from gui.presenters.wording import moment
from gui.tasks import TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMark:
    """A line of the text that a diagnostic speaks of."""

    line: int
    tone: Tone
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftState:
    """What the editor shows."""

    path: str = ""
    loaded: int = 0
    """Grows whenever ``text`` is to be put into the editor; what is typed there does not count."""
    text: str = ""
    exchanged: int = 0
    """Grows whenever ``text`` is to take the place of what the editor has, as one step to be undone."""
    editing: bool = False
    unsaved: bool = False
    note: str = ""
    tone: Tone = Tone.NEUTRAL
    old: bool = False
    """The file is no longer the one the draft was begun from."""
    asking: bool = False
    """True while it is asked whether the draft is to be discarded."""
    checking: bool = False
    checked: str = ""
    checked_tone: Tone = Tone.NEUTRAL
    diagnostics: tuple[Line, ...] = ()
    marks: tuple[LineMark, ...] = ()
    line: int = 0
    gone: int = 0
    """Grows whenever the editor is to go to ``line``."""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One file as it was read, and what was made of it."""

    file: RuleText
    text: str | None
    """The working text; None while there is no draft."""
    kept: bool = False
    """True where changes not saved were found again on return."""
    checked: tuple[Diagnostic, ...] | None = None
    checked_text: str | None = None

    @property
    def stored(self) -> str:
        return self.file.draft.text if self.file.draft is not None else self.file.text

    @property
    def unsaved(self) -> bool:
        return self.text is not None and self.text != self.stored


class Drafting(Presenter[DraftState]):
    """Keeps the working text of every file that was changed."""

    def __init__(self, runner: TaskRunner, changes: Changes, touched: Callable[[], None]) -> None:
        """Take what runs work, what tells of changes, and whom to tell that a text has changed."""
        super().__init__(DraftState())
        self._runner = runner
        self._changes = changes
        self._touched = touched
        self._works: dict[str, _Work] = {}
        self._checking = ""

    @property
    def unsaved(self) -> frozenset[str]:
        """Return the files with changes that were not saved."""
        return frozenset(path for path, work in self._works.items() if work.unsaved)

    def text_of(self, path: str) -> str | None:
        """Return the working text of a file, or None where there is no draft of it."""
        work = self._works.get(path)
        return work.text if work is not None else None

    def text_shown(self, path: str) -> str | None:
        """Return the working text of a file, else the file's own; None where it was not read yet."""
        work = self._works.get(path)
        if work is None:
            return None
        return work.file.text if work.text is None else work.text

    def found_in(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Return what was found wrong in a file with this very text; nothing where it was not checked yet."""
        work = self._works.get(path)
        if work is None or work.checked is None or work.checked_text != text:
            return ()
        return tuple(item for item in work.checked if item.span.path == path)

    def open(self, path: str, line: int = 0) -> None:
        """Open a file; changes that were not saved are still there."""
        if path == self._state.path:
            self.go_to(line)
            return
        self._become(replace(self._fresh(path), line=line))
        work = self._works.get(path)
        if work is not None and work.unsaved:
            self._works[path] = replace(work, kept=True)
            self._load()
            return
        self._runner.ask(
            "rule text", lambda engine, _: engine.rule_text(path), self._opened, self._not(say.NOT_OPENED)
        )

    def _fresh(self, path: str) -> DraftState:
        """Return the state of a file not read yet; what was counted goes on."""
        state = self._state
        return DraftState(path=path, loaded=state.loaded, gone=state.gone, exchanged=state.exchanged)

    def reopen(self) -> None:
        """Read the open file again."""
        path = self._state.path
        if path and not self._state.unsaved:
            self._become(replace(self._state, path="", fault=None))
            self.open(path)

    def go_to(self, line: int) -> None:
        """Bring a line before the eyes."""
        if line:
            self._become(replace(self._state, line=line, gone=self._state.gone + 1))

    def edit_copy(self) -> None:
        """Begin a draft copy of the open file."""
        work = self._works.get(self._state.path)
        if work is not None and work.text is None:
            self._keep(replace(work, text=work.file.text))

    def edit(self, text: str) -> None:
        """Take in what was typed."""
        work = self._works.get(self._state.path)
        if work is not None and work.text is not None and text != work.text:
            self._keep(replace(work, text=text, kept=False))

    def put(self, text: str) -> None:
        """Take in a text that was not typed, and have the editor show it."""
        work = self._works.get(self._state.path)
        if work is not None and work.text is not None and text != work.text:
            self.edit(text)
            self._become(replace(self._state, text=text, exchanged=self._state.exchanged + 1))

    def check(self) -> None:
        """Check the pack with the working text; one check at a time, the newest text last."""
        path = self._state.path
        work = self._works.get(path)
        if work is None or work.text is None or work.text == work.checked_text or self._checking:
            return
        text = work.text
        self._checking = path
        self._show()
        self._runner.ask(
            "diagnose",
            lambda engine, _: engine.diagnose(path, text),
            lambda found: self._diagnosed(path, text, found),
            self._not_checked,
        )

    def save(self) -> None:
        """Keep the working text of the open file as the user's draft."""
        self._become(replace(self._state, fault=None))
        self._save(self._state.path)

    def save_all(self) -> None:
        """Keep every working text that was not saved, because the window is about to close."""
        for path in sorted(self.unsaved):
            self._save(path)

    def _save(self, path: str) -> None:
        work = self._works.get(path)
        if work is None or work.text is None:
            return
        text = work.text
        self._runner.act(
            lambda engine, _: engine.save_draft(path, text), self._saved, self._not(say.NOT_SAVED)
        )

    def ask_discard(self) -> None:
        """Ask, in the page, whether the draft is to be discarded."""
        self._become(replace(self._state, asking=self._state.editing))

    def keep(self) -> None:
        """Keep the draft after all."""
        self._become(replace(self._state, asking=False))

    def discard(self) -> None:
        """Discard the draft; the file of the pack in use is shown again."""
        path = self._state.path
        work = self._works.get(path)
        if work is None:
            return
        if work.file.draft is None:
            self._discarded(path)
            return
        self._runner.act(
            lambda engine, _: engine.discard_draft(path),
            lambda _: self._discarded(path),
            self._not(say.NOT_DISCARDED),
        )

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None))

    def _opened(self, file: RuleText) -> None:
        self._works[file.path] = _Work(file=file, text=file.draft.text if file.draft is not None else None)
        if file.path == self._state.path:
            self._load()

    def _load(self) -> None:
        """Put the text into the editor, and go to the line that was asked for."""
        work = self._works[self._state.path]
        text = work.file.text if work.text is None else work.text
        gone = self._state.gone + (1 if self._state.line else 0)
        self._become(replace(self._state, text=text, loaded=self._state.loaded + 1, gone=gone))
        self._show()
        self._touched()
        self.check()

    def _keep(self, work: _Work) -> None:
        self._works[work.file.path] = work
        self._show()
        self._touched()

    def _saved(self, draft: Draft) -> None:
        work = self._works[draft.path]
        self._keep(replace(work, file=replace(work.file, draft=draft), kept=False))
        self._changes.tell(Change.RULES)

    def _discarded(self, path: str) -> None:
        work = self._works[path]
        self._works[path] = _Work(file=replace(work.file, draft=None), text=None)
        if path == self._state.path:
            self._become(replace(self._state, line=0))
            self._load()
        self._changes.tell(Change.RULES)

    def _diagnosed(self, path: str, text: str, found: tuple[Diagnostic, ...]) -> None:
        self._checking = ""
        work = self._works.get(path)
        if work is not None and work.text is not None:
            self._works[path] = replace(work, checked=found, checked_text=text)
        self._show()
        self.check()

    def _not_checked(self, error: WhyRxError) -> None:
        self._checking = ""
        self._become(replace(self._state, fault=explain(error, say.NOT_CHECKED)))
        self._show()

    def _not(self, title: str) -> Callable[[WhyRxError], None]:
        return lambda error: self._become(replace(self._state, fault=explain(error, title)))

    def _show(self) -> None:
        work = self._works.get(self._state.path)
        if work is None:
            return
        note, tone = _note(work)
        editing = work.text is not None
        found = work.checked or ()
        checked, checked_tone = _checked(work)
        self._become(
            replace(
                self._state,
                editing=editing,
                unsaved=work.unsaved,
                note=note,
                tone=tone,
                old=work.file.draft is not None and work.file.draft.based_on != work.file.content,
                asking=self._state.asking and editing,
                checking=editing and self._checking == work.file.path,
                checked=checked,
                checked_tone=checked_tone,
                diagnostics=tuple(line_of_diagnostic(item, work.file.path) for item in found),
                marks=tuple(mark_of(item) for item in found if item.span.path == work.file.path),
            )
        )


def line_of_diagnostic(item: Diagnostic, path: str) -> Line:
    """Return a diagnostic as a line that leads to its place."""
    here = item.span.path == path
    where = say.LINE if here else say.ELSEWHERE_LINE
    return Line(
        text=item.message,
        note=item.hint,
        aside=where.format(path=item.span.path, line=item.span.line),
        tone=_tone(item),
        word=item.grade.value,
        key=str(item.span),
    )


def _tone(item: Diagnostic) -> Tone:
    return Tone.CONTRAINDICATED if item.grade is DiagnosticGrade.ERROR else Tone.CAUTION


def mark_of(item: Diagnostic) -> LineMark:
    """Return the mark of the line that a diagnostic speaks of."""
    words = f"{item.grade.value}: {item.message} {item.hint}".strip()
    return LineMark(line=item.span.line, tone=_tone(item), words=words)


def _note(work: _Work) -> tuple[str, Tone]:
    draft = work.file.draft
    if work.text is None:
        return say.IN_USE, Tone.NEUTRAL
    if work.unsaved:
        return (say.DRAFT_KEPT if work.kept else say.DRAFT_UNSAVED), Tone.CAUTION
    if draft is not None:
        return say.DRAFT_SAVED.format(moment=moment(draft.saved_at)), Tone.NOTE
    return say.DRAFT_SAME, Tone.NOTE


def _checked(work: _Work) -> tuple[str, Tone]:
    if work.text is None or work.checked is None:
        return "", Tone.NEUTRAL
    errors = sum(item.grade is DiagnosticGrade.ERROR for item in work.checked)
    warnings = len(work.checked) - errors
    parts = []
    if errors:
        parts.append(say.ERROR_ONE if errors == 1 else say.ERRORS.format(count=errors))
    if warnings:
        parts.append(say.WARNING_ONE if warnings == 1 else say.WARNINGS.format(count=warnings))
    if not parts:
        return say.CHECKED_CLEAN, Tone.CLEAR
    tone = Tone.CONTRAINDICATED if errors else Tone.CAUTION
    return say.CHECKED.format(parts=", ".join(parts)), tone
