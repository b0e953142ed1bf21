# ruff: noqa: E402 - run as a script, it has to put tests/support on the path before it can import from it
"""Measure rule evaluation: ``python tests/benchmarks/rules.py``.

One patient, five options, about sixty rules over twenty-five derived concepts in chains of depth
three, both evaluators, processes already started. Then the same indication in a pack with ten times
as many rules that do not concern it; start-up; recovery from a killed and from a stopped worker.
Every goal is printed as a ratio: at or below 1.00 it is met. The quickest run tells what the work
takes, the median and the 95th percentile what this machine made of it.
"""

from __future__ import annotations

import os
import signal
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from packs import INDICATION, a_concept, a_pack, a_rule, an_option, derived, has

from engine.decision.plan import program_of
from engine.domain.atoms import QuantityWithin, TakesDrug
from engine.domain.ids import DrugId, QuantityId, Symbol
from engine.domain.pack import RulePack
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, AtLeast, Concept, Negation, Premise, Rule, atoms_of
from engine.domain.truth import Truth
from engine.inference.compile import compile_program
from engine.inference.crosscheck import CrosscheckedEngine, open_engine
from engine.inference.reference import evaluate
from engine.ports import Program

OPTIONS = ("apixaban", "dabigatran", "edoxaban", "rivaroxaban", "warfarin")
CONCEPTS = 25
RULES = 60
TIMES = 300

#: Share of atoms that are false, true and unknown, out of ten.
PATIENTS = {"well documented": (8, 2, 0), "usual": (7, 1, 2), "hardly documented": (1, 1, 8)}


def crcl_below(limit: int) -> Premise:
    """Return the atom of a quantity, whose symbol is the dearest to write out."""
    interval = Interval(unit="mL/min", high=Decimal(limit))
    return QuantityWithin(quantity=QuantityId("crcl"), interval=interval, max_age_days=365)


def takes(drug: str) -> Premise:
    """Return the atom that the patient takes a drug."""
    return TakesDrug(drug=DrugId(drug))


def concepts(prefix: str) -> list[Concept]:
    """Return concepts: a third over atoms, a third over those, a third over these again."""
    found: list[Concept] = []
    third = CONCEPTS // 3 + 1
    for number in range(CONCEPTS):
        several = tuple(has(f"{prefix}condition {(number * 7 + step * 5) % 60}") for step in range(4))
        when: Premise = AnyOf(parts=several)
        if number >= third:
            below = tuple(derived(f"{prefix}concept {number - third + step}") for step in range(2))
            when = AnyOf(
                parts=(AllOf(parts=(below[0], several[0])), below[1], takes(f"{prefix}drug {number}"))
            )
        if number % 6 == 5:
            when = AtLeast(count=2, parts=(when, *several[1:]))
        found.append(a_concept(f"{prefix}concept {number}", when))
    return found


def rules(prefix: str, options: tuple[str, ...], count: int) -> list[Rule]:
    """Return rules as a pharmacist writes them: a state or a concept, a drug or a quantity, an exception."""
    found: list[Rule] = []
    for number in range(count):
        concept = derived(f"{prefix}concept {number * 11 % CONCEPTS}")
        condition = has(f"{prefix}condition {number % 60}")
        forms: tuple[Premise, ...] = (
            condition,
            concept,
            AllOf(parts=(crcl_below(15 + number), takes(f"{prefix}drug {number % 20}"))),
            AllOf(parts=(concept, Negation(part=condition), crcl_below(30))),
            AnyOf(parts=(concept, condition, takes(f"{prefix}drug {number % 20}"))),
            AtLeast(count=2, parts=(concept, condition, crcl_below(50), takes(f"{prefix}drug {number % 7}"))),
        )
        about = (options[number % len(options)],) if number % 3 else options
        found.append(a_rule(f"{prefix}rule {number:03}", forms[number % len(forms)], *about))
    return found


def pack(irrelevant: int) -> RulePack:
    """Return the pack, with so many times as many rules about other options."""
    several = [(rules("", OPTIONS, RULES), concepts(""))]
    several += [(rules(f"{n}-", (f"other {n}",), RULES), concepts(f"{n}-")) for n in range(irrelevant)]
    return a_pack(
        rules=[rule for some, _ in several for rule in some],
        concepts=[concept for _, some in several for concept in some],
        options=[an_option(name) for name in OPTIONS],
    )


