"""The referee: two evaluators that share no code, and no verdict where they differ.

durable-rules is asked first and computes in its own process while the reference evaluator computes
here. Each looks only at the rules that can be other than false, selected each in its own way; every rule
and every concept is compared, and one that neither looked at is false to both. Any difference, crash, hang
or nonsense becomes a fault of the evaluation, and a fault makes every option *cannot be assessed*; what
either evaluator found is still shown. A fault is never an exception and never looks like "no findings".
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Self, TypeVar, cast

from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.truth import MostlyFalse, Truth, not_false
from engine.errors import InvariantBroken, RuleEngineFailed
from engine.inference.durable_adapter import ANSWER_SECONDS, DurableWorkers, durable_version
from engine.inference.limits import examine
from engine.inference.preselect import Preselection
from engine.inference.reference import evaluate
from engine.inference.support import Question, Support
from engine.ports import Evaluation, Program

_Id = TypeVar("_Id", RuleId, ConceptId)
#: Told the place of a patient, and what the reference evaluator says of it.
_Meanwhile = Callable[[int, Evaluation], None]

#: Programs kept indexed: one an indication, and of reviews of medication one for each list of drugs and each
#: drug tried instead. Fewer than a pack has indications, and the one asked about is always the one given up.
_PROGRAMS_KEPT = 64
#: Patients in one message at most: what is lost together when a worker fails.
_PATIENTS_A_MESSAGE = 32
#: Disagreements named one by one; beyond, they are counted.
_NAMED = 5
#: From what hides most to what hides least: a true rule is never lost in a disagreement.
_WORST_FIRST = (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A program indexed for both evaluators, or with what forbids evaluating it."""

    program: Program
    problems: tuple[str, ...]
    preselection: Preselection | None = None
    support: Support | None = None
    rules: AbstractSet[RuleId] = frozenset()
    concepts: AbstractSet[ConceptId] = frozenset()
    """In the order of the program, as the answer is to be."""

    def evaluation(self, rules: Mapping[RuleId, Truth], concepts: Mapping[ConceptId, Truth]) -> Evaluation:
        """Return the answer for the whole program from those that are not false."""
        return Evaluation(rules=MostlyFalse(self.rules, rules), concepts=MostlyFalse(self.concepts, concepts))


@dataclass(slots=True, kw_only=True)
class _Asked:
    """One patient in the middle of an evaluation."""

    truths: Mapping[Symbol, Truth]
    rules: dict[RuleId, Truth] = field(default_factory=dict)
    concepts: dict[ConceptId, Truth] = field(default_factory=dict)
    nonsense: list[str] = field(default_factory=list)
    """What durable-rules called true and yet not possible."""
    questions: Sequence[Question] = ()
    """What to ask; none where the worker finds it out by itself."""
    reference: Evaluation | None = None
    fault: str = ""

    def take(self, said: Mapping[str, object], prepared: _Prepared) -> bool:
        """Add what durable-rules said; tell whether it can be read, and names nothing else."""
        try:
            rules, concepts = _told(said["rules"]), _told(said["concepts"])
            nonsense = [str(each) for each in cast("list[object]", said["nonsense"])]
        except (KeyError, TypeError, ValueError):
            return False
        self.rules |= {RuleId(name): truth for name, truth in rules.items()}
        self.concepts |= {ConceptId(name): truth for name, truth in concepts.items()}
        self.nonsense += nonsense
        return self.rules.keys() <= prepared.rules and self.concepts.keys() <= prepared.concepts


def _told(said: object) -> dict[str, Truth]:
    """Return the truths of names, from those that are true and those that are unknown."""
    true, unknown = cast("tuple[list[str], list[str]]", said)
    return dict.fromkeys(unknown, Truth.UNKNOWN) | dict.fromkeys(true, Truth.TRUE)


def open_engine(
    command: Sequence[str] | None = None, *, answer_seconds: float = ANSWER_SECONDS
) -> CrosscheckedEngine:
    """Return the rule engine of WhyRx; close it when done, or use it as a context manager.

    Args:
        command: What starts a durable-rules worker; WhyRx's own where None.
        answer_seconds: How long durable-rules may take for one evaluation.
    """
    return CrosscheckedEngine(DurableWorkers(command, answer_seconds=answer_seconds))


