"""Running cases through an assessor, and saying what came instead of what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from engine.domain.diagnostics import CaseReport, CaseResult, Diagnostic, DiagnosticGrade
from engine.domain.ids import RuleId
from engine.domain.options import Assessment
from engine.domain.pack import PackFile, RulePack
from engine.domain.rules import Parameter
from engine.knowledge.case_records import record_of
from engine.knowledge.case_schema import Expectation, Outcome
from engine.knowledge.cases import Case
from engine.knowledge.codes import Code
from engine.knowledge.entries import CASES_SUFFIX
from engine.knowledge.load import Loaded, load
from engine.knowledge.material import Check
from engine.ports import Assessor, Progress

_NOON = time(12, tzinfo=UTC)


def run_cases(
    files: tuple[PackFile, ...],
    day: date,
    assessor: Assessor,
    progress: Progress,
    *,
    only: str = "",
    extra_checks: tuple[Check, ...] = (),
) -> CaseReport:
    """Run the cases of a pack, each on its own day.

    Args:
        files: every file of the pack, drafts in place of what they replace.
        day: the day for which the pack is checked.
        assessor: what assesses options.
        progress: told after each case.
        only: the path of a file: its own cases and those of its rules run. Empty: all.
        extra_checks: as for ``load_pack``.

    Raises:
        Cancelled: the user asked for it to stop.
    """
    loaded = load_to_run(files, day, extra_checks)
    if loaded.pack is None:
        return CaseReport(results=(), diagnostics=loaded.diagnostics)
    cases = cases_beside(loaded.pack, loaded.cases, only)
    packs = Packs(files, loaded)
    results: list[CaseResult] = []
    for number, case in enumerate(cases, start=1):
        results.append(_run(case, packs.on(case.on), assessor))
        progress.step(number, len(cases), case.name)
    return CaseReport(results=tuple(results), diagnostics=_about(loaded.diagnostics, only))


def load_to_run(files: tuple[PackFile, ...], day: date, extra_checks: tuple[Check, ...] = ()) -> Loaded:
    """Load a pack; cases that are still missing are told, but do not keep the others from running."""
    loaded = load(files, day, extra_checks=extra_checks)
    errors = {item.code for item in loaded.diagnostics if item.grade is DiagnosticGrade.ERROR}
    if errors != {Code.CASES_MISSING.value}:
        return loaded
    return replace(loaded, pack=load(files, day, cases=False).pack)


def cases_beside(pack: RulePack, cases: Sequence[Case], path: str) -> tuple[Case, ...]:
    """Return the cases that stand in a file, or speak of its rules; all where neither is so."""
    rules = {rule.rule_id for rule in pack.rules.values() if rule.span.path == path}
    if not path.endswith(CASES_SUFFIX) and not rules:
        return tuple(cases)
    return tuple(case for case in cases if case.span.path == path or rules.intersection(case.rules))


def _about(diagnostics: tuple[Diagnostic, ...], path: str) -> tuple[Diagnostic, ...]:
    return tuple(item for item in diagnostics if not path or item.span.path == path)


class Packs:
    """The pack for each day on which a case plays: another one only where a threshold differs."""

    def __init__(self, files: tuple[PackFile, ...], loaded: Loaded) -> None:
        """Begin with the pack as it was loaded."""
        self._files = files
        self._parameters: tuple[Parameter, ...] = (
            tuple(loaded.pack.parameters.values()) if loaded.pack else ()
        )
        self._packs: dict[tuple[Decimal | None, ...], RulePack | tuple[Diagnostic, ...]] = {}
        if loaded.pack:
            self._packs[self._thresholds(loaded.day)] = loaded.pack

    def on(self, day: date) -> RulePack | tuple[Diagnostic, ...]:
        """Return the pack of a day, or why it cannot be used on that day."""
        key = self._thresholds(day)
        if key not in self._packs:
            again = load(self._files, day, cases=False)
            self._packs[key] = again.pack or again.diagnostics
        return self._packs[key]

    def _thresholds(self, day: date) -> tuple[Decimal | None, ...]:
        values = (parameter.value_on(day) for parameter in self._parameters)
        return tuple(value.value if value else None for value in values)


def noon_of(day: date) -> datetime:
    """Return the moment at which a case plays."""
    return datetime.combine(day, _NOON)


def _run(case: Case, pack: RulePack | tuple[Diagnostic, ...], assessor: Assessor) -> CaseResult:
    if not isinstance(pack, RulePack):
        return _result(case, [f"On {case.on} the pack cannot be used: {pack[0]}"])
    record = record_of(case, pack.vocabulary)
    as_of = noon_of(case.on)
    assessments = assessor.assess(pack, record, case.indication_id, case.jurisdiction, as_of)
    return _result(case, [*_of_rules(case, pack, assessments), *_of_verdicts(case, assessments)])


def _result(case: Case, complaints: list[str]) -> CaseResult:
    return CaseResult(
        name=case.name,
        span=case.span,
        rules=case.rules,
        passed=not complaints,
        detail=" ".join(complaints),
    )


def _of_rules(case: Case, pack: RulePack, assessments: Sequence[Assessment]) -> Iterator[str]:
    there = {each.option.option_id for each in assessments}
    for each in case.expected:
        rule = pack.rules.get(each.rule_id)  # a retired one is not in the pack
        if rule is not None and there.isdisjoint(rule.options):
            yield (
                f"{each.rule_id}: the patient takes none of its drugs, or none is marketed under the"
                f" {case.jurisdiction} label, so that the case says nothing of it."
            )
            continue
        came = _came(each.rule_id, assessments)
        if came is not each.expectation:
            why = _missing(each.rule_id, assessments) if came is Expectation.UNDECIDED else ""
            yield f"{each.rule_id}: expected {each.expectation}, came {came}{why}."


def _came(rule_id: RuleId, assessments: Sequence[Assessment]) -> Expectation:
    if any(finding.rule_id == rule_id for each in assessments for finding in each.findings):
        return Expectation.FIRES
    if any(item.rule_id == rule_id for each in assessments for item in each.undecided):
        return Expectation.UNDECIDED
    return Expectation.SILENT


def _missing(rule_id: RuleId, assessments: Sequence[Assessment]) -> str:
    lacking = dict.fromkeys(
        f"{datum.title}: {datum.reason}"
        for each in assessments
        for item in each.undecided
        if item.rule_id == rule_id
        for datum in item.missing
    )
    return f" ({'; '.join(lacking)})" if lacking else ""


def _of_verdicts(case: Case, assessments: Sequence[Assessment]) -> Iterator[str]:
    came = {each.option.option_id: each for each in assessments}
    for option_id, expected in case.verdicts:
        each = came.get(option_id)
        if (each.verdict.value if each else Outcome.NOT_OFFERED.value) == expected.value:
            continue
        if each is None:
            yield (
                f"{option_id}: expected {expected}, but it was not assessed: the patient does not take it, or"
                f" it is not marketed under the {case.jurisdiction} label."
            )
            continue
        said = [finding.rule_id for finding in each.findings] + [
            f"{item.rule_id}?" for item in each.undecided
        ]
        because = f" by {', '.join(said)}" if said else ""
        yield f"{option_id}: expected {expected}, came {each.verdict}{because}."
        yield from each.faults
