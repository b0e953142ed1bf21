"""What durable-rules 2.0.28 is known to get wrong, and why none of it can happen here.

Each test is one way to hang it, crash it, or make it lose or invent a firing. Either the validator
refuses the shape (the worker compiles nothing unseen), or a program that would need the shape is laid
out differently and answered rightly by the real engine in its own process.
"""

from __future__ import annotations

import json
import sys

import pytest
from packs import derived, has
from programs import a_program, concept_of, rule_of, symbol

from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation, Premise
from engine.domain.truth import Truth
from engine.inference import session
from engine.inference.compile import Query, compile_program
from engine.inference.crosscheck import CrosscheckedEngine
from engine.inference.durable_adapter import DurableWorkers
from engine.inference.layout import MAX_SYMBOLS, SENTINEL_FACT, fact_text
from engine.inference.validate import hash_of, violations
from engine.pipes import ChildProcess
from engine.ports import Evaluation, Program

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

Shape = dict[str, object]


def refused(patterns: list[Shape], because: str, **others: object) -> bool:
    """Tell whether a rule of these patterns is refused with this reason."""
    return any(because in found for found in violations({"r0": {"all": patterns, **others}}))


def sound(engine: CrosscheckedEngine, program: Program, truths: dict[str, Truth]) -> Evaluation:
    """Return an answer in which both evaluators agree."""
    answer = engine.evaluate(program, {symbol(name): truth for name, truth in truths.items()})
    assert answer.faults == ()
    return answer


def names(count: int) -> tuple[str, ...]:
    return tuple(f"c{number}" for number in range(count))


def kind(word: str) -> Shape:
    return {"$and": [{"kind": word}]}


# Tables of fixed size.


def test_hundreds_of_values_side_by_side_hang_it(engine: CrosscheckedEngine) -> None:
    wide = {f"r{n}": {"all": [{"m": {"$and": [{"kind": "drug"}, {"code": f"d{n}"}]}}]} for n in range(512)}
    assert any("values of 'code' stand side by side" in found for found in violations(wide))
    answer = sound(
        engine, a_program({name: has(name) for name in names(700)}), dict.fromkeys(names(700), TRUE)
    )
    assert set(answer.rules.values()) == {TRUE}


def test_more_than_255_rules_on_one_pattern_crash_it(engine: CrosscheckedEngine) -> None:
    shared = {f"r{number}": {"all": [{"m": kind("x")}]} for number in range(256)}
    assert any("rules share one pattern" in found for found in violations(shared))
    many = a_program({f"r{n}": AllOf(parts=(has("a"), has(f"b{n}"))) for n in range(300)})
    truths = {
        "a": TRUE,
        **{f"b{n}": TRUE for n in range(0, 300, 2)},
        **{f"b{n}": FALSE for n in range(1, 300, 2)},
    }
    assert list(sound(engine, many, truths).rules.values()) == [TRUE, FALSE] * 150


def test_more_than_64_conditions_true_at_once_lose_the_fact(engine: CrosscheckedEngine) -> None:
    assert refused([{"m": {"$and": [{"kind": "lab"}, {"$gte": {"v": 5}}]}}], "'$gte' is neither")
    steps = a_program({f"r{n}": has(f"egfr below {n}") for n in range(100)})
    answer = sound(engine, steps, {f"egfr below {n}": TRUE for n in range(100)})
    assert set(answer.rules.values()) == {TRUE}


def test_more_than_sixteen_patterns_fail_when_facts_come(engine: CrosscheckedEngine) -> None:
    assert refused([{f"m{n}": kind(f"k{n}")} for n in range(17)], "one to 4 patterns")
    wide = a_program({"r": AllOf(parts=tuple(map(has, names(60))))})
    assert rule_of(sound(engine, wide, dict.fromkeys(names(60), TRUE)), "r") is TRUE
    assert rule_of(sound(engine, wide, {**dict.fromkeys(names(60), TRUE), "c59": FALSE}), "r") is FALSE


def test_a_text_beyond_64_kilobytes_matches_another(engine: CrosscheckedEngine) -> None:
    assert refused([{"m": {"$and": [{"v": "x" * 65_537}]}}], "short word")
    long, longer = "x" * 70_000, "x" * 70_000 + "y"
    answer = sound(engine, a_program({"r": has(long), "s": has(longer)}), {long: TRUE, longer: FALSE})
    assert (rule_of(answer, "r"), rule_of(answer, "s")) == (TRUE, FALSE)


def test_more_than_1024_patients_in_one_rule_set_run_out_of_memory(workers: DurableWorkers) -> None:
    clauses = ((9, (2, 3)),)
    for number in range(1_100):
        workers.begin(Query(clauses=clauses, facts=(2, 3 + number % 2)))
        assert workers.finish() == ((9,) if number % 2 == 0 else ())


