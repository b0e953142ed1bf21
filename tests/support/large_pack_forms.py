"""The premises of a large pack, each with what to give of a patient for it to be true, false and unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

DRUGS = 240
CLASSES = 40
CONDITIONS = 150
ALLERGENS = 20


def drug_name(number: int) -> str:
    return f"drug{number % DRUGS:03}"


def condition_name(number: int) -> str:
    return f"condition{number % CONDITIONS:03}"


def concept_name(indication: int, step: int) -> str:
    return f"concept.i{indication:02}.s{step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A quantity, with what a healthy patient has of it."""

    name: str
    unit: str
    low: Decimal
    usual: Decimal
    high: Decimal
    decimals: int = 1

    def limit(self, number: int, *, above: bool) -> str:
        """Return one of 60 limits between the usual value and an end of what is plausible."""
        end = self.high if above else self.low
        share = Decimal(number % 60 + 1) / 62
        return self.written(self.usual + (end - self.usual) * share)

    def beyond(self, limit: str, *, above: bool) -> str:
        """Return a value a step beyond a limit."""
        step = Decimal(1).scaleb(-self.decimals)
        return self.written(Decimal(limit) + (step if above else -step))

    def written(self, value: Decimal) -> str:
        """Return a value in the decimals of the quantity."""
        return str(value.quantize(Decimal(1).scaleb(-self.decimals)))

    def amount(self, value: str) -> str:
        """Return a value with its unit, in quotes."""
        return f'"{value}"' if self.unit == "1" else f'"{value} {self.unit}"'


def _measured(name: str, unit: str, low: str, usual: str, high: str, decimals: int = 1) -> Measured:
    return Measured(
        name=name, unit=unit, low=Decimal(low), usual=Decimal(usual), high=Decimal(high), decimals=decimals
    )


