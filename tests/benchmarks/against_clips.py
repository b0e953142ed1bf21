# ruff: noqa: E402 - run as a script, it has to put tests/support on the path before it can import from it
"""Measure assessment against CLIPS: ``python tests/benchmarks/against_clips.py``.

Four figures of each: the quickest run tells what the work takes, the median what this machine made of it,
*processors* how long both processes of WhyRx computed in all, though they do so side by side. *Together* is
the median for a patient where all are assessed in one call, as a panel is; CLIPS knows no other way than one
by one.

The same rules and the same patients, at 300, 3,000 and 20,000 rules that all speak of the options asked
for. WhyRx does all that an assessment does once the facts are decided: both evaluators, the referee,
verdicts, sentences and traces. CLIPS (through clipspy) is given two rules a rule, one for *true* and one
for *possible*, and the facts of one patient, and notes which fire: it explains nothing. Its answers are
compared with ours, rule by rule, before anything is measured. Each pair of figures is taken in turn, so
that both meet the same machine. WhyRx is two processes, and each is given a core of its own where the system
allows it (Linux): of two cores without other work it else happens that one has both. What stays for good is
kept from the search for garbage, as WhyRx does once it is warm. A ratio at or below 1.00 meets its goal.
"""

from __future__ import annotations

import gc
import os
import random  # noqa: TID251 - seeded generators are made from it
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from packs import INDICATION, a_bare_record, a_concept, a_pack, a_rule, an_option, derived, has

from engine.decision.assessment import Appraisal, RuleAssessor
from engine.decision.plan import Plan
from engine.domain.atoms import QuantityWithin, TakesDrug
from engine.domain.facts import Fact, FactBase
from engine.domain.findings import MissingDatum, MissingKind, Severity
from engine.domain.ids import DrugId, QuantityId, Symbol
from engine.domain.pack import RulePack
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, AtLeast, Concept, Derived, Jurisdiction, Negation, Premise, Rule
from engine.domain.truth import Truth
from engine.inference.crosscheck import CrosscheckedEngine, open_engine

OPTIONS = ("apixaban", "dabigatran", "edoxaban", "rivaroxaban", "warfarin")
SIZES = (300, 3_000, 20_000)
PATIENTS = 20
ROUNDS = 15
#: Of one patient: drugs taken, conditions had, thresholds passed, data that are missing.
_TAKEN, _HAD, _PASSED, _MISSING = 8, 10, 18, 4