# Memory that is read or freed wrongly.


def test_deleting_a_session_in_which_nothing_fired_frees_a_wild_pointer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MALLOC_PERTURB_", "165")  # fresh memory is not zero, where the C library is glibc
    clauses = tuple((100 + number, (2 + number, 50 + number)) for number in range(5))
    with DurableWorkers(answer_seconds=20) as workers:
        for _ in range(300):
            workers.begin(Query(clauses=clauses, facts=(3, 54)))
            assert workers.finish() == ()
        assert workers._asked is not None
        assert workers._asked.answered == 300


def test_a_false_comparison_at_the_end_of_a_join_reads_past_its_end() -> None:
    join = {"$and": [{"kind": "b"}, {"$gt": {"v": {"m0": "v"}}}]}
    assert refused([{"m0": kind("a")}, {"m1": join}], "'$gt' is neither")


def test_retracting_facts_walks_over_freed_memory() -> None:
    # What is never declared cannot be called under the type checker; this looks at what is called.
    offered = {name for name in vars(session.RawEngine) if not name.startswith("_")}
    assert offered == {
        "create_ruleset",
        "delete_ruleset",
        "assert_fact",
        "start_action_for_state",
        "complete_and_start_action",
        "delete_state",
    }


# Operators that fire wrongly.


@pytest.mark.parametrize(
    "expression",
    [
        {"$and": [{"kind": "b"}, {"$or": [{"x": "p"}, {"x": "q"}]}, {"code": {"m0": "code"}}]},
        {"$and": [{"kind": "b"}, {"$or": [{"x": "p"}, {"code": {"m0": "code"}}]}]},
        {"$or": [{"x": "p"}, {"y": "q"}]},
        {"$iany": {"os": {"$or": [{"$i.x": "b"}, {"$gt": {"$i.n": 2}}]}}},
        {"$iall": {"t": {"$i": "x"}}},
        {"$nex": {"allergy": 1}},
    ],
    ids=[
        "join after or",
        "or of join and constant",
        "both branches",
        "or in array",
        "all of empty",
        "absence",
    ],
)
def test_alternatives_arrays_and_absence_are_refused(expression: Shape) -> None:
    assert violations({"r0": {"all": [{"m0": kind("a")}, {"m1": expression}]}})


def test_alternatives_that_both_hold_fire_twice_or_not_at_all(engine: CrosscheckedEngine) -> None:
    either = AnyOf(parts=(has("a"), AllOf(parts=(has("b"), AnyOf(parts=(has("a"), has("c")))))))
    program = a_program({"r": either, "s": AtLeast(count=2, parts=(has("a"), has("b"), has("c")))})
    for truths, expected in (
        ({"a": TRUE, "b": TRUE, "c": TRUE}, TRUE),
        ({"a": FALSE, "b": TRUE, "c": TRUE}, TRUE),
        ({"a": FALSE, "b": TRUE, "c": FALSE}, FALSE),
    ):
        assert rule_of(sound(engine, program, truths), "r") is expected


@pytest.mark.parametrize("order", [("drug", "allergy"), ("allergy", "drug")])
def test_a_negating_fact_that_comes_late_fires_or_kills_rules(
    engine: CrosscheckedEngine, order: tuple[str, str]
) -> None:
    assert refused([{"m0": kind("drug")}, {"n$not": kind("allergy")}], "nor can a negated one")
    assert refused([{"n$not": kind("z")}, {"m": kind("b")}], "nor can a negated one")
    program = a_program(
        {
            "guard": AllOf(parts=(has("drug"), Negation(part=has("allergy")))),
            "other": has("drug"),
            "none": Negation(part=AnyOf(parts=(has("drug"), has("allergy")))),
        }
    )
    answer = sound(engine, program, dict.fromkeys(order, TRUE))
    assert [rule_of(answer, name) for name in ("guard", "other", "none")] == [FALSE, TRUE, FALSE]
    answer = sound(engine, program, {"drug": TRUE, "allergy": FALSE})
    assert [rule_of(answer, name) for name in ("guard", "other", "none")] == [TRUE, TRUE, FALSE]
    answer = sound(engine, program, {"drug": TRUE})
    assert [rule_of(answer, name) for name in ("guard", "other", "none")] == [UNKNOWN, TRUE, FALSE]