def truths_of(program: Program, shares: tuple[int, int, int]) -> dict[Symbol, Truth]:
    """Return truths in these shares, spread evenly over the atoms."""
    deck = [Truth.FALSE] * shares[0] + [Truth.TRUE] * shares[1] + [Truth.UNKNOWN] * shares[2]
    premises = [rule.when for rule in program.rules] + [concept.when for concept in program.concepts]
    symbols = dict.fromkeys(atom.symbol for premise in premises for atom in atoms_of(premise))
    return {symbol: deck[number * 7 % 10] for number, symbol in enumerate(symbols)}


def timed(work: Callable[[], object], times: int = TIMES) -> tuple[float, float, float]:
    """Return the quickest, the median and the 95th percentile, in milliseconds."""
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        taken.append((time.perf_counter() - before) * 1000)
    return min(taken), statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def assess(engine: CrosscheckedEngine, source: RulePack, truths: dict[Symbol, Truth]) -> None:
    """Do what a recommendation does: select the rules, evaluate them twice, compare."""
    answer = engine.evaluate(program_of(source, source.indications[INDICATION]), truths)
    if answer.faults:
        raise SystemExit(f"the evaluation had faults: {answer.faults}")


def goal(name: str, measured: float, allowed: float, unit: str) -> None:
    """Print one measured value against its goal."""
    print(f"{name:<58} {measured:8.2f} {unit:<2} of {allowed:g}: {measured / allowed:.2f}")


def recovery(how: signal.Signals, source: RulePack, truths: dict[Symbol, Truth]) -> tuple[float, float]:
    """Return the seconds of the evaluation that met a dead or stopped worker, and the ms of the next."""
    with open_engine() as engine:
        engine.warm()
        assess(engine, source, truths)
        os.kill(engine._workers.process_ids[0], how)
        before = time.perf_counter()
        answer = engine.evaluate(program_of(source, source.indications[INDICATION]), truths)
        lost = time.perf_counter() - before
        if not answer.faults:
            raise SystemExit(f"{how.name} went unnoticed")
        before = time.perf_counter()
        assess(engine, source, truths)
        return lost, (time.perf_counter() - before) * 1000


def main() -> None:
    """Measure and print."""
    small, large = pack(0), pack(10)
    program = program_of(small, small.indications[INDICATION])
    compiled = compile_program(program)
    print(f"{len(program.rules)} rules, {len(program.concepts)} concepts, {len(compiled.clauses)} clauses")
    before = time.perf_counter()
    with open_engine() as engine:
        if problems := engine.warm():
            raise SystemExit("; ".join(problems))
        started = (time.perf_counter() - before) * 1000
        print(f"{'start of both workers, self-tests passed':<58} {started:8.2f} ms")
        assess(engine, small, truths_of(program, PATIENTS["usual"]))
        for patient, shares in PATIENTS.items():
            truths = truths_of(program, shares)
            query = compiled.query(truths)
            _, alone, _ = timed(lambda truths=truths: evaluate(program, truths))  # type: ignore[misc]
            quick, both, slow = timed(lambda truths=truths: assess(engine, small, truths))  # type: ignore[misc]
            name = f"{patient}: {len(query.facts)} symbols asserted"
            print(f"{name:<58} {alone:8.2f} ms by the reference evaluator alone")
            goal("  both evaluators, quickest", quick, 10, "ms")
            goal("  both evaluators, median", both, 10, "ms")
            goal("  both evaluators, 95th percentile", slow, 10, "ms")
        truths = truths_of(program, PATIENTS["usual"])
        assess(engine, large, truths)
        near, far = [], []
        for _ in range(10):  # taken in turn, so that both meet the same machine
            near.append(timed(lambda: assess(engine, small, truths), 30)[1])
            far.append(timed(lambda: assess(engine, large, truths), 30)[1])
        ratio = statistics.median(far) / statistics.median(near)
        goal(f"{len(large.rules)} rules in the pack against {len(small.rules)}", ratio, 1.2, "x")
    if sys.platform != "win32":
        for how, name in ((signal.SIGKILL, "killed"), (signal.SIGSTOP, "stopped")):
            lost, after = recovery(how, small, truths)
            goal(f"evaluation with a {name} worker, until the fault is told", lost, 2, "s")
            print(f"{'  the next evaluation, which compiles the rules again':<58} {after:8.2f} ms")


if __name__ == "__main__":
    main()
