"""One rule as a form, always what the text of the draft says: read off it, and written back into it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.forms import FormLanguage, FormNode, FormPlace, RuleForm
from engine.domain.ids import RuleId
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import forms as say
from gui.presenters.base import Presenter
from gui.presenters.form_edits import Way
from gui.presenters.rules_draft import Drafting, mark_of
from gui.presenters.tones import Tone
from gui.tasks import TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMark:
    """A part of the rule that a diagnostic speaks of."""

    way: Way
    tone: Tone
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """What the form shows."""

    rule_id: RuleId | None = None
    language: FormLanguage | None = None
    tree: FormNode | None = None
    """None while it is read, and where the text cannot be read."""
    editing: bool = False
    """True where there is a draft, so that the form can be changed."""
    marks: tuple[FormMark, ...] = ()
    """What is wrong with which part, as far as this very text was checked."""
    unreadable: str = ""
    """Why the text cannot be shown as a form."""
    fault: Fault | None = None


class RuleForming(Presenter[FormState]):
    """Reads the tree of the open rule while the form is shown, and writes changes into the draft."""

    def __init__(self, runner: TaskRunner, draft: Drafting) -> None:
        super().__init__(FormState())
        self._runner = runner
        self._draft = draft
        self._path = ""
        self._shown = False
        self._asked_language = False
        self._writing = False
        self._saving = False
        """True where the draft is to be saved as soon as the change on its way is written."""
        self._read: tuple[str, str, RuleId] | None = None
        """File, text and rule that the tree is of."""
        self._placed: tuple[str, RuleForm] | None = None
        """The newest form that was read, and its text."""
        self._asked: tuple[str, str, RuleId] | None = None
        draft.watch(lambda _: self.look())

    def stand_at(self, path: str, rule_id: RuleId | None) -> None:
        """Be about a rule of a file, or about none."""
        if (path, rule_id) != (self._path, self._state.rule_id):
            self._path = path
            self._read = self._asked = self._placed = None
            self._become(FormState(rule_id=rule_id, language=self._state.language))
        self.look()

    def turn(self, *, shown: bool) -> None:
        """Take note of whether the form is before the eyes; only then it is kept in step."""
        self._shown = shown
        self.look()

    def change(self, tree: FormNode) -> None:
        """Write a changed tree into the draft; all else of the text stays as it is."""
        if self._read is None or not self._state.editing or tree == self._state.tree:
            return
        self._become(replace(self._state, tree=tree, fault=None))
        path, text, rule_id = self._read
        self._writing = True
        self._runner.ask(
            "form written",
            lambda engine, _: engine.with_rule_form(path, text, rule_id, tree),
            lambda changed: self._written((path, text, rule_id), changed),
            self._not_written,
        )

    def save(self) -> None:
        """Save the draft, once what the form has changed has been written into it."""
        self._saving = self._writing
        if not self._writing:
            self._draft.save()

    def again(self) -> None:
        """Read the form off the text once more."""
        self._read = self._asked = None
        self._asked_language = self._state.language is not None
        self._become(replace(self._state, fault=None))
        self.look()

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None))

    def look(self) -> None:
        """Read the tree again where the text has changed."""
        rule_id = self._state.rule_id
        text = self._draft.text_shown(self._path)
        if not self._shown or rule_id is None or text is None:
            return
        self._learn()
        editing = self._draft.text_of(self._path) is not None
        self._become(replace(self._state, editing=editing))
        read = (self._path, text, rule_id)
        if read != self._read or self._placed is None or self._placed[0] != text:
            self._place(read)
        self._mark(text)

    def _place(self, read: tuple[str, str, RuleId]) -> None:
        """Ask for the form of a text; of one that the form has written, for where its parts stand."""
        if read == self._asked:
            return
        self._asked = self._read = read
        path, text, rule_id = read
        self._runner.ask(
            "rule form",
            lambda engine, _: engine.rule_form(path, text, rule_id),
            lambda form: self._got(read, form),
            lambda error: self._unreadable(read, error),
        )

    def _learn(self) -> None:
        """Ask for the language of forms, once."""
        if not self._asked_language:
            self._asked_language = True
            self._runner.ask(
                "form language",
                lambda engine, _: engine.form_language(),
                lambda language: self._become(replace(self._state, language=language)),
                self._not_learnt,
            )

    def _got(self, read: tuple[str, str, RuleId], form: RuleForm) -> None:
        if read != self._read:
            return
        self._placed = (read[1], form)
        if not self._writing:
            self._become(replace(self._state, tree=form.tree, unreadable=""))
        self._mark(read[1])

    def _mark(self, text: str) -> None:
        """Show what was found wrong with this text, by the parts of the form."""
        marks: tuple[FormMark, ...] = ()
        if self._placed is not None and self._placed[0] == text:
            form = self._placed[1]
            found = self._draft.found_in(self._path, text)
            marks = tuple(
                FormMark(way=place.way, tone=mark.tone, words=mark.words)
                for item in found
                if (place := place_of(form, item.span.line, item.span.column)) is not None
                for mark in (mark_of(item),)
            )
        self._become(replace(self._state, marks=marks))

    def _unreadable(self, read: tuple[str, str, RuleId], error: WhyRxError) -> None:
        if read == self._read:
            where = f"{error.place}: " if error.place else ""
            words = f"{where}{error.message} {error.hint}".strip()
            self._become(replace(self._state, tree=None, unreadable=words))

    def _written(self, read: tuple[str, str, RuleId], changed: str) -> None:
        self._writing = False
        if read == self._read:
            self._read = (read[0], changed, read[2])
            self._draft.put(changed)
        else:  # the text has become another one meanwhile: it counts, and the form follows it
            self._asked = self._placed = None
            self.look()
        if self._saving:
            self._saving = False
            self._draft.save()

    def _not_written(self, error: WhyRxError) -> None:
        """Show what was in the text before, and why it could not be changed."""
        self._writing = self._saving = False
        self._read = self._asked = self._placed = None
        self.look()
        self._become(replace(self._state, fault=explain(error, say.NOT_WRITTEN)))

    def _not_learnt(self, error: WhyRxError) -> None:
        self._asked_language = False
        self._become(replace(self._state, fault=explain(error, say.NOT_LEARNT)))


def place_of(form: RuleForm, line: int, column: int) -> FormPlace | None:
    """Return the part of a rule that a place of the text lies in; None where it lies outside the rule."""
    first = form.places[0]
    if not (first.line, first.column) <= (line, column) or line > form.end:
        return None
    return max(
        (place for place in form.places if (place.line, place.column) <= (line, column)),
        key=lambda place: (place.line, place.column, len(place.way)),
    )
