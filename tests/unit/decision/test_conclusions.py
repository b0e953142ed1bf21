"""What findings ask for: computed doses, monitoring, therapies to start, and alternatives that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from fakes import PlainEngine
from packs import INDICATION, ToldFacts, a_bare_record, a_pack, a_rule, an_option, has

from engine.decision.assessment import RuleAssessor
from engine.domain.facts import FactBase, Reading
from engine.domain.findings import Finding, Severity, Watch
from engine.domain.ids import DrugId, OptionId, QuantityId
from engine.domain.options import Assessment
from engine.domain.pack import RulePack
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Interval, Quantity
from engine.domain.rules import DoseFormula, Jurisdiction, Monitoring, Rule
from engine.domain.truth import Truth
from engine.domain.vocabulary import Drug, MeasuredQuantity, QuantityKind

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_WEIGHT = QuantityId("weight")


class _Weighed(ToldFacts):
    """Facts as told, with a body weight where the assessment asks for one."""

    def assemble(self, record, atoms, quantities, as_of) -> FactBase:  # type: ignore[no-untyped-def] # noqa: ANN001
        base = super().assemble(record, atoms, quantities, as_of)
        weight = Reading(
            quantity=_WEIGHT,
            title="body weight",
            value=Quantity(value=Decimal(70), unit="kg"),
            at=date(2026, 11, 1),
            provenance=Provenance(method=Method.ENTERED, resource="test"),
        )
        return replace(base, readings=(weight,) if _WEIGHT in quantities else ())


def _assessed(
    pack: RulePack, truths: Mapping[str, Truth], facts: type[ToldFacts] = ToldFacts
) -> dict[str, Assessment]:
    told = facts(truths)
    assessor = RuleAssessor(lambda _: told, PlainEngine())
    found = assessor.assess(pack, a_bare_record(), INDICATION, Jurisdiction.EU, _NOW)
    return {each.option.option_id: each for each in found}


def _concluding(rule: Rule, **parts: object) -> Rule:
    return replace(rule, then=replace(rule.then, **parts))  # type: ignore[arg-type]


def _of(pack: RulePack, facts: type[ToldFacts] = ToldFacts) -> Finding:
    return _assessed(pack, {"x": Truth.TRUE}, facts)["a"].findings[0]


def _weighing_pack(rule: Rule) -> RulePack:
    pack = a_pack(rules=[rule], options=[an_option("a")])
    weight = MeasuredQuantity(quantity_id=_WEIGHT, title="body weight", kind=QuantityKind.MEASURED, unit="kg")
    drug = Drug(drug_id=DrugId("folic_acid"), title="folic acid")
    words = replace(pack.vocabulary, quantities={_WEIGHT: weight}, drugs={drug.drug_id: drug})
    return replace(pack, vocabulary=words)


def _dosing(dose: str = "") -> RulePack:
    formula = DoseFormula(
        amount=Quantity(value=Decimal(1), unit="mg"), quantity=_WEIGHT, per_unit="kg", every_hours=12
    )
    rule = a_rule("r", has("x"), "a", severity=Severity.CAUTION)
    return _weighing_pack(_concluding(rule, formula=formula, dose=dose))


def test_a_computed_dose_stands_with_its_arithmetic() -> None:
    finding = _of(_dosing(), _Weighed)

    assert finding.dose == "70 mg every 12 hours"
    assert finding.computed is not None
    assert finding.computed.steps == ("1 mg per kg x 70 kg (body weight) = 70 mg",)


def test_a_dose_that_cannot_be_computed_says_which_datum_is_missing() -> None:
    finding = _of(_dosing())

    assert finding.dose == "cannot be computed: body weight is not known"
    assert finding.computed is None


def test_a_sentence_may_name_the_computed_dose() -> None:
    pack = _dosing()
    (rule,) = pack.rules.values()
    said = replace(pack, rules={rule.rule_id: _concluding(rule, say="Give {dose}, no more.")})

    assert _of(said, _Weighed).say == "Give 70 mg every 12 hours, no more."
    assert _of(said).say == "Give cannot be computed: body weight is not known, no more."


def test_a_dose_in_words_goes_before_the_computed_one() -> None:
    assert _of(_dosing("half the usual dose"), _Weighed).dose == "half the usual dose"


def test_monitoring_says_what_when_where_to_act_and_how() -> None:
    monitoring = Monitoring(
        what="potassium",
        before=True,
        after_days=(7, 1),
        every_days=90,
        threshold=Interval(unit="mmol/L", low=Decimal("5.5"), low_closed=False),
        act="stop it",
    )
    rule = _concluding(a_rule("r", has("x"), "a", severity=Severity.NOTE), monitoring=(monitoring,))

    (watch,) = _of(a_pack(rules=[rule], options=[an_option("a")])).watch

    assert watch == Watch(
        what="potassium",
        when="before the first dose, after 7 days, after 1 day, every 90 days",
        threshold="above 5.5 mmol/L",
        act="stop it",
    )


def test_a_therapy_to_start_is_named_by_its_title() -> None:
    rule = _concluding(a_rule("r", has("x"), "a", severity=Severity.NOTE), starts=(DrugId("folic_acid"),))

    assert _of(_weighing_pack(rule)).starts == ("folic acid",)


def _with_rivals(*more: Rule) -> RulePack:
    rule = _concluding(a_rule("r", has("x"), "a"), alternatives=tuple(map(OptionId, "bcda")))
    return a_pack(rules=[rule, *more], options=[an_option(name) for name in "abcd"])


def test_an_alternative_is_offered_only_where_nothing_excludes_it_and_clear_ones_come_first() -> None:
    pack = _with_rivals(
        a_rule("caution", has("x"), "b", severity=Severity.CAUTION),
        a_rule("excludes", has("x"), "c"),
    )

    assert _of(pack).alternatives == ("d", "b")


def test_an_alternative_that_cannot_be_assessed_is_not_offered() -> None:
    pack = _with_rivals(a_rule("open", has("unknown"), "b", "c"))

    assert _of(pack).alternatives == ("d",)


def test_an_exclusion_without_alternative_gives_its_reason() -> None:
    rule = _concluding(a_rule("r", has("x"), "a"), no_alternative="every other bleeds as well")

    found = _of(_weighing_pack(rule))

    assert (found.alternatives, found.no_alternative) == ((), "every other bleeds as well")


def test_no_alternative_is_offered_under_an_engine_fault() -> None:
    told = ToldFacts({"x": Truth.TRUE})
    assessor = RuleAssessor(lambda _: told, PlainEngine(("the evaluators disagree",)))

    found = assessor.assess(_with_rivals(), a_bare_record(), INDICATION, Jurisdiction.EU, _NOW)

    assert [finding.alternatives for each in found for finding in each.findings] == [()]
