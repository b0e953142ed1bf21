"""A small rule pack from a script: two rule files, one of cases, one of words; drafts in memory.

A text with ``severity: sever`` in it has one error, at that line; one with ``fails: true`` makes its
first case fail. Nothing else is understood of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from builders import NOON, NURSE

from engine.domain.diagnostics import CaseReport, CaseResult, Diagnostic, DiagnosticGrade
from engine.domain.findings import Severity
from engine.domain.ids import CitationId, ContentHash, OptionId, RuleId
from engine.domain.pages import Draft
from engine.domain.provenance import Checked, Citation, CitationKind, SourceRef
from engine.domain.replies import CitedSource, RuleFile, RuleSummary, RuleText, RuleView
from engine.domain.rules import FileSpan, Jurisdiction
from engine.errors import NotFound, PackRejected
from engine.knowledge.form_tree import rule_form

DABIGATRAN = "rules/atrial-fibrillation/dabigatran.yaml"
APIXABAN = "rules/atrial-fibrillation/apixaban.yaml"
CASES = "rules/atrial-fibrillation/dabigatran.cases.yaml"
DRUGS = "vocabulary/drugs.yaml"

TEXTS = {
    DABIGATRAN: (
        "# Dabigatran in atrial fibrillation\n"
        "rules:\n"
        "  dabigatran.crcl:\n"
        "    title: Dabigatran below the renal limit\n"
        "    for: [dabigatran]\n"
        "    when: {quantity: crcl, below: dabigatran.crcl_floor}\n"
        "    then:\n"
        "      severity: contraindicated\n"
        "      say: Creatinine clearance is {crcl}.\n"
        "  dabigatran.dyspepsia:\n"
        "    title: Dabigatran and dyspepsia\n"
        "    for: [dabigatran]\n"
        "    then:\n"
        "      severity: note\n"
    ),
    APIXABAN: "rules:\n  apixaban.dose:\n    title: Apixaban dose\n    then:\n      severity: caution\n",
    CASES: "cases:\n  - name: clearance of 29.9\n    then: {dabigatran.crcl: fires}\n",
    DRUGS: "drugs:\n  dabigatran: {title: Dabigatran}\n",
}

#: One rule that nests premises and has every sort of field.
NESTED = """\
rules:
  # The label of the European Union.
  dabigatran.crcl:
    title: Dabigatran below the renal limit
    for: [dabigatran]
    jurisdiction: EU
    when:
      all:
        - {quantity: crcl, below: 30 mL/min, no_older_than: 180 days}  # the newest one
        - any: [{takes: amiodarone}, {condition: atrial_fibrillation, ever: yes}]
        - not: {concept: renal.dialysis}
        - at_least_n: {n: 2, of: [{sex: female}, {state: pregnant}, {allergy: penicillins}]}
        - diplotype: {gene: CYP2C9, is: ["*2/*3", "*3/*3"]}
    then:
      kind: contraindication
      severity: contraindicated
      strength: high
      say: Creatinine clearance is {crcl}; the kidneys clear dabigatran, and below the limit it builds up.
      manage: Choose apixaban or warfarin, and measure again when the kidneys have recovered.
      alternatives: [apixaban, warfarin]
    sources: [{citation: pradaxa-eu, where: "4.3"}]
    review_by: 2027-11-30
    author: WhyRx starter pack
    version: 1
    status: starter
  dabigatran.dyspepsia:
    title: Dabigatran and dyspepsia
    for: [dabigatran]
    then:
      severity: note