QUANTITIES = (
    _measured("creatinine", "mg/dL", "0.1", "0.9", "25", 2),
    _measured("potassium", "mmol/L", "1.5", "4.2", "9", 2),
    _measured("sodium", "mmol/L", "100", "140", "180"),
    _measured("haemoglobin", "g/dL", "3", "14", "25"),
    _measured("platelets", "/uL", "1000", "220000", "2000000", 0),
    _measured("alt", "U/L", "1", "25", "10000", 0),
    _measured("systolic_bp", "mm[Hg]", "50", "125", "280", 0),
    _measured("heart_rate", "/min", "20", "70", "250", 0),
    _measured("weight", "kg", "20", "75", "350"),
    _measured("glucose", "mg/dL", "20", "95", "1000", 0),
    _measured("qtc", "ms", "300", "410", "700", 0),
    _measured("inr", "1", "0.5", "1.0", "15", 2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A premise, and what to give of a patient for each of its three truths."""

    when: str
    fires: str
    silent: str
    undecided: str


Form = Callable[[int, int], Written]


def limit_of(number: int, *, above: bool) -> tuple[Measured, str, str]:
    quantity = QUANTITIES[number % len(QUANTITIES)]
    limit = quantity.limit(number // len(QUANTITIES) * 7 + number, above=above)
    return quantity, limit, quantity.beyond(limit, above=above)


def _given(*, quantities: str = "", conditions: str = "", medications: str = "", more: str = "") -> str:
    parts = (
        f"quantities: {{{quantities}}}" if quantities else "",
        f"conditions: [{conditions}]" if conditions else "",
        f"medications: [{medications}]" if medications else "",
        more,
    )
    return ", ".join(["like: complete", *filter(None, parts)])


_UNREVIEWED = {
    "conditions": "reviewed: [medications, allergies]",
    "medications": "reviewed: [conditions, allergies]",
    "allergies": "reviewed: [conditions, medications]",
}


def _below(number: int, _: int) -> Written:
    quantity, limit, beyond = limit_of(number, above=False)
    return Written(
        when=f"{{quantity: {quantity.name}, below: {quantity.amount(limit)}}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}"),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}"),
        undecided=_given(more=f"without: [{quantity.name}]"),
    )


def _above_for_drug(number: int, _: int) -> Written:
    quantity, limit, beyond = limit_of(number, above=True)
    drug = drug_name(number * 3)
    return Written(
        when=f"{{all: [{{takes: {drug}}}, "
        f"{{quantity: {quantity.name}, above: {quantity.amount(limit)}, no_older_than: 365 days}}]}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}", medications=drug),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}", medications=drug),
        undecided=_given(medications=drug, more=f"without: [{quantity.name}]"),
    )


def by_parameter(number: int, _: int) -> Written:
    quantity, limit, beyond = limit_of(number, above=True)
    return Written(
        when=f"{{quantity: {quantity.name}, above: limit.{number:04}}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}"),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}"),
        undecided=_given(more=f"without: [{quantity.name}]"),
    )


def _class_and_condition(number: int, _: int) -> Written:
    drug, condition = drug_name(number % CLASSES), condition_name(number)
    return Written(
        when=f"{{all: [{{takes: class{number % CLASSES:02}}}, {{condition: {condition}}}]}}",
        fires=_given(conditions=condition, medications=drug),
        silent=_given(conditions=condition),
        undecided=_given(conditions=condition, more=_UNREVIEWED["medications"]),
    )


def _allergy_or_past(number: int, _: int) -> Written:
    allergen, condition = f"allergen{number % ALLERGENS:02}", condition_name(number)
    return Written(
        when=f"{{any: [{{allergy: {allergen}}}, {{condition: {condition}, ever: yes}}]}}",
        fires=_given(conditions=f"{{id: {condition}, status: resolved}}"),
        silent=_given(),
        undecided=_given(more=_UNREVIEWED["allergies"]),
    )


def _chained(number: int, indication: int) -> Written:
    condition = condition_name(indication * 7 + 2)
    drug = drug_name(number * 5 + 1)
    return Written(
        when=f"{{all: [{{concept: {concept_name(indication, 2)}}}, {{takes: {drug}}}]}}",
        fires=_given(conditions=condition, medications=drug),
        silent=_given(medications=drug),
        undecided=_given(medications=drug, more=_UNREVIEWED["conditions"]),
    )


def _several(number: int, indication: int) -> Written:
    quantity, limit, beyond = limit_of(number, above=True)
    condition, drug = condition_name(number + 3), drug_name(number * 7)
    return Written(
        when=f"{{at_least_n: {{n: 2, of: [{{condition: {condition}}}, {{takes: {drug}}}, "
        f"{{concept: {concept_name(indication, 0)}}}, "
        f"{{quantity: {quantity.name}, above: {quantity.amount(limit)}}}]}}}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}", medications=drug),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}", medications=drug),
        undecided=_given(medications=drug, more=_UNREVIEWED["conditions"]),
    )


def _state_without_drug(number: int, _: int) -> Written:
    state, drug = ("pregnant", "breastfeeding", "dialysis")[number % 3], drug_name(number * 11 + 4)
    return Written(
        when=f"{{all: [{{state: {state}}}, {{not: {{takes: {drug}}}}}]}}",
        fires=_given(more=f"states: {{{state}: yes}}"),
        silent=_given(medications=drug, more=f"states: {{{state}: yes}}"),
        undecided=_given(more=f"without: [{state}]"),
    )


def _old_and_poor(number: int, indication: int) -> Written:
    quantity, limit, beyond = limit_of(number, above=False)
    return Written(
        when=f"{{all: [{{concept: cyp2c9.poor}}, {{any: [{{quantity: age, at_least: {60 + number % 30} a}}, "
        f"{{concept: {concept_name(indication, 1)}}}, "
        f"{{quantity: {quantity.name}, below: {quantity.amount(limit)}}}]}}]}}",
        fires=_given(
            quantities=f"{quantity.name}: {quantity.amount(beyond)}", more='genotypes: {CYP2C9: "*3/*3"}'
        ),
        silent=_given(
            quantities=f"{quantity.name}: {quantity.amount(limit)}", more='genotypes: {CYP2C9: "*3/*3"}'
        ),
        undecided=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}", more="without: [CYP2C9]"),
    )


def _range(number: int, _: int) -> Written:
    quantity, limit, beyond = limit_of(number, above=False)
    condition, floor = condition_name(number * 3 + 1), quantity.amount(quantity.written(quantity.low))
    return Written(
        when=f"{{all: [{{quantity: {quantity.name}, at_least: {floor}, "
        f"below: {quantity.amount(limit)}}}, {{not: {{condition: {condition}}}}}]}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}"),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}"),
        undecided=_given(
            quantities=f"{quantity.name}: {quantity.amount(beyond)}", more=_UNREVIEWED["conditions"]
        ),
    )


def _high_dose(number: int, _: int) -> Written:
    drug, dose = drug_name(number * 13), 100 + number // 7

    def taken(a_day: int) -> str:
        return f"{{id: {drug}, route: oral, daily_dose: {a_day} mg}}"

    return Written(
        when=f"{{takes: {drug}, route: [oral, sublingual], daily_dose: {{above: {dose} mg}}}}",
        fires=_given(medications=taken(dose + 1)),
        silent=_given(medications=taken(dose)),
        undecided=_given(medications=f"{{id: {drug}, route: oral}}"),
    )


def _washed_out(number: int, _: int) -> Written:
    drug, days = drug_name(number * 17 + 5), 7 + number % 50
    return Written(
        when=f"{{any: [{{takes: {drug}}}, {{stopped: {drug}, within: {days} days}}]}}",
        fires=_given(medications=f"{{id: {drug}, stopped: {days} days}}"),
        silent=_given(medications=f"{{id: {drug}, stopped: {days + 1} days}}"),
        undecided=_given(medications=f"{{id: {drug}, status: stopped}}"),
    )


def _course(number: int, _: int) -> Written:
    days, share = 7 + number % 30, 20 + number % 60
    usual, risen = "100", str(100 + share)
    return Written(
        when=f"{{change: glucose, rises_by: {share} %, within: {days} days}}",
        fires=_given(quantities=f'glucose: ["{risen} mg/dL", "{usual} mg/dL, {days} days old"]'),
        silent=_given(quantities=f'glucose: ["{usual} mg/dL", "{usual} mg/dL, {days} days old"]'),
        undecided=_given(quantities=f'glucose: ["{risen} mg/dL", "{usual} mg/dL, {days + 1} days old"]'),
    )


def _again(number: int, _: int) -> Written:
    days, limit = 30 + number % 60, 130 + number % 40

    def values(newest: int) -> str:
        return f'systolic_bp: ["{newest} mm[Hg]", "{limit + 1} mm[Hg], {days} days old"]'

    return Written(
        when=f'{{repeated: systolic_bp, above: "{limit} mm[Hg]", times: 2, '
        f"within: {days} days, apart: 7 days}}",
        fires=_given(quantities=values(limit + 1)),
        silent=_given(quantities=values(limit)),
        undecided=_given(quantities=f'systolic_bp: "{limit + 1} mm[Hg]"'),
    )


def _began_or_severe(number: int, _: int) -> Written:
    condition, allergen, days = (
        condition_name(number * 3),
        f"allergen{number % ALLERGENS:02}",
        30 + number % 200,
    )
    return Written(
        when=f"{{any: [{{condition: {condition}, began_within: {days} days}}, "
        f"{{allergy: {allergen}, severity: severe}}]}}",
        fires=_given(conditions=f"{{id: {condition}, since: {days} days}}"),
        silent=_given(conditions=f"{{id: {condition}, since: {days + 1} days}}"),
        undecided=_given(conditions=condition),
    )


FORMS: tuple[Form, ...] = (
    _below,
    _above_for_drug,
    by_parameter,
    _class_and_condition,
    _allergy_or_past,
    _chained,
    _several,
    _state_without_drug,
    _old_and_poor,
    _range,
    _high_dose,
    _washed_out,
    _course,
    _again,
    _began_or_severe,
)
