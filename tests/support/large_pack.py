"""A rule pack as large as one of a whole hospital, as YAML: rules over many indications, each with its cases.

Made up from numbers, the same text each time. Every rule has a case in which it fires, one in which it stays
silent and one in which it is undecided, and all of them come out as written: ``python
tests/support/large_pack.py FOLDER [RULES]`` writes it to a folder, for ``main.py check`` and ``cases``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from large_pack_forms import (
    ALLERGENS,
    CLASSES,
    CONDITIONS,
    DRUGS,
    FORMS,
    QUANTITIES,
    Form,
    by_parameter,
    concept_name,
    condition_name,
    drug_name,
    limit_of,
)

from engine.domain.pack import PackFile
from engine.knowledge.manifest import sealed_manifest

RULES = 1000
#: Rules of one indication, over its five options.
OF_INDICATION = 50
_OPTIONS = 5
_ON = "2026-11-01"


_SAYS = (
    ("contraindication", "contraindicated"),
    ("interaction", "avoid"),
    ("precaution", "caution"),
    ("monitoring", "note"),
)


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


def _form(number: int) -> Form:
    return FORMS[number % len(FORMS)]


def _rule(number: int, indication: int) -> str:
    kind, severity = _SAYS[number // len(FORMS) % len(_SAYS)]
    shared = ", ".join(_option(indication, number + step) for step in range(1 + number % 2))
    return (
        f"  rule.{number:04}:\n    title: Rule {number}\n    for: [{shared}]\n"
        f"    when: {_form(number)(number, indication).when}\n"
        f"    then: {{kind: {kind}, severity: {severity}, strength: low, say: Mind rule {number}., "
        "manage: Look again.}\n"
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
    + "".join(f"      {each.name}: {each.amount(each.written(each.usual))}\n" for each in QUANTITIES)
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
    members = {name: [drug_name(name + step * CLASSES) for step in range(4)] for name in range(CLASSES)}
    lines = [
        "drugs:",
        *(f"  {drug_name(number)}: {{title: drug {number}}}" for number in range(DRUGS)),
        "classes:",
        *(
            f"  class{number:02}: {{title: class {number}, members: [{', '.join(drugs)}], "
            "sources: [{citation: label, where: x}]}"
            for number, drugs in members.items()
        ),
        "conditions:",
        *(f"  {condition_name(number)}: {{title: condition {number}}}" for number in range(CONDITIONS)),
        "quantities:",
        "  age: {title: age, kind: derived, unit: a, plausible: {low: 0, high: 120}, decimals: 0}",
        *(
            f'  {each.name}: {{title: {each.name}, kind: measured, unit: "{each.unit}", '
            f"plausible: {{low: {each.low}, high: {each.high}}}, decimals: {each.decimals}}}"
            for each in QUANTITIES
        ),
        "allergens:",
        *(
            f"  allergen{number:02}: {{title: allergen {number}, drugs: [{drug_name(number * 9)}]}}"
            for number in range(ALLERGENS)
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
        if _form(number) is by_parameter:
            quantity, limit, _ = limit_of(number, above=True)
            yield (
                f'  limit.{number:04}: {{title: limit {number}, unit: "{quantity.unit}", values: '
                f"{{2020-01-01: {{value: {limit}, source: {{citation: label, where: x}}}}}}}}\n"
            )


def _concepts(rules: int) -> Iterator[str]:
    for indication in range(_indications(rules)):
        of_step = [f"{{condition: {condition_name(indication * 7 + step)}}}" for step in range(4)]
        premises = (
            f"{{any: [{of_step[0]}, {of_step[1]}]}}",
            f"{{all: [{{concept: {concept_name(indication, 0)}}}, {of_step[3]}]}}",
            f"{{any: [{{concept: {concept_name(indication, 1)}}}, {of_step[2]}]}}",
        )
        for step, when in enumerate(premises):
            yield (
                f"  {concept_name(indication, step)}:\n    title: concept {step} of {indication}\n"
                f"    when: {when}\n    sources: [{{citation: label, where: x}}]\n"
            )


def _offered(rules: int) -> Iterator[str]:
    yield "indications:\n"
    for indication in range(_indications(rules)):
        yield (
            f"  i{indication:02}:\n    title: indication {indication}\n    question: Which?\n"
            f"    context: [{concept_name(indication, 2)}]\n    model: null\n    no_model_reason: No data.\n"
            "    options:\n"
        )
        for number in range(_OPTIONS):
            yield (
                f"      {_option(indication, number)}: {{title: option {number}, "
                f"drug: {drug_name(indication * _OPTIONS + number)}, dose: x, route: oral, burden: x, "
                "evidence: {order: 1, line: x, strength: low, sources: [{citation: label, where: x}]}}\n"
            )


def write(folder: Path, rules: int = RULES) -> None:
    """Write the pack to a folder."""
    for file in large_pack(rules):
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else RULES)
