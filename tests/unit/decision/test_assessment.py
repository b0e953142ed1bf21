"""What rules make of options: verdicts, findings, undecided rules, traces, sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fakes import PlainEngine
from packs import INDICATION, ToldFacts, a_bare_record, a_concept, a_pack, a_rule, an_option, derived, has

from engine.decision.assessment import Appraisal, RuleAssessor
from engine.domain.findings import Severity
from engine.domain.ids import RuleId, Symbol
from engine.domain.options import Assessment, Verdict
from engine.domain.pack import RulePack
from engine.domain.rules import AllOf, AnyOf, Jurisdiction, Negation, WhenUnknown
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.ports import Evaluation, Program

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_T, _F, _U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def _appraise(
    pack: RulePack,
    truths: Mapping[str, Truth],
    *,
    faults: tuple[str, ...] = (),
    bindings: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> Appraisal:
    told = ToldFacts(truths, bindings or {})
    assessor = RuleAssessor(lambda _: told, PlainEngine(faults))
    return assessor.appraise(pack, a_bare_record(), INDICATION, Jurisdiction.EU, _NOW)


def _only(appraisal: Appraisal) -> Assessment:
    (assessment,) = appraisal.assessments
    return assessment


def test_a_contraindication_that_holds_excludes() -> None:
    pack = a_pack(rules=[a_rule("r", has("bleeding"), "a")], options=[an_option("a")])

    assessment = _only(_appraise(pack, {"bleeding": _T}))

    assert assessment.verdict is Verdict.EXCLUDED
    assert [finding.rule_id for finding in assessment.findings] == ["r"]


def test_an_undecided_contraindication_leaves_the_option_not_assessable_and_names_the_datum() -> None:
    pack = a_pack(rules=[a_rule("r", has("bleeding"), "a")], options=[an_option("a")])

    appraisal = _appraise(pack, {})

    assert _only(appraisal).verdict is Verdict.UNASSESSABLE
    assert [item.datum.subject for item in appraisal.to_settle] == ["bleeding"]


def test_an_undecided_exclusion_that_is_only_mentioned_does_not_block() -> None:
    rule = a_rule("r", has("x"), "a", when_unknown=WhenUnknown.MENTION)

    assessment = _only(_appraise(a_pack(rules=[rule], options=[an_option("a")]), {}))

    assert assessment.verdict is Verdict.CLEAR
    assert [item.rule_id for item in assessment.undecided] == ["r"]


def test_a_caution_that_is_undecided_is_a_caution_because_unknown_is_not_clear() -> None:
    rule = a_rule("r", has("x"), "a", severity=Severity.CAUTION)

    assert _only(_appraise(a_pack(rules=[rule], options=[an_option("a")]), {})).verdict is Verdict.CAUTION


def test_a_caution_that_says_why_it_may_stay_open_holds_nothing_up_and_is_named() -> None:
    rule = a_rule("r", has("x"), "a", severity=Severity.CAUTION, when_unknown=WhenUnknown.MENTION)
    pack = a_pack(rules=[replace(rule, unknown_because="Nobody waits for it.")], options=[an_option("a")])

    undecided, fired = _only(_appraise(pack, {})), _only(_appraise(pack, {"x": _T}))

    assert undecided.verdict is Verdict.CLEAR
    assert [item.because for item in undecided.undecided] == ["Nobody waits for it."]
    assert fired.verdict is Verdict.CAUTION


def test_a_note_leaves_an_option_clear() -> None:
    rule = a_rule("r", has("x"), "a", severity=Severity.NOTE)

    assert (
        _only(_appraise(a_pack(rules=[rule], options=[an_option("a")]), {"x": _T})).verdict is Verdict.CLEAR
    )


def test_an_engine_fault_leaves_every_option_not_assessable_with_its_findings_beside_it() -> None:
    pack = a_pack(rules=[a_rule("r", has("x"), "a")], options=[an_option("a"), an_option("b")])

    appraisal = _appraise(pack, {"x": _T}, faults=("the engines disagree",))

    assert {item.verdict for item in appraisal.assessments} == {Verdict.UNASSESSABLE}
    assert [len(item.findings) for item in appraisal.assessments] == [1, 0]
    assert not appraisal.engine.agreed


def test_the_label_of_another_jurisdiction_is_shown_and_does_not_count() -> None:
    rules = [a_rule("us", has("x"), "a", jurisdiction=Jurisdiction.US)]

    assessment = _only(_appraise(a_pack(rules=rules, options=[an_option("a")]), {"x": _T}))

    assert assessment.verdict is Verdict.CLEAR
    assert [finding.rule_id for finding in assessment.elsewhere] == ["us"]
    assert assessment.rules_checked == 0


def test_findings_come_worst_first() -> None:
    rules = [
        a_rule("a-note", has("x"), "o", severity=Severity.NOTE),
        a_rule("b-avoid", has("x"), "o", severity=Severity.AVOID),
        a_rule("c-contra", has("x"), "o"),
    ]

    assessment = _only(_appraise(a_pack(rules=rules, options=[an_option("o")]), {"x": _T}))

    assert [item.rule_id for item in assessment.findings] == ["c-contra", "b-avoid", "a-note"]


def _path(node: TraceNode) -> list[str]:
    return [node.label, *(label for child in node.children for label in _path(child))]


def test_a_trace_goes_from_the_rule_through_two_concepts_to_the_fact_and_leaves_out_what_did_not_matter() -> (
    None
):
    concepts = [
        a_concept("phenotype", has("diplotype")),
        a_concept("effective", AnyOf(parts=(derived("phenotype"), has("elsewise")))),
    ]
    rule = a_rule("r", AllOf(parts=(derived("effective"), Negation(part=has("spared")))), "a")
    pack = a_pack(rules=[rule], concepts=concepts, options=[an_option("a")])

    (finding,) = _only(_appraise(pack, {"diplotype": _T, "elsewise": _F, "spared": _F})).findings

    assert _path(finding.why) == [
        "r",
        "all of",
        "effective",
        "any of",
        "phenotype",
        "diplotype is true",
        "not",
        "spared is false",
    ]
    assert finding.why.kind is TraceKind.RULE


def test_only_the_data_that_could_still_decide_are_asked_for() -> None:
    premise = AllOf(parts=(has("known"), has("open"), AnyOf(parts=(has("no"), has("perhaps")))))
    pack = a_pack(rules=[a_rule("r", premise, "a")], options=[an_option("a")])

    appraisal = _appraise(pack, {"known": _T, "no": _F})

    assert [item.datum.subject for item in appraisal.to_settle] == ["open", "perhaps"]


def test_what_blocks_more_options_is_asked_for_before_what_only_cautions() -> None:
    rules = [
        a_rule("caution", has("a-mild"), "o", severity=Severity.CAUTION),
        a_rule("block", has("z-grave"), "o", severity=Severity.AVOID),
    ]

    appraisal = _appraise(a_pack(rules=rules, options=[an_option("o")]), {})

    assert [item.datum.subject for item in appraisal.to_settle] == ["z-grave", "a-mild"]


def test_sentences_bind_the_values_that_made_the_rule_fire() -> None:
    rule = a_rule("r", has("x"), "a", say="{option} with {drugs}: {crcl}")
    pack = a_pack(rules=[rule], options=[an_option("a")])

    assessment = _only(_appraise(pack, {"x": _T}, bindings={"x": (("drugs", "ketoconazole"),)}))

    assert assessment.findings[0].say == "a with ketoconazole: [crcl not known]"


def test_concepts_named_as_context_are_traced_even_when_no_rule_needs_them() -> None:
    pack = a_pack(concepts=[a_concept("risk", has("x"))], options=[an_option("a")], context=["risk"])

    (node,) = _appraise(pack, {"x": _U}).context

    assert (node.label, node.truth) == ("risk", _U)


class _SpeaksEarly(PlainEngine):
    """Says one thing while it computes, and returns what it is told to."""

    def __init__(self, *, early: Callable[[Evaluation], Evaluation], faults: tuple[str, ...] = ()) -> None:
        super().__init__(faults)
        self._early = early

    def evaluate_all(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: Callable[[int, Evaluation], None] | None = None,
    ) -> tuple[Evaluation, ...]:
        found = super().evaluate_all(program, patients)
        assert meanwhile is not None
        meanwhile(0, self._early(found[0]))
        return found


def _said_early(early: Callable[[Evaluation], Evaluation], faults: tuple[str, ...] = ()) -> Appraisal:
    pack = a_pack(rules=[a_rule("r", has("x"), "a")], options=[an_option("a")])
    told = ToldFacts({"x": _T}, {})
    assessor = RuleAssessor(lambda _: told, _SpeaksEarly(early=early, faults=faults))
    return assessor.appraise(pack, a_bare_record(), INDICATION, Jurisdiction.EU, _NOW)


def test_what_the_referee_confirms_may_have_been_worked_out_before() -> None:
    assert _only(_said_early(lambda found: found)).verdict is Verdict.EXCLUDED


def test_nothing_is_used_of_an_early_answer_that_the_referee_does_not_return() -> None:
    clear = Evaluation(rules={RuleId("r"): _F}, concepts={})

    assert _only(_said_early(lambda _: clear)).verdict is Verdict.EXCLUDED
    assert _only(_said_early(lambda found: replace(found, faults=()), ("they differ",))).verdict is (
        Verdict.UNASSESSABLE
    )


def test_an_early_answer_that_cannot_be_worked_out_is_no_fault() -> None:
    nonsense = Evaluation(rules={RuleId("never heard of"): _T}, concepts={})

    assert _only(_said_early(lambda _: nonsense)).verdict is Verdict.EXCLUDED
