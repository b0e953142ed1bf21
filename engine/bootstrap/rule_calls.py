"""Calls about the rule pack: reading it, drafting, trying, and putting new rules in use."""

from __future__ import annotations

from engine.bootstrap.composed import Composed
from engine.domain.audit import AuditKind
from engine.domain.diagnostics import CaseReport, Diagnostic
from engine.domain.forms import FormLanguage, FormNode, RuleForm
from engine.domain.ids import RuleId
from engine.domain.pages import Draft
from engine.domain.replies import RuleFile, RulesReloaded, RuleText, RuleView
from engine.errors import WhyRxError
from engine.knowledge import browse
from engine.ports import Progress


class RuleCalls(Composed):
    """Reads, drafts and reloads rules."""

    def reload_rules(self) -> RulesReloaded:
        """Put the rules on disk in use; between two calls, so that none sees some of both."""
        before = self._shelf.pack_hash
        try:
            pack = self._shelf.reload(self._clock.now().date(), self._floors.assessor.warm)
        except WhyRxError as refusal:
            self._log(AuditKind.RULES_REFUSED, before, f"the rules in use stay in use: {refusal}")
            raise
        self._floors.read_with(pack)
        self._room = None
        self._log(
            AuditKind.RULES_RELOADED,
            pack.pack_hash,
            f"{pack.title} {pack.version}, {len(pack.rules)} rules, in place of {before[:12]}",
        )
        return RulesReloaded(
            title=pack.title,
            version=pack.version,
            rules=len(pack.rules),
            before=before,
            after=pack.pack_hash,
        )

    def rule_files(self) -> tuple[RuleFile, ...]:
        """Return the files of the pack in use."""
        return self._work.drafts.rule_files()

    def rule(self, rule_id: RuleId) -> RuleView:
        """Return one rule of the pack in use, to be read."""
        return browse.rule_view(self._shelf.current(self._clock.now().date()), rule_id)

    def rule_text(self, path: str) -> RuleText:
        """Return a rule file of the pack in use, with the user's draft of it."""
        return self._work.drafts.rule_text(path)

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Check the whole pack as if the file had this text; nothing is stored."""
        return self._work.drafts.diagnose(path, text)

    def save_draft(self, path: str, text: str) -> Draft:
        """Keep a draft; the pack in use is untouched."""
        return self._work.drafts.save(path, text)

    def discard_draft(self, path: str) -> None:
        """Forget the draft."""
        self._work.drafts.discard(path)

    def form_language(self) -> FormLanguage:
        """Return what the form of a rule may hold, and the names of the pack in use."""
        return self._work.drafts.form_language()

    def rule_form(self, path: str, text: str, rule_id: RuleId) -> RuleForm:
        """Return the tree of a rule, as if the file had this text."""
        return self._work.drafts.rule_form(path, text, rule_id)

    def with_rule_form(self, path: str, text: str, rule_id: RuleId, form: FormNode) -> str:
        """Return the text with one rule saying this tree."""
        return self._work.drafts.with_rule_form(path, text, rule_id, form)

    def drafted_rule(self, path: str, text: str, rule_id: RuleId) -> RuleView:
        """Return a rule to be read, as if the file had this text."""
        return self._work.drafts.drafted_rule(path, text, rule_id)

    def run_cases(self, path: str, text: str | None, progress: Progress) -> CaseReport:
        """Run the cases that stand beside a file."""
        return self._work.drafts.run_cases(path, text, progress)
