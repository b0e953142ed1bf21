"""Proofs, coverage, planted mistakes and suggested cases of the pack in a folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from engine.bootstrap.packs import EXTRA_CHECKS, FactsByPack
from engine.bootstrap.system import SystemClock
from engine.decision.assessment import RuleAssessor
from engine.domain.pack import PackFile, RulePack
from engine.inference.reference import ReferenceEngine
from engine.knowledge.case_facts import CaseBook, open_cases
from engine.knowledge.case_runs import load_to_run
from engine.knowledge.coverage import CoverageReport, measure_coverage
from engine.knowledge.load import Loaded, rejected
from engine.knowledge.merge import read_packs
from engine.knowledge.mutation import MutationReport, measure_mutation
from engine.knowledge.proof_records import ProofReport
from engine.knowledge.proofs import prove
from engine.knowledge.suggested_cases import Suggestion, suggest_cases
from engine.ports import Progress


def prove_folder(folder: Path, progress: Progress, *, everything: bool = False) -> ProofReport:
    """Prove what there is to prove about the pack in a folder, on the thresholds of today.

    Raises:
        PackRejected: there is an error in it.
    """
    files, loaded, pack = _opened(folder)
    return prove(pack, files, loaded.day, _assessor(), progress, everything=everything)


def suggest_folder_cases(folder: Path, rule_id: str) -> Suggestion:
    """Make cases from the tree of one rule.

    Raises:
        PackRejected: there is an error in the pack.
        NotFound: it has no such rule.
    """
    files, loaded, pack = _opened(folder)
    return suggest_cases(pack, files, loaded.day, rule_id, _assessor())


def cover_folder(*folders: Path) -> CoverageReport:
    """Measure what the cases of the packs in some folders have seen.

    Raises:
        PackRejected: there is an error in it.
    """
    return measure_coverage(_book(*folders), ReferenceEngine())


def mutate_folder(*folders: Path, progress: Progress, sample: int | None = None) -> MutationReport:
    """Measure how many planted mistakes the cases of the packs in some folders notice.

    Raises:
        PackRejected: there is an error in it.
    """
    return measure_mutation(_book(*folders), ReferenceEngine(), progress, sample=sample)


def _opened(*folders: Path) -> tuple[tuple[PackFile, ...], Loaded, RulePack]:
    files = read_packs(folders, sealed=False)
    day: date = SystemClock().now().date()
    loaded = load_to_run(files, day, EXTRA_CHECKS)
    if loaded.pack is None:
        raise rejected(loaded.diagnostics, ", ".join(map(str, folders)))
    return files, loaded, loaded.pack


def _book(*folders: Path) -> CaseBook:
    files, loaded, pack = _opened(*folders)
    return open_cases(files, loaded) or CaseBook(pack=pack, cases=(), skipped=())


def _assessor() -> RuleAssessor:
    return RuleAssessor(FactsByPack(), ReferenceEngine())
