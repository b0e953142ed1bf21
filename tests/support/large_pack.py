"""A rule pack as large as one of a whole hospital, as YAML: rules over many indications, each with its cases.

Made up from numbers, the same text each time. Every rule has a case in which it fires, one in which it stays
silent and one in which it is undecided, and all of them come out as written: ``python
tests/support/large_pack.py FOLDER [RULES]`` writes it to a folder, for ``main.py check`` and ``cases``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from engine.domain.pack import PackFile
from engine.knowledge.manifest import sealed_manifest

RULES = 1000
#: Rules of one indication, over its five options.
OF_INDICATION = 50
_OPTIONS = 5
_DRUGS = 240
_CLASSES = 40
_CONDITIONS = 150
_ALLERGENS = 20
_ON = "2026-11-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
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


def _measured(name: str, unit: str, low: str, usual: str, high: str, decimals: int = 1) -> _Measured:
    return _Measured(
        name=name, unit=unit, low=Decimal(low), usual=Decimal(usual), high=Decimal(high), decimals=decimals
    )


_QUANTITIES = (
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
class _Written:
    """A premise, and what to give of a patient for each of its three truths."""

    when: str
    fires: str
    silent: str
    undecided: str


_Form = Callable[[int, int], _Written]


def _quantity(number: int, *, above: bool) -> tuple[_Measured, str, str]:
    quantity = _QUANTITIES[number % len(_QUANTITIES)]
    limit = quantity.limit(number // len(_QUANTITIES) * 7 + number, above=above)
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


def _below(number: int, _: int) -> _Written:
    quantity, limit, beyond = _quantity(number, above=False)
    return _Written(
        when=f"{{quantity: {quantity.name}, below: {quantity.amount(limit)}}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}"),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}"),
        undecided=_given(more=f"without: [{quantity.name}]"),
    )


def _above_for_drug(number: int, _: int) -> _Written:
    quantity, limit, beyond = _quantity(number, above=True)
    drug = _drug(number * 3)
    return _Written(
        when=f"{{all: [{{takes: {drug}}}, "
        f"{{quantity: {quantity.name}, above: {quantity.amount(limit)}, no_older_than: 365 days}}]}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}", medications=drug),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}", medications=drug),
        undecided=_given(medications=drug, more=f"without: [{quantity.name}]"),
    )


def _by_parameter(number: int, _: int) -> _Written:
    quantity, limit, beyond = _quantity(number, above=True)
    return _Written(
        when=f"{{quantity: {quantity.name}, above: limit.{number:04}}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}"),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}"),
        undecided=_given(more=f"without: [{quantity.name}]"),
    )


def _class_and_condition(number: int, _: int) -> _Written:
    drug, condition = _drug(number % _CLASSES), _condition(number)
    return _Written(
        when=f"{{all: [{{takes: class{number % _CLASSES:02}}}, {{condition: {condition}}}]}}",
        fires=_given(conditions=condition, medications=drug),
        silent=_given(conditions=condition),
        undecided=_given(conditions=condition, more=_UNREVIEWED["medications"]),
    )


def _allergy_or_past(number: int, _: int) -> _Written:
    allergen, condition = f"allergen{number % _ALLERGENS:02}", _condition(number)
    return _Written(
        when=f"{{any: [{{allergy: {allergen}}}, {{condition: {condition}, ever: yes}}]}}",
        fires=_given(conditions=f"{{id: {condition}, status: resolved}}"),
        silent=_given(),
        undecided=_given(more=_UNREVIEWED["allergies"]),
    )


def _chained(number: int, indication: int) -> _Written:
    condition = _condition(indication * 7 + 2)
    drug = _drug(number * 5 + 1)
    return _Written(
        when=f"{{all: [{{concept: {_concept(indication, 2)}}}, {{takes: {drug}}}]}}",
        fires=_given(conditions=condition, medications=drug),
        silent=_given(medications=drug),
        undecided=_given(medications=drug, more=_UNREVIEWED["conditions"]),
    )


def _several(number: int, indication: int) -> _Written:
    quantity, limit, beyond = _quantity(number, above=True)
    condition, drug = _condition(number + 3), _drug(number * 7)
    return _Written(
        when=f"{{at_least_n: {{n: 2, of: [{{condition: {condition}}}, {{takes: {drug}}}, "
        f"{{concept: {_concept(indication, 0)}}}, "
        f"{{quantity: {quantity.name}, above: {quantity.amount(limit)}}}]}}}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}", medications=drug),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}", medications=drug),
        undecided=_given(medications=drug, more=_UNREVIEWED["conditions"]),
    )


def _state_without_drug(number: int, _: int) -> _Written:
    state, drug = ("pregnant", "breastfeeding", "dialysis")[number % 3], _drug(number * 11 + 4)
    return _Written(
        when=f"{{all: [{{state: {state}}}, {{not: {{takes: {drug}}}}}]}}",
        fires=_given(more=f"states: {{{state}: yes}}"),
        silent=_given(medications=drug, more=f"states: {{{state}: yes}}"),
        undecided=_given(more=f"without: [{state}]"),
    )


def _old_and_poor(number: int, indication: int) -> _Written:
    quantity, limit, beyond = _quantity(number, above=False)
    return _Written(
        when=f"{{all: [{{concept: cyp2c9.poor}}, {{any: [{{quantity: age, at_least: {60 + number % 30} a}}, "
        f"{{concept: {_concept(indication, 1)}}}, "
        f"{{quantity: {quantity.name}, below: {quantity.amount(limit)}}}]}}]}}",
        fires=_given(
            quantities=f"{quantity.name}: {quantity.amount(beyond)}", more='genotypes: {CYP2C9: "*3/*3"}'
        ),
        silent=_given(
            quantities=f"{quantity.name}: {quantity.amount(limit)}", more='genotypes: {CYP2C9: "*3/*3"}'
        ),
        undecided=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}", more="without: [CYP2C9]"),
    )


def _range(number: int, _: int) -> _Written:
    quantity, limit, beyond = _quantity(number, above=False)
    condition, floor = _condition(number * 3 + 1), quantity.amount(quantity.written(quantity.low))
    return _Written(
        when=f"{{all: [{{quantity: {quantity.name}, at_least: {floor}, "
        f"below: {quantity.amount(limit)}}}, {{not: {{condition: {condition}}}}}]}}",
        fires=_given(quantities=f"{quantity.name}: {quantity.amount(beyond)}"),
        silent=_given(quantities=f"{quantity.name}: {quantity.amount(limit)}"),
        undecided=_given(
            quantities=f"{quantity.name}: {quantity.amount(beyond)}", more=_UNREVIEWED["conditions"]
        ),
    )


_FORMS: tuple[_Form, ...] = (
    _below,
    _above_for_drug,
    _by_parameter,
    _class_and_condition,
    _allergy_or_past,
    _chained,
    _several,
    _state_without_drug,
    _old_and_poor,
    _range,
)
_SAYS = (
    ("contraindication", "contraindicated"),
    ("interaction", "avoid"),
    ("precaution", "caution"),
    ("monitoring", "note"),
)


def _drug(number: int) -> str:
    return f"drug{number % _DRUGS:03}"


def _condition(number: int) -> str:
    return f"condition{number % _CONDITIONS:03}"


def _concept(indication: int, step: int) -> str:
    return f"concept.i{indication:02}.s{step}"


def _option(indication: int, number: int) -> str:
    return f"i{indication:02}.option{number % _OPTIONS}"


def large_pack(rules: int = RULES) -> tuple[PackFile, ...]:
    """Return the files of a sealed pack of so many rules, with three cases each."""
    texts = {
        "manifest.yaml": _MANIFEST,
        "vocabulary.yaml": _vocabulary(),
        "knowledge.yaml": _knowledge(rules),
    }
    for indication in range(_indications(rules)):
        numbers = range(indication * OF_INDICATION, min(rules, (indication + 1) * OF_INDICATION))
        texts[f"rules/i{indication:02}.yaml"] = "rules:\n" + "".join(
            _rule(number, indication) for number in numbers
        )
        texts[f"rules/i{indication:02}.cases.yaml"] = (
            _PATIENT + "cases:\n" + "".join(case for number in numbers for case in _cases(number, indication))
        )
    files = tuple(PackFile(path=path, content=text.encode()) for path, text in sorted(texts.items()))
    sealed = PackFile(path="manifest.yaml", content=sealed_manifest(files))
    return tuple(sealed if file.path == sealed.path else file for file in files)


def _indications(rules: int) -> int:
    return -(-rules // OF_INDICATION)


def _form(number: int) -> _Form:
    return _FORMS[number % len(_FORMS)]


def _rule(number: int, indication: int) -> str:
    kind, severity = _SAYS[number // len(_FORMS) % len(_SAYS)]
    shared = ", ".join(_option(indication, number + step) for step in range(1 + number % 2))
    return (
        f"  rule.{number:04}:\n    title: Rule {number}\n    for: [{shared}]\n"
        f"    when: {_form(number)(number, indication).when}\n"
        f"    then: {{kind: {kind}, severity: {severity}, strength: low, say: Mind rule {number}.}}\n"
        "    sources: [{citation: label, where: x}]\n    review_by: 2027-11-30\n"
        "    author: the authors of the tests\n    version: 1\n    status: draft\n"
    )


def _cases(number: int, indication: int) -> Iterator[str]:
    written = _form(number)(number, indication)
    for name, given in (
        ("fires", written.fires),
        ("silent", written.silent),
        ("undecided", written.undecided),
    ):
        yield (
            f"  - name: rule {number} {name}\n    on: {_ON}\n    indication: i{indication:02}\n"
            f"    given: {{{given}}}\n    then: {{rule.{number:04}: {name}}}\n"
        )


_MANIFEST = """\
pack:
  id: large
  title: A pack as large as one of a whole hospital
  version: "1"
  status: for tests
