"""Small packs for proofs: the one without a mistake, with rules of the test's own beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from small_pack import DAY, base_files

from engine.bootstrap.packs import FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.domain.pack import PackFile, RulePack
from engine.inference.reference import ReferenceEngine
from engine.knowledge.load import load
from engine.knowledge.proof_records import Proof, ProofKind, ProofReport
from engine.knowledge.proofs import prove


@dataclass
class Quiet:
    """Progress that remembers what it was told."""

    told: list[tuple[int, int, str]] = field(default_factory=list)

    def step(self, done: int, total: int, what: str) -> None:
        """Remember it."""
        self.told.append((done, total, what))


def assessor() -> RuleAssessor:
    """Return what assesses options: facts, rules, verdicts, as in use."""
    return RuleAssessor(FactsByPack(), ReferenceEngine())


def rule_text(
    name: str,
    when: str,
    *,
    kind: str = "precaution",
    severity: str = "caution",
    options: str = "[apixaban]",
    dose: str = "",
    jurisdiction: str = "",
) -> str:
    """Return one rule as an entry below ``rules:``."""
    law = f"    jurisdiction: {jurisdiction}\n" if jurisdiction else ""
    said = f", dose: {dose}" if dose else ""
    return (
        f"  {name}:\n    title: A rule called {name}\n    for: {options}\n{law}    when: {when}\n"
        f"    then: {{kind: {kind}, severity: {severity}, strength: low, say: Mind {name}.,"
        f" manage: Look again.{said}}}\n"
        "    sources: [{citation: label, where: x}]\n    review_by: 2027-11-30\n"
        "    author: the authors of the tests\n    version: 1\n    status: draft\n"
    )


def with_rules(*rules: str, alone: bool = True, cases: str = "") -> tuple[PackFile, ...]:
    """Return the small pack with these rules, alone or beside its own."""
    files = [
        file for file in base_files(rules__own="rules:\n" + "".join(rules)) if not alone or not _own(file)
    ]
    if cases:
        files.append(PackFile(path="rules/own.cases.yaml", content=cases.encode()))
    return tuple(files)


def _own(file: PackFile) -> bool:
    return file.path.startswith("rules/apixaban")


def pack_of(files: tuple[PackFile, ...]) -> RulePack:
    """Return the pack, or fail with what is wrong with it."""
    loaded = load(files, DAY, cases=False)
    assert loaded.pack is not None, "\n".join(map(str, loaded.diagnostics))
    return loaded.pack


def proved(*rules: str, everything: bool = False) -> ProofReport:
    """Return everything proved about a pack of these rules alone."""
    files = with_rules(*rules)
    return prove(pack_of(files), files, DAY, assessor(), Quiet(), everything=everything)


def of_kind(report: ProofReport, kind: ProofKind) -> tuple[Proof, ...]:
    """Return the proofs of one kind."""
    return tuple(proof for proof in report.proofs if proof.kind is kind)