"""


def a_rule(
    rule_id: str, title: str, severity: Severity, path: str, line: int, *, seen: bool = True
) -> RuleSummary:
    """Return one rule of the list."""
    option = rule_id.partition(".")[0]
    return RuleSummary(
        rule_id=RuleId(rule_id),
        title=title,
        severity=severity,
        options=(OptionId(option),),
        span=FileSpan(path=path, line=line),
        jurisdiction=Jurisdiction.EU if severity is Severity.CONTRAINDICATED else None,
        sources_seen=seen,
        cases=2 if severity is Severity.CONTRAINDICATED else 0,
    )


RULES = {
    rule.rule_id: rule
    for rule in (
        a_rule(
            "dabigatran.crcl", "Dabigatran below the renal limit", Severity.CONTRAINDICATED, DABIGATRAN, 3
        ),
        a_rule("dabigatran.dyspepsia", "Dabigatran and dyspepsia", Severity.NOTE, DABIGATRAN, 10, seen=False),
        a_rule("apixaban.dose", "Apixaban dose", Severity.CAUTION, APIXABAN, 2),
    )
}


class ScriptedPack:
    """Files, texts, drafts and cases."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self.texts = dict(TEXTS)

    def files(self) -> tuple[RuleFile, ...]:
        """Return every file with its rules."""
        kinds = {DABIGATRAN: "rules", APIXABAN: "rules", CASES: "cases", DRUGS: "vocabulary"}
        return tuple(
            RuleFile(
                path=path,
                kind=kind,
                rules=tuple(rule for rule in RULES.values() if rule.span.path == path),
                drafted=path in self.drafts,
            )
            for path, kind in kinds.items()
        )

    def rule(self, rule_id: RuleId) -> RuleView:
        """Return one rule with one source."""
        rule = RULES.get(rule_id)
        if rule is None:
            raise NotFound(f"There is no rule {rule_id!r}.")
        checked = Checked.SEEN if rule.sources_seen else Checked.NOT_SEEN
        return RuleView(
            summary=rule,
            sentence=f"When creatinine clearance is below 30 mL/min, {rule.severity.value} holds.",
            say="Creatinine clearance is {crcl}.",
            manage="Choose apixaban or warfarin.",
            status="starter, not clinically reviewed",
            review_by="2027-11-30",
            author="WhyRx starter pack",
            version=1,
            sources=(
                CitedSource(
                    ref=SourceRef(citation=CitationId("pradaxa-eu"), where="4.3"),
                    citation=Citation(
                        citation_id=CitationId("pradaxa-eu"),
                        title="Pradaxa, summary of product characteristics",
                        kind=CitationKind.LABEL_EU,
                        year=2020,
                        locator="EMEA/H/C/000829",
                        checked=checked,
                        how="section 4.3 read in a stored copy",
                        on=date(2026, 11, 22),
                    ),
                ),
            ),
            concepts=(("severe renal impairment", "holds when creatinine clearance is below 30 mL/min."),),
            yaml=self.texts[rule.span.path],
            cases=(),
        )

    def drafted(self, path: str, text: str, rule_id: RuleId) -> RuleView:
        """Return a rule with title and severity as a text has them."""
        if self.diagnose(path, text):
            raise PackRejected("the rule pack cannot be used: 1 errors.", place=path)
        form = rule_form(path, text, rule_id).tree
        title, then = form.get("title"), form.get("then")
        severity = then.get("severity") if then is not None else None
        rule = self.rule(rule_id)
        said = Severity(severity.text or "") if severity is not None else rule.summary.severity
        summary = replace(rule.summary, title=title.text or "" if title else "", severity=said)
        return replace(rule, summary=summary, sentence=f"In the draft, {said.value} holds.")

    def text(self, path: str) -> RuleText:
        """Return a file as text."""
        if path not in self.texts:
            raise NotFound(f"There is no file {path!r}.")
        return RuleText(
            path=path,
            text=self.texts[path],
            content=ContentHash("cd" * 32),
            draft=self.drafts.get(path),
        )

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Find the one error that a text can have."""
        return tuple(
            Diagnostic(
                code="choice",
                grade=DiagnosticGrade.ERROR,
                message=f'"{line.partition(":")[2].strip()}" is not one of the choices here.',
                hint="The choices are: contraindicated, avoid, caution, note.",
                span=FileSpan(path=path, line=number, column=7),
            )
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip() == "severity: sever"
        )

    def save(self, path: str, text: str) -> Draft:
        """Keep a draft."""
        draft = Draft(path=path, text=text, based_on=ContentHash("cd" * 32), by=NURSE, saved_at=NOON)
        self.drafts[path] = draft
        return draft

    def cases(self, path: str, text: str | None) -> CaseReport:
        """Run two cases on dabigatran, none on anything else."""
        if text is not None and (errors := self.diagnose(path, text)):
            return CaseReport(results=(), diagnostics=errors)
        if path not in ("", DABIGATRAN, CASES):
            return CaseReport(results=(), diagnostics=())
        fails = text is not None and "fails: true" in text
        return CaseReport(
            results=(
                CaseResult(
                    name="clearance of 29.9",
                    span=FileSpan(path=CASES, line=2),
                    rules=(RuleId("dabigatran.crcl"),),
                    passed=not fails,
                    detail="dabigatran.crcl: expected fires, came silent." if fails else "",
                ),
                CaseResult(
                    name="dyspepsia in the record",
                    span=FileSpan(path=CASES, line=3),
                    rules=(RuleId("dabigatran.dyspepsia"),),
                    passed=True,
                    detail="",
                ),
            ),
            diagnostics=(),
        )