"""
_PATIENT = (
    "patients:\n  complete:\n    sex: female\n    birth_date: 1986-05-01\n    quantities:\n"
    + "".join(f"      {each.name}: {each.amount(each.written(each.usual))}\n" for each in _QUANTITIES)
    + """\
    conditions: []
    medications: []
    allergies: []
    states: {pregnant: no, breastfeeding: no, dialysis: no}
    genotypes: {CYP2C9: "*1/*1"}
    reviewed: [conditions, medications, allergies]
"""
)


def _vocabulary() -> str:
    members = {name: [_drug(name + step * _CLASSES) for step in range(4)] for name in range(_CLASSES)}
    lines = [
        "drugs:",
        *(f"  {_drug(number)}: {{title: drug {number}}}" for number in range(_DRUGS)),
        "classes:",
        *(
            f"  class{number:02}: {{title: class {number}, members: [{', '.join(drugs)}], "
            "sources: [{citation: label, where: x}]}"
            for number, drugs in members.items()
        ),
        "conditions:",
        *(f"  {_condition(number)}: {{title: condition {number}}}" for number in range(_CONDITIONS)),
        "quantities:",
        "  age: {title: age, kind: derived, unit: a, plausible: {low: 0, high: 120}, decimals: 0}",
        *(
            f'  {each.name}: {{title: {each.name}, kind: measured, unit: "{each.unit}", '
            f"plausible: {{low: {each.low}, high: {each.high}}}, decimals: {each.decimals}}}"
            for each in _QUANTITIES
        ),
        "allergens:",
        *(
            f"  allergen{number:02}: {{title: allergen {number}, drugs: [{_drug(number * 9)}]}}"
            for number in range(_ALLERGENS)
        ),
        "states:",
        *(f"  {name}: {{title: {name}}}" for name in ("pregnant", "breastfeeding", "dialysis")),
        "genes:",
        "  CYP2C9: {title: CYP2C9}",
    ]
    return "\n".join(lines) + "\n"


def _knowledge(rules: int) -> str:
    return "".join((_CITATIONS, *_parameters(rules), "concepts:\n", *_concepts(rules), *_offered(rules)))


_CITATIONS = """\
citations:
  label: {title: A label, kind: EU label, year: 2023, locator: x, checked: seen, how: made up, on: 2026-11-22}