def test_a_datum_that_is_gone_is_unknown_in_the_next_evaluation(engine: CrosscheckedEngine) -> None:
    # Where the engine would need a retraction, there is a fresh session instead.
    program = a_program({"r": AllOf(parts=(has("drug"), Negation(part=has("allergy"))))})
    assert rule_of(sound(engine, program, {"drug": TRUE, "allergy": TRUE}), "r") is FALSE
    assert rule_of(sound(engine, program, {"drug": TRUE}), "r") is UNKNOWN
    assert rule_of(sound(engine, program, {"drug": TRUE, "allergy": FALSE}), "r") is TRUE


# Values that are read wrongly.


@pytest.mark.parametrize("value", [1, 1.0, 1e-05, True, None, "1", "29", "true", "null", ["x"], {"m0": "v"}])
def test_values_that_equal_what_they_are_not_are_refused(value: object) -> None:
    assert refused([{"m1": {"$and": [{"kind": "b"}, {"v": value}]}}], "must equal")


def test_facts_carry_words_alone() -> None:
    for number in (0, 1, 99, 100, MAX_SYMBOLS - 1):
        fact = json.loads(fact_text(number))
        assert set(fact) == {"id", "sid", "bucket", "code"}
        assert all(type(value) is str for value in fact.values())
        words = [{name: fact[name]} for name in ("bucket", "code")]
        assert violations({"r0": {"all": [{"m0": {"$and": words}}]}}) == ()
    assert json.loads(SENTINEL_FACT)["kind"] == "sentinel"


def test_a_decimal_comma_makes_it_read_numbers_wrongly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LC_ALL", "LC_NUMERIC", "LANG"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    with DurableWorkers(answer_seconds=20) as workers:
        workers.begin(Query(clauses=((9, (2,)),), facts=(2,)))
        assert workers.finish() == (9,)


# Identity by a 32-bit hash alone.


def test_two_facts_with_equal_hashes_are_one_to_it() -> None:
    assert hash_of("f6059") == hash_of("f264602")
    assert (
        len({hash_of(f"f{number}") for number in range(MAX_SYMBOLS)} | {hash_of("sentinel")})
        == MAX_SYMBOLS + 1
    )


def test_two_patients_with_equal_hashes_share_one_memory(workers: DurableWorkers) -> None:
    both = ((9, (2, 3)),)
    for facts in ((2,), (3,)):
        workers.begin(Query(clauses=both, facts=facts))
        assert workers.finish() == ()


# Batches and the host in Python.


def test_a_batch_without_facts_hangs_it(engine: CrosscheckedEngine) -> None:
    program = a_program({"r": has("a"), "s": Negation(part=AnyOf(parts=()))})
    answer = sound(engine, program, {})
    assert (rule_of(answer, "r"), rule_of(answer, "s")) == (UNKNOWN, TRUE)


def test_a_fact_that_no_rule_wants_loses_the_whole_batch(engine: CrosscheckedEngine) -> None:
    program = a_program({"r": has("a")})
    truths = {"a": TRUE, **{f"unwanted {number}": TRUE for number in range(100)}}
    assert rule_of(sound(engine, program, truths), "r") is TRUE


def test_a_field_missing_from_a_join_ends_the_assertion() -> None:
    join = {"$and": [{"kind": "b"}, {"$neq": {"v": {"m0": "v"}}}]}
    assert refused([{"m0": kind("a")}, {"m1": join}], "'$neq' is neither")
    assert refused([{"m0": kind("a")}, {"m1": {"$and": [{"v": {"m0": "v"}}]}}], "joins, numbers and null")


def test_its_host_fires_late_swallows_errors_and_drops_facts() -> None:
    code = (
        "import sys; from engine.inference.session import RuleSets, raw_engine; import threading\n"
        "derived = RuleSets(raw_engine(), [(7, (6,)), (6, (2,))]).derive([2])\n"
        "print(derived, 'durable' in sys.modules, threading.active_count(), file=sys.stderr)"
    )
    with ChildProcess([sys.executable, "-c", code]) as child:
        assert child.how_it_ended(wait=60) == "ended with exit code 0"
        assert child.last_words() == "(6, 7) False 1"


# Chaining.


def test_chains_of_any_depth_are_followed_forwards_and_backwards(engine: CrosscheckedEngine) -> None:
    concepts: dict[str, Premise] = {"k0": has("a")}
    for number in range(1, 150):
        below = derived(f"k{number - 1}")
        concepts[f"k{number}"] = Negation(part=below) if number % 3 == 0 else AllOf(parts=(below, has("b")))
    program = a_program({"r": derived("k149")}, concepts)
    for truths in ({"a": TRUE, "b": TRUE}, {"a": FALSE, "b": TRUE}, {"b": TRUE}, {"a": TRUE}):
        answer = sound(engine, program, truths)
        assert concept_of(answer, "k0") is truths.get("a", UNKNOWN)
    assert len(compile_program(program).clauses) > 300  # more than one shard
