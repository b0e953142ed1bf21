"""Working copies of rule files: read, checked and tried without touching the pack in use."""

from __future__ import annotations

from engine.bootstrap.packs import EXTRA_CHECKS, PackShelf
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.diagnostics import CaseReport, Diagnostic
from engine.domain.forms import FormLanguage, FormNode, RuleForm
from engine.domain.ids import RuleId, UserName
from engine.domain.pack import PackFile
from engine.domain.pages import Draft
from engine.domain.replies import RuleFile, RuleText, RuleView
from engine.errors import NotFound
from engine.knowledge import browse, form_tree
from engine.knowledge.case_runs import run_cases
from engine.knowledge.form_language import form_language
from engine.knowledge.load import load_pack, rejected
from engine.knowledge.manifest import file_hash, with_text
from engine.ports import Assessor, Clock, Progress, Store


class Drafts:
    """One user's drafts over the pack in use."""

    def __init__(
        self, store: Store, shelf: PackShelf, assessor: Assessor, clock: Clock, user: UserName
    ) -> None:
        """Take where drafts are kept, what they are drafts of, and what runs their cases."""
        self._store = store
        self._shelf = shelf
        self._assessor = assessor
        self._clock = clock
        self._user = user
        self._language: FormLanguage | None = None

    def rule_files(self) -> tuple[RuleFile, ...]:
        """Return the files of the pack in use, marked where there is a draft."""
        drafted = frozenset(
            file.path for file in self._shelf.files if self._store.draft(file.path, self._user)
        )
        return browse.rule_files(self._shelf.current(self._clock.now().date()), drafted)

    def rule_text(self, path: str) -> RuleText:
        """Return a file as it stands, with the user's draft of it."""
        file = self._file(path)
        return RuleText(
            path=path,
            text=file.content.decode(),
            content=file_hash(file.content),
            draft=self._store.draft(path, self._user),
        )

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Check the whole pack as if the file had this text."""
        self._file(path)
        files = with_text(self._shelf.files, path, text)
        return load_pack(files, self._clock.now().date(), extra_checks=EXTRA_CHECKS)[1]

    def save(self, path: str, text: str) -> Draft:
        """Keep a draft, replacing the user's earlier one of the file."""
        draft = Draft(
            path=path,
            text=text,
            based_on=file_hash(self._file(path).content),
            by=self._user,
            saved_at=self._clock.now(),
        )
        self._store.save_draft(draft, self._event(AuditKind.DRAFT_SAVED, path))
        return draft

    def discard(self, path: str) -> None:
        """Forget the user's draft of a file."""
        self._store.discard_draft(path, self._user, self._event(AuditKind.DRAFT_DISCARDED, path))

    def form_language(self) -> FormLanguage:
        """Return what the form of a rule may hold, and the names of the pack in use."""
        if self._language is None:
            self._language = form_language(self._shelf.files, self._clock.now().date())
        return self._language

    def rule_form(self, path: str, text: str, rule_id: RuleId) -> RuleForm:
        """Return the tree of a rule, as if the file had this text."""
        self._file(path)
        return form_tree.rule_form(path, text, rule_id)

    def with_rule_form(self, path: str, text: str, rule_id: RuleId, form: FormNode) -> str:
        """Return the text with one rule saying this tree."""
        self._file(path)
        return form_tree.with_rule_form(path, text, rule_id, form)

    def drafted_rule(self, path: str, text: str, rule_id: RuleId) -> RuleView:
        """Return a rule to be read, as if the file had this text."""
        self._file(path)
        files = with_text(self._shelf.files, path, text)
        today = self._clock.now().date()
        pack, diagnostics = load_pack(files, today, cases=False, extra_checks=EXTRA_CHECKS)
        if pack is None:
            raise rejected(diagnostics, path)
        return browse.rule_view(pack, rule_id)

    def run_cases(self, path: str, text: str | None, progress: Progress) -> CaseReport:
        """Run the cases beside a file, or all; with a text, as if the file had it."""
        files = self._shelf.files
        if text is not None:
            self._file(path)
            files = with_text(files, path, text)
        today = self._clock.now().date()
        return run_cases(files, today, self._assessor, progress, only=path, extra_checks=EXTRA_CHECKS)

    def _file(self, path: str) -> PackFile:
        found = next((file for file in self._shelf.files if file.path == path), None)
        if found is None:
            raise NotFound(f"the rule pack has no file {path!r}.")
        return found

    def _event(self, kind: AuditKind, path: str) -> AuditEvent:
        return AuditEvent(kind=kind, subject=path, by=self._user, at=self._clock.now(), detail=kind.value)