phenotypes:
  CYP2C9:
    prefix: cyp2c9
    alleles: {"*1": 1, "*2": 0.5, "*3": 0}
    phenotypes:
      normal: {title: CYP2C9 normal metaboliser, score: {at_least: 1.5}, reported: [Normal Metabolizer]}
      poor: {title: CYP2C9 poor metaboliser, score: {below: 1.5}, reported: [Poor Metabolizer]}
    sources: [{citation: label, where: allele functions}]
parameters:
"""


def _parameters(rules: int) -> Iterator[str]:
    for number in range(rules):
        if _form(number) is _by_parameter:
            quantity, limit, _ = _quantity(number, above=True)
            yield (
                f'  limit.{number:04}: {{title: limit {number}, unit: "{quantity.unit}", values: '
                f"{{2020-01-01: {{value: {limit}, source: {{citation: label, where: x}}}}}}}}\n"
            )


def _concepts(rules: int) -> Iterator[str]:
    for indication in range(_indications(rules)):
        of_step = [f"{{condition: {_condition(indication * 7 + step)}}}" for step in range(4)]
        premises = (
            f"{{any: [{of_step[0]}, {of_step[1]}]}}",
            f"{{all: [{{concept: {_concept(indication, 0)}}}, {of_step[3]}]}}",
            f"{{any: [{{concept: {_concept(indication, 1)}}}, {of_step[2]}]}}",
        )
        for step, when in enumerate(premises):
            yield (
                f"  {_concept(indication, step)}:\n    title: concept {step} of {indication}\n"
                f"    when: {when}\n    sources: [{{citation: label, where: x}}]\n"
            )


def _offered(rules: int) -> Iterator[str]:
    yield "indications:\n"
    for indication in range(_indications(rules)):
        yield (
            f"  i{indication:02}:\n    title: indication {indication}\n    question: Which?\n"
            f"    context: [{_concept(indication, 2)}]\n    model: null\n    no_model_reason: No data.\n"
            "    options:\n"
        )
        for number in range(_OPTIONS):
            yield (
                f"      {_option(indication, number)}: {{title: option {number}, "
                f"drug: {_drug(indication * _OPTIONS + number)}, dose: x, route: oral, burden: x, evidence: "
                "{order: 1, line: x, strength: low, sources: [{citation: label, where: x}]}}\n"
            )


def write(folder: Path, rules: int = RULES) -> None:
    """Write the pack to a folder."""
    for file in large_pack(rules):
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else RULES)
