"""What a rule says becomes its parts: doses in one unit, what to watch, what to start; options selected."""

from __future__ import annotations

from decimal import Decimal

import pytest
from small_pack import a_rule_text, base_files, loaded

from engine.domain.ids import OptionId, ParameterId, QuantityId, RuleId
from engine.domain.patient import Route
from engine.domain.quantities import Interval, Quantity
from engine.domain.rules import Conclusion, DoseFormula, Monitoring, Rule

WORDS = """
quantities:
  weight: {title: body weight, kind: measured, unit: kg, conversions: {"[lb_av]": "0.45359237"}}
  potassium: {title: serum potassium, kind: measured, unit: mmol/L, conversions: {meq/L: 1}}
"""
OPTIONS = """
indications:
  thrombosis:
    title: Venous thrombosis
    question: Which anticoagulant?
    model: null
    no_model_reason: No data.
    options:
      apixaban-high:
        title: apixaban in the high dose
        drug: apixaban
        dose: 10 mg twice daily
        single_dose: 0.01 g
        daily_dose: 20 mg
        route: Oral
        burden: four tablets a day
        evidence: {order: 1, line: supported, strength: high, sources: [{citation: label, where: "5.1"}]}
      apixaban-drip:
        title: apixaban by drip
        drug: apixaban
        dose: by weight
        route: intravenous or oral
        burden: a drip
        evidence: {order: 1, line: supported, strength: high, sources: [{citation: label, where: "5.1"}]}
"""


def rule_with(
    *, then: str = "", kind: str = "precaution", options: str = "[apixaban]", only: str = ""
) -> Rule:
    """Return a rule of the small pack with more quantities and options."""
    text = a_rule_text("{state: pregnant}", then=then, options=options).replace(
        "kind: precaution", f"kind: {kind}"
    )
    if only:
        text = text.replace("    when:", f"    only: {only}\n    when:")
    return loaded(base_files(words=WORDS, options=OPTIONS, x=text)).rules[RuleId("x.rule")]


def conclusion(then: str, kind: str = "dose adjustment") -> Conclusion:
    """Return what a rule says."""
    return rule_with(then=f", {then}", kind=kind).then


@pytest.mark.parametrize(
    ("compute", "formula"),
    [
        ("{amount: 5 mg}", DoseFormula(amount=Quantity(value=Decimal(5), unit="mg"))),
        (
            "{amount: 90 mcg, per: kg, of: weight, at_least: 1 mg, at_most: 0.009 g, round_to: 0.5 mg}",
            DoseFormula(
                amount=Quantity(value=Decimal(90), unit="ug"),
                quantity=QuantityId("weight"),
                per_unit="kg",
                at_least=Decimal(1000),
                at_most=Decimal(9000),
                round_to=Decimal(500),
            ),
        ),
        (
            "{amount: 5 mg, per: mL/min, of: crcl, plus: 25 mL/min, every: 3 weeks}",
            DoseFormula(
                amount=Quantity(value=Decimal(5), unit="mg"),
                quantity=QuantityId("crcl"),
                per_unit="mL/min",
                plus=Decimal(25),
                every_hours=504,
            ),
        ),
        (
            '{amount: 100 units, per: "[lb_av]", of: weight, every: 8 hours}',
            DoseFormula(
                amount=Quantity(value=Decimal(100), unit="U"),
                quantity=QuantityId("weight"),
                per_unit="[lb_av]",
                every_hours=8,
            ),
        ),
    ],
)
def test_a_dose_becomes_arithmetic_in_the_unit_of_its_amount(compute: str, formula: DoseFormula) -> None:
    assert conclusion(f"compute: {compute}").formula == formula


def test_what_to_watch_has_times_and_a_limit_in_the_unit_of_its_quantity() -> None:
    watched = conclusion(
        "monitor: [{what: potassium, before: yes, after: [2 weeks, 1 week, 7 days], every: 90 days,"
        " above: 5.5 mEq/L, act: ' Stop it. '}, {what: crcl, every: 1 week, below: crcl_floor,"
        " act: Halve it.},"
        " {what: yellow skin, every: 1 day}]",
        "monitoring",
    ).monitoring

    assert watched == (
        Monitoring(
            what="serum potassium",
            quantity=QuantityId("potassium"),
            before=True,
            after_days=(7, 14),
            every_days=90,
            threshold=Interval(unit="mmol/L", low=Decimal("5.5"), low_closed=False),
            act="Stop it.",
        ),
        Monitoring(
            what="creatinine clearance",
            quantity=QuantityId("crcl"),
            every_days=7,
            threshold=Interval(unit="mL/min", high=Decimal(15)),
            parameters=(ParameterId("crcl_floor"),),
            act="Halve it.",
        ),
        Monitoring(what="yellow skin", every_days=1),
    )


def test_drugs_and_classes_can_be_started() -> None:
    said = conclusion("starts: [ketoconazole, strong_cyp3a4_inhibitor]", "therapy to start")

    assert said.starts == ("ketoconazole", "strong_cyp3a4_inhibitor")


def test_an_option_says_its_route_and_doses_where_they_are_single_ones() -> None:
    pack = loaded(base_files(options=OPTIONS))
    high, drip = pack.indications["thrombosis"].options  # type: ignore[index]

    assert (high.administered, str(high.single_dose), str(high.daily_dose)) == (Route.ORAL, "10 mg", "20 mg")
    assert (drip.administered, drip.single_dose, drip.daily_dose) == (None, None, None)
    assert drip.route == "intravenous or oral"


@pytest.mark.parametrize(
    ("options", "only", "left"),
    [
        ("[apixaban-high, rivaroxaban]", "{indications: [thrombosis]}", ["apixaban-high"]),
        ("[apixaban-high]", "{routes: [oral, rectal]}", ["apixaban-high"]),
        ("[apixaban-high]", "{dose: {at_least: 10 mg}, daily_dose: {at_most: 0.02 g}}", ["apixaban-high"]),
        # The drip does not name one route, but is left out by its indication before it is asked.
        ("[doac]", "{indications: [af], routes: oral}", ["apixaban", "rivaroxaban"]),
    ],
)
def test_a_selector_keeps_the_options_that_have_all_it_asks_for(
    options: str, only: str, left: list[OptionId]
) -> None:
    assert sorted(rule_with(options=options, only=only).options) == sorted(left)
