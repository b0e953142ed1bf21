"""Proofs about a whole pack: what no set of cases can show.

A statement that something is possible comes with a patient; the patient is run as a case through
the real assessor, so that what is shown was seen to happen. A statement that something can never
be has the solver's word alone; where the solver ran out of time, that is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from engine.domain.pack import PackFile, RulePack
from engine.domain.rules import FileSpan, Jurisdiction
from engine.domain.therapy import OptionsFrom
from engine.knowledge.dead_members import find_dead_members
from engine.knowledge.gaps import find_gaps
from engine.knowledge.idle_parts import find_idle_parts
from engine.knowledge.pair_proofs import prove_pairs
from engine.knowledge.proof_records import Proof, ProofKind, ProofReport
from engine.knowledge.prover import Prover, out_of_time
from engine.knowledge.shown_patients import tried
from engine.ports import Assessor, Progress


def prove(
    pack: RulePack,
    files: tuple[PackFile, ...],
    day: date,
    assessor: Assessor,
    progress: Progress,
    *,
    everything: bool = False,
    timeout_ms: int = 2000,
) -> ProofReport:
    """Prove what there is to prove about a pack, and run every patient shown through the assessor.

    Args:
        pack: with the thresholds of the day.
        files: the same pack as bytes, for running cases.
        day: the day on which the patients are seen.
        assessor: what says whether they bear out what is claimed.
        progress: told after each part of the work.
        everything: list what is for information as well, each with its patient.
        timeout_ms: how long the solver may think about one question.
    """
    prover = Prover(pack, day, progress, timeout_ms=timeout_ms)
    found: list[Proof] = []
    parts: Sequence[tuple[str, Callable[[], Iterable[Proof]]]] = (
        ("rules that can never fire", lambda: _unreachable(prover)),
        ("concepts that can never hold", lambda: _never_hold(prover)),
        ("options that nothing excludes", lambda: _never_excluded(prover, found)),
        ("parts that decide nothing", lambda: find_idle_parts(prover.world, prover.rules, prover.possible)),
        ("members that decide nothing", lambda: find_dead_members(prover)),
        ("pairs of rules", lambda: prove_pairs(prover, everything=everything)),
        ("gaps in ranges", lambda: find_gaps(prover)),
    )
    for number, (what, part) in enumerate(parts, start=1):
        found.extend(part())
        progress.step(number, len(parts), what)
    counts = Counter(proof.kind.value for proof in found)
    listed = [proof for proof in found if everything or not proof.kind.is_information]
    return ProofReport(
        proofs=_confirmed(listed, files, day, assessor),
        counts=dict(counts),
        questions=prover.questions,
        rules=len(prover.rules),
    )


def _confirmed(
    proofs: Sequence[Proof], files: tuple[PackFile, ...], day: date, assessor: Assessor
) -> tuple[Proof, ...]:
    shown = [proof.shown for proof in proofs if proof.shown is not None]
    said = iter(tried(files, shown, day, assessor))
    return tuple(proof if proof.shown is None else replace(proof, unconfirmed=next(said)) for proof in proofs)


def _unreachable(prover: Prover) -> Iterator[Proof]:
    for rule in prover.rules:
        possible = prover.possible(prover.formula[rule.rule_id])
        if possible is None:
            yield out_of_time(f"{rule.rule_id} can fire.", rule.span, rules=(rule.rule_id,))
        elif not possible:
            yield Proof(
                kind=ProofKind.UNREACHABLE,
                message=f"{rule.rule_id} can fire for no patient: its premise contradicts itself.",
                spans=(rule.span,),
                rules=(rule.rule_id,),
                options=rule.options,
            )


def _never_hold(prover: Prover) -> Iterator[Proof]:
    for name, concept in prover.pack.concepts.items():
        possible = prover.possible(prover.concept[name])
        if possible is None:
            yield out_of_time(f"{name} can hold.", concept.span)
        elif not possible:
            message = f"{name} can hold of no patient: its premise contradicts itself."
            yield Proof(kind=ProofKind.NEVER_HOLDS, message=message, spans=(concept.span,))


def _never_excluded(prover: Prover, found: Sequence[Proof]) -> Iterator[Proof]:
    dead = {rule for proof in found if proof.kind is ProofKind.UNREACHABLE for rule in proof.rules}
    for indication in prover.pack.indications.values():
        if indication.options_from is OptionsFrom.MEDICATIONS:
            continue  # a drug that is taken may well be one that nothing excludes
        for option in indication.options:
            for jurisdiction in Jurisdiction:
                rules = prover.excluding(option.option_id, jurisdiction)
                if all(rule.rule_id in dead for rule in rules):
                    about = [rule for rule in prover.rules if option.option_id in rule.options]
                    place = (
                        about[0].span
                        if about
                        else FileSpan(path=f"indications ({indication.indication_id})", line=1)
                    )
                    yield Proof(
                        kind=ProofKind.NEVER_EXCLUDED,
                        message=f"no rule can exclude {option.option_id} in the {jurisdiction.value}.",
                        spans=(place,),
                        options=(option.option_id,),
                    )