def vocabulary(count: int) -> tuple[list[TakesDrug], list[Any], list[QuantityWithin]]:
    """Return the atoms that so many rules speak of; a larger pack knows more drugs and diseases."""
    drugs = [TakesDrug(drug=DrugId(f"drug-{number}")) for number in range(max(60, count // 6))]
    conditions = [has(f"condition-{number}") for number in range(max(60, count // 6))]
    thresholds = [
        QuantityWithin(
            quantity=QuantityId(f"quantity-{number % 12}"),
            interval=Interval(unit="1", high=Decimal(number)),
            max_age_days=365,
        )
        for number in range(36)
    ]
    return drugs, conditions, thresholds


def large_pack(count: int) -> RulePack:
    """Return a pack of so many rules: a drug or disease each, with a threshold, a concept, an exception."""
    draw = random.Random(count)  # noqa: S311 - seeded, for rules and not for secrets
    drugs, conditions, thresholds = vocabulary(count)
    concepts: list[Concept] = []
    for number in range(count // 20):
        several = draw.sample(conditions, 4)
        when: Premise = AnyOf(parts=tuple(several))
        if number > 8:
            when = AnyOf(parts=(AllOf(parts=(derived(f"concept-{number - 7}"), several[0])), several[1]))
        concepts.append(a_concept(f"concept-{number}", when))
    rules: list[Rule] = []
    for number in range(count):
        drug, other, condition = draw.choice(drugs), draw.choice(drugs), draw.choice(conditions)
        threshold, concept = draw.choice(thresholds), derived(draw.choice(concepts).concept_id)
        forms: tuple[Premise, ...] = (
            AllOf(parts=(drug, threshold)),
            AllOf(parts=(drug, condition)),
            AllOf(parts=(drug, concept, threshold)),
            AllOf(parts=(condition, threshold, Negation(part=drug))),
            AllOf(parts=(drug, AnyOf(parts=(other, condition)))),
            AtLeast(count=2, parts=(drug, other, condition)),
        )
        about = OPTIONS if number % 3 == 0 else (OPTIONS[number % len(OPTIONS)],)
        severity = tuple(Severity)[number % len(Severity)]
        rules.append(a_rule(f"rule-{number:05}", forms[number % len(forms)], *about, severity=severity))
    return a_pack(rules=rules, concepts=concepts, options=[an_option(name) for name in OPTIONS])


def fact(symbol: Symbol, truth: Truth) -> Fact:
    """Return a decided atom as the facts floor makes them."""
    missing = MissingDatum(kind=MissingKind.QUANTITY, subject=symbol, title=symbol, reason="never measured")
    return Fact(
        symbol=symbol,
        truth=truth,
        statement=f"{symbol} is {truth.value}",
        evidence=(),
        missing=(missing,) if truth is Truth.UNKNOWN else (),
    )


def patients(plan: Plan, count: int) -> list[FactBase]:
    """Return patients of whom as much is known, whatever the size of the pack."""
    drugs, conditions, thresholds = vocabulary(count)
    nothing = {symbol: fact(symbol, Truth.FALSE) for symbol in plan.decided}
    several = []
    for number in range(PATIENTS):
        draw = random.Random(number)  # noqa: S311 - as above
        true = [
            *draw.sample(drugs, _TAKEN),
            *draw.sample(conditions, _HAD),
            *draw.sample(thresholds, _PASSED),
        ]
        unknown = [*draw.sample(conditions, 1), *draw.sample(thresholds, _MISSING - 1)]
        said = {atom.symbol: Truth.TRUE for atom in true} | {atom.symbol: Truth.UNKNOWN for atom in unknown}
        said = {symbol: truth for symbol, truth in said.items() if symbol in nothing}
        facts = nothing | {symbol: fact(symbol, truth) for symbol, truth in said.items()}
        several.append(FactBase(facts=facts, readings=()))
    return several


class Given:
    """The facts floor: hands over what was decided beforehand, as CLIPS is handed its facts."""

    def __init__(self) -> None:
        self.bases: list[FactBase] = []
        self._turn = 0

    def assemble(self, *_: object) -> FactBase:
        """Return the facts of the patient whose turn it is."""
        self._turn += 1
        return self.bases[self._turn % len(self.bases)]


class Clips:
    """The same rules in CLIPS 6.4: three-valued by two rules a rule and two facts a statement."""

    def __init__(self, plan: Plan) -> None:
        """Build the rules."""
        import clips

        self._symbol = clips.Symbol
        self._environment: Any = clips.Environment()
        self._fired: list[tuple[str, str]] = []
        self._environment.define_function(
            lambda name, sign: self._fired.append((str(name), str(sign))), "fired"
        )
        self._words = {symbol: f"a{number}" for number, symbol in enumerate(plan.symbols)}
        for word in ("true", "possible"):
            self._environment.build(f"(deftemplate {word} (slot of (type SYMBOL)))")
        for concept in plan.program.concepts:
            for sign in ("true", "possible"):
                self._build(
                    concept.concept_id, sign, concept.when, f"(assert ({sign} (of {concept.concept_id})))"
                )
        for rule in plan.program.rules:
            for sign in ("true", "possible"):
                self._build(rule.rule_id, sign, rule.when, f"(fired {rule.rule_id} {sign})")
        self._templates = {word: self._environment.find_template(word) for word in ("true", "possible")}

    def _build(self, name: str, sign: str, premise: Premise, action: str) -> None:
        for number, left in enumerate(self._ways(premise, sign)):
            self._environment.build(f"(defrule {name}-{sign}-{number} {left} => {action})")

    def _ways(self, premise: Premise, sign: str) -> list[str]:
        """Return the left-hand sides: one a way to hold, as a knowledge engineer writes them."""
        match premise:
            case AllOf(parts=parts):
                lefts = [""]
                for part in parts:
                    lefts = [f"{left} {right}" for left in lefts for right in self._ways(part, sign)]
                return lefts
            case AnyOf(parts=parts):
                return [left for part in parts for left in self._ways(part, sign)]
            case AtLeast(parts=(a, b, c)):
                pairs = [AllOf(parts=pair) for pair in ((a, b), (a, c), (b, c))]
                return self._ways(AnyOf(parts=tuple(pairs)), sign)
            case Negation(part=part):
                (left,) = self._ways(part, "possible" if sign == "true" else "true")
                return [f"(not {left})"]
            case Derived(concept=concept):
                return [f"({sign} (of {concept}))"]
            case atom:
                return [f"({sign} (of {self._words[atom.symbol]}))"]  # type: ignore[union-attr]

    def facts(self, base: FactBase) -> list[tuple[str, Any]]:
        """Return the facts of one patient, in CLIPS' own words; not part of what is measured."""
        found = []
        for symbol, each in base.facts.items():
            if each.truth is not Truth.FALSE:
                word = self._symbol(self._words[symbol])
                found += [("possible", word), *([("true", word)] if each.truth is Truth.TRUE else [])]
        return found

    def run(self, facts: Iterable[tuple[str, Any]]) -> dict[str, Truth]:
        """Evaluate one patient: reset, assert, run."""
        self._fired.clear()
        self._environment.reset()
        for word, about in facts:
            self._templates[word].assert_fact(of=about)
        self._environment.run()
        said = {name: Truth.UNKNOWN for name, sign in self._fired if sign == "possible"}
        said.update({name: Truth.TRUE for name, sign in self._fired if sign == "true"})
        return said


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def same(appraisal: Appraisal, said: Mapping[str, Truth]) -> int:
    """Refuse to measure two engines that do not say the same; return of how many rules they speak."""
    found = {item.rule_id: Truth.TRUE for each in appraisal.assessments for item in each.findings}
    found |= {item.rule_id: Truth.UNKNOWN for each in appraisal.assessments for item in each.undecided}
    if appraisal.engine.faults:
        raise SystemExit(f"the evaluation had faults: {appraisal.engine.faults}")
    if found != said:
        raise SystemExit(f"CLIPS and WhyRx differ over {set(found.items()) ^ set(said.items())}")
    return len(found)


def measure(engine: CrosscheckedEngine, count: int) -> tuple[float, float]:
    """Return milliseconds a patient of WhyRx: of its quickest runs, and of both its processes."""
    pack = large_pack(count)
    plan = Plan.of(pack, pack.indications[INDICATION])
    given, record, as_of = Given(), a_bare_record(), datetime(2026, 11, 1, tzinfo=UTC)
    assessor = RuleAssessor(lambda _: given, engine)
    apart(engine)
    clips = Clips(plan)
    people = [(base, clips.facts(base)) for base in patients(plan, count)]

    def ours() -> Appraisal:
        return assessor.appraise(pack, record, INDICATION, Jurisdiction.EU, as_of)

    fired = 0
    for base, facts in people:
        given.bases = [base]
        appraisal = ours()
        fired += same(appraisal, clips.run(facts))
    gc.collect()
    gc.freeze()
    whyrx: list[list[float]] = [[] for _ in people]
    peer: list[list[float]] = [[] for _ in people]
    together: list[float] = []
    busy = [0.0, 0.0]
    for _ in range(ROUNDS):
        given.bases = [base for base, _ in people]
        before = time.perf_counter()
        assessor.appraise_all(pack, [record] * len(people), INDICATION, Jurisdiction.EU, as_of)
        together.append((time.perf_counter() - before) * 1000 / len(people))
        for number, (base, facts) in enumerate(people):
            given.bases = [base]
            before = processor_seconds(engine)
            whyrx[number].append(seconds(ours) * 1000)
            between = processor_seconds(engine)
            peer[number].append(seconds(lambda facts=facts: clips.run(facts)) * 1000)  # type: ignore[misc]
            busy[0] += between - before
            busy[1] += processor_seconds(engine) - between
    asked = f"{count} rules, {len(plan.symbols)} statements"
    print(f"{asked}, {fired / len(people):.0f} rules fired or undecided a patient")
    quickest = (statistics.mean(map(min, whyrx)), statistics.mean(map(min, peer)))
    medians = (statistics.mean(map(statistics.median, whyrx)), statistics.mean(map(statistics.median, peer)))
    worked = (busy[0] * 1000 / ROUNDS / len(people), busy[1] * 1000 / ROUNDS / len(people))
    rows = {
        "quickest": quickest,
        "median": medians,
        "processors": worked,
        "together": (statistics.median(together), medians[1]),
    }
    for name, (mine, theirs) in rows.items():
        print(
            f"  {name:<10} WhyRx {mine:6.2f} ms, CLIPS {theirs:6.2f} ms a patient: ratio {mine / theirs:.2f}"
        )
    return quickest[0], worked[0]


def apart(engine: CrosscheckedEngine) -> None:
    """Give this process one core, and its workers another."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        engine.warm()
        os.sched_setaffinity(0, {0})
        for process in engine._workers.process_ids:
            os.sched_setaffinity(process, {1})


def processor_seconds(engine: CrosscheckedEngine) -> float:
    """Return how long this process and the worker have computed so far, where the system tells (Linux)."""
    spent = time.process_time()
    for process in engine._workers.process_ids[:1]:
        told = Path(f"/proc/{process}/schedstat")
        if told.exists():
            spent += int(told.read_text(encoding="ascii").split()[0]) / 1e9
    return spent


def main() -> None:
    """Measure and print."""
    with open_engine() as engine:
        figures = {count: measure(engine, count) for count in SIZES}
    for number, name in enumerate(("quickest", "processors")):
        growth = figures[SIZES[-1]][number] / figures[SIZES[0]][number]
        print(
            f"{name}: cost for one patient at {SIZES[-1]} rules against {SIZES[0]}: {growth:.2f} of 1.5:"
            f" {growth / 1.5:.2f}"
        )


if __name__ == "__main__":
    main()