class CrosscheckedEngine:
    """durable-rules and the reference evaluator side by side: the ``RuleEngine`` of WhyRx."""

    def __init__(self, workers: DurableWorkers) -> None:
        """Take the workers; none is started before ``warm`` or the first evaluation."""
        self._workers = workers
        self._prepared: OrderedDict[tuple[int, ...], _Prepared] = OrderedDict()
        self._name = f"durable-rules {durable_version()} with reference evaluator"
        self._latest: _Prepared | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        """Start the workers; where they cannot be, every evaluation says so."""
        self.warm()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Return what ran, with versions, for the record."""
        return self._name

    def start(self) -> None:
        """Let the workers start and examine themselves while the caller loads what they will be asked of."""
        with self._one_at_a_time:
            self._workers.start()

    def warm(self) -> tuple[str, ...]:
        """Start the workers ahead of the first evaluation; return what does not work, as sentences."""
        with self._one_at_a_time:
            try:
                self._workers.warm()
            except RuleEngineFailed as failure:
                return (_sentence(failure),)
            return ()

    def close(self) -> None:
        """End the workers."""
        with self._one_at_a_time:
            self._workers.close()

    def evaluate(self, program: Program, truths: Mapping[Symbol, Truth]) -> Evaluation:
        """Return the truth of every rule and concept, with a fault wherever it cannot be relied on."""
        (answer,) = self.evaluate_all(program, (truths,))
        return answer

    def evaluate_all(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: _Meanwhile | None = None,
    ) -> tuple[Evaluation, ...]:
        """Return what ``evaluate`` would of each patient; those that share a message share its fault."""
        with self._one_at_a_time:
            try:
                return self._evaluate(program, patients, meanwhile)
            except Exception as failure:  # noqa: BLE001 - a fault of our own is reported, never raised
                problem = f"{type(failure).__name__}: {failure}."
                return tuple(_refused(program, truths, (problem,)) for truths in patients)

    def _evaluate(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: _Meanwhile | None,
    ) -> tuple[Evaluation, ...]:
        prepared = self._prepare(program)
        if prepared.preselection is None or prepared.support is None:
            return tuple(_refused(program, truths, prepared.problems) for truths in patients)
        asked = [_Asked(truths=truths) for truths in patients]
        batches = [asked[at : at + _PATIENTS_A_MESSAGE] for at in range(0, len(asked), _PATIENTS_A_MESSAGE)]
        for number, batch in enumerate(batches):
            if not number:
                _pose(prepared.support, batch)
            begun = self._begin(prepared.support, batch)
            for place, each in enumerate(batch, number * _PATIENTS_A_MESSAGE):
                each.reference = _referred(prepared, each.truths)
                if meanwhile is not None and begun:
                    meanwhile(place, each.reference)
            if number + 1 < len(batches):
                _pose(prepared.support, batches[number + 1])  # made ready while the worker computes
            if begun:
                self._finish(prepared, batch)
        return tuple(_answer(prepared, each) for each in asked)

    def _begin(self, support: Support, batch: Sequence[_Asked]) -> bool:
        """Ask; tell whether answers are to be waited for."""
        decided = _decided(batch)
        try:
            if decided is not None:
                self._workers.begin_patients(support, decided)
            else:
                queries = [question.query for each in batch for question in each.questions]
                self._workers.begin_all(queries)
        except RuleEngineFailed as failure:
            _fail(batch, failure)
            return False
        return True

    def _finish(self, prepared: _Prepared, batch: Sequence[_Asked]) -> None:
        """Take the answers; where one fails, that patient and all after share the fault."""
        for place, each in enumerate(batch):
            try:
                for said in self._said(each):
                    if not each.take(said, prepared):
                        raise self._workers.distrust("its answer cannot be read")
            except RuleEngineFailed as failure:
                _fail(batch[place:], failure)
                return

    def _said(self, each: _Asked) -> Iterator[Mapping[str, object]]:
        """Yield what the worker says of one patient, question by question."""
        for question in each.questions:
            yield question.said(self._workers.finish())
        last = bool(each.questions)
        while not last:
            answer = self._workers.next_answer()
            last = bool(answer["last"])
            yield answer

    def prepare(self, program: Program) -> tuple[str, ...]:
        """Index a program for both evaluators ahead of its first evaluation; return what forbids it."""
        with self._one_at_a_time:
            return self._prepare(program).problems

    def _prepare(self, program: Program) -> _Prepared:
        """Return the indexed program; known again by itself, or by the identity of its rules and concepts.

        An entry keeps its program alive, so no other object can have come to their identities.
        """
        if (latest := self._latest) is not None and latest.program is program:
            return latest
        key = (len(program.rules), *map(id, program.rules), *map(id, program.concepts))
        known = self._prepared.get(key)
        if known is None:
            known = self._prepared[key] = _prepared(program)
        self._prepared.move_to_end(key)
        if len(self._prepared) > _PROGRAMS_KEPT:
            self._prepared.popitem(last=False)
        self._latest = known
        return known


def _prepared(program: Program) -> _Prepared:
    examined = examine(program)
    if examined.support is None:
        return _Prepared(program=program, problems=examined.problems)
    return _Prepared(
        program=program,
        problems=(),
        preselection=Preselection(program),
        support=examined.support,
        rules=dict.fromkeys(rule.rule_id for rule in program.rules).keys(),
        concepts=dict.fromkeys(concept.concept_id for concept in program.concepts).keys(),
    )


def _pose(support: Support, batch: Sequence[_Asked]) -> None:
    """Find out what to ask, where not all of each patient was decided: only what matters is looked up."""
    if _decided(batch) is None:
        for each in batch:
            each.questions = support.questions(each.truths)


def _decided(batch: Sequence[_Asked]) -> list[MostlyFalse[Symbol]] | None:
    """Return the truths of all patients, where those of all were decided: the worker can be told them."""
    found = [each.truths for each in batch if isinstance(each.truths, MostlyFalse)]
    return found if len(found) == len(batch) else None


def _referred(prepared: _Prepared, truths: Mapping[Symbol, Truth]) -> Evaluation:
    """Return what the reference evaluator says of the whole program."""
    if prepared.preselection is None:
        raise InvariantBroken("a program that cannot be evaluated was.")
    selected = prepared.preselection.select(truths)
    answer = evaluate(selected.program, truths, selected.beside)
    return prepared.evaluation(not_false(answer.rules), not_false(answer.concepts))


def _fail(several: Iterable[_Asked], failure: RuleEngineFailed) -> None:
    for each in several:
        each.fault = _sentence(failure)


def _answer(prepared: _Prepared, each: _Asked) -> Evaluation:
    """Return the one answer about a patient."""
    if each.reference is None:
        raise InvariantBroken("the reference evaluator was not asked.")
    if each.fault:
        return _with_faults(each.reference, (each.fault,))
    return _compared(each.reference, prepared.evaluation(each.rules, each.concepts), each.nonsense)


def _refused(program: Program, truths: Mapping[Symbol, Truth], problems: tuple[str, ...]) -> Evaluation:
    """Return what the reference evaluator says of a program outside the limits, under its faults."""
    try:
        answer = evaluate(program, truths)
    except RecursionError:
        answer = Evaluation(
            rules={rule.rule_id: Truth.UNKNOWN for rule in program.rules},
            concepts={concept.concept_id: Truth.UNKNOWN for concept in program.concepts},
        )
    return _with_faults(answer, tuple(f"The rules cannot be evaluated safely: {text}" for text in problems))


def _with_faults(answer: Evaluation, faults: tuple[str, ...]) -> Evaluation:
    return Evaluation(rules=answer.rules, concepts=answer.concepts, faults=faults)


def _sentence(failure: RuleEngineFailed) -> str:
    """Return a failure as a sentence for the record."""
    text = str(failure)
    return text[:1].upper() + text[1:]


def _compared(reference: Evaluation, durable: Evaluation, contradictions: Sequence[str]) -> Evaluation:
    """Return one answer from two: equal, or the worse of both with the differences as faults."""
    agreed = not_false(reference.rules) == not_false(durable.rules)
    if agreed and not contradictions and not_false(reference.concepts) == not_false(durable.concepts):
        return reference
    differences = [
        *_differences("rule", reference.rules, durable.rules),
        *_differences("derived concept", reference.concepts, durable.concepts),
        *(f"durable-rules says of {name} that it is true and that it is false." for name in contradictions),
    ]
    faults = [
        f"The two rule evaluators disagree: {difference} Nothing that rests on it may be used; tell the"
        f" safety officer."
        for difference in differences[:_NAMED]
    ]
    if len(differences) > _NAMED:
        faults.append(f"The two rule evaluators disagree in {len(differences) - _NAMED} more places.")
    return Evaluation(
        rules=_worse(reference.rules, durable.rules),
        concepts=_worse(reference.concepts, durable.concepts),
        faults=tuple(faults),
    )


def _differences(what: str, reference: Mapping[_Id, Truth], durable: Mapping[_Id, Truth]) -> list[str]:
    return [
        f"{what} {name} is {truth.value} to the reference evaluator and"
        f" {durable[name].value if name in durable else 'missing'} to durable-rules."
        for name, truth in reference.items()
        if durable.get(name) is not truth
    ]


def _worse(reference: Mapping[_Id, Truth], durable: Mapping[_Id, Truth]) -> dict[_Id, Truth]:
    """Return for each the one of two truths that hides less."""
    return {
        name: min(truth, durable.get(name, truth), key=_WORST_FIRST.index)
        for name, truth in reference.items()
    }
