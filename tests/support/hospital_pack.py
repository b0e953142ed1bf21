"""A rule pack of any size with its cases and patients: ``python tests/support/hospital_pack.py``.

What it says is made up; its form is that of a pack as pharmacists write it: drugs and diseases in
proportion to the rules, a dozen quantities that many rules share, classes, derived concepts, exceptions,
and three cases a rule (it fires, it is silent, it is undecided).
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251 - seeded below
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from engine.domain.ids import ConditionId, DrugId, PatientId, QuantityId
from engine.domain.patient import (
    ConditionStatus,
    Diagnosis,
    ListKind,
    ListReview,
    Medication,
    MedicationStatus,
    Observation,
    PatientRecord,
    Sex,
)
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Quantity
from engine.knowledge.manifest import seal

OPTIONS = ("apixaban", "dabigatran", "edoxaban", "rivaroxaban", "warfarin")
QUANTITIES = 12
RULES_A_FILE = 50
DAY = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
#: Of every quantity in every case and patient that nothing is wrong with.
_USUAL = 50

_HEAD = """\
citations:
  label:
    {title: A label, kind: EU label, year: 2023, locator: none, checked: seen, how: for tests, on: 2026-10-01}
indications:
  large:
    title: A large indication
    question: Which of them?
    model: null
    no_model_reason: No data.
    options:
"""
_OPTION = """\
      {name}:
        title: {name}
        drug: {name}
        dose: 5 mg
        route: oral
        burden: one tablet a day
        evidence: {{order: 1, line: supported, strength: high, sources: [{{citation: label, where: "5.1"}}]}}
"""
_COMPLETE = """\
patients:
  complete:
    sex: male
    birth_date: 1950-05-01
    quantities: {%s}
    conditions: []
    medications: []
    allergies: []
    reviewed: [conditions, medications, allergies]
cases:
"""
_CASE = """\
  - name: {name}
    on: 2026-11-01
    indication: large
    given: {{like: complete{given}}}
    then: {{{rule}: {then}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """One rule as text, with what makes it fire and what leaves it undecided."""

    when: str
    fires: str
    undecided: str


class LargePack:
    """Writes one pack; equal numbers give equal bytes."""

    def __init__(self, rules: int, seed: int = 1) -> None:
        """Take how many rules it is to have."""
        self._rules = rules
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.drugs = [f"drug_{number}" for number in range(max(20, rules // 8))]
        self.conditions = [f"condition_{number}" for number in range(max(20, rules // 10))]
        self.quantities = [f"quantity_{number}" for number in range(QUANTITIES)]
        self.classes = {
            f"class_{number}": self._chance.sample(self.drugs, 5) for number in range(max(4, rules // 40))
        }
        self.concepts = {
            f"concept_{number}": self._chance.sample(self.conditions, 3)
            for number in range(max(4, rules // 20))
        }

    def write(self, folder: Path) -> None:
        """Write it, and seal it."""
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        head = _HEAD + "".join(_OPTION.format(name=name) for name in OPTIONS)
        (folder / "knowledge.yaml").write_text(head + "".join(self._concepts()), encoding="utf-8")
        (folder / "vocabulary.yaml").write_text("".join(self._vocabulary()), encoding="utf-8")
        who = f"pack: {{id: large, title: A large pack, version: '{self._rules}', status: for tests}}\n"
        (folder / "manifest.yaml").write_text(who, encoding="utf-8")
        usual = ", ".join(f'{quantity}: "{_USUAL} mg/dL"' for quantity in self.quantities)
        for start in range(0, self._rules, RULES_A_FILE):
            rules, cases = ["rules:\n"], [_COMPLETE % usual]
            for number in range(start, min(start + RULES_A_FILE, self._rules)):
                rule, about = self._rule(number)
                rules.append(rule)
                cases += about
            path = folder / "rules" / f"rules-{start:05}.yaml"
            path.write_text("".join(rules), encoding="utf-8")
            path.with_suffix(".cases.yaml").write_text("".join(cases), encoding="utf-8")
        seal(folder)

    def _vocabulary(self) -> Iterator[str]:
        yield "drugs:\n"
        for name in (*OPTIONS, *self.drugs):
            yield f"  {name}: {{title: {name}}}\n"
        yield "classes:\n"
        for name, members in self.classes.items():
            listed = f"members: [{', '.join(members)}], sources: [{{citation: label, where: x}}]"
            yield f"  {name}: {{title: {name}, {listed}}}\n"
        yield "conditions:\n"
        for name in self.conditions:
            yield f"  {name}: {{title: {name}}}\n"
        yield "quantities:\n  age: {title: age, kind: derived, unit: a}\n"
        for name in self.quantities:
            plausible = "plausible: {low: 0, high: 1000}"
            yield f"  {name}: {{title: {name}, kind: measured, unit: mg/dL, {plausible}}}\n"

    def _concepts(self) -> Iterator[str]:
        yield "concepts:\n"
        for name, parts in self.concepts.items():
            listed = ", ".join(f"{{condition: {part}}}" for part in parts)
            yield (
                f"  {name}: {{title: {name}, when: {{any: [{listed}]}},"
                " sources: [{citation: label, where: x}]}\n"
            )

    def _rule(self, number: int) -> tuple[str, list[str]]:
        written = self._written(number)
        name = f"rule-{number:05}"
        severity = ("contraindicated", "caution", "avoid", "note")[number % 4]
        kind = "contraindication" if number % 2 == 0 else "precaution"
        options = ", ".join(OPTIONS) if number % 3 == 0 else OPTIONS[number % len(OPTIONS)]
        rule = (
            f"  {name}:\n    title: Rule {number}\n    for: [{options}]\n    when: {written.when}\n"
            f"    then: {{kind: {kind}, severity: {severity}, strength: low, say: Mind rule {number}.}}\n"
            "    sources: [{citation: label, where: x}]\n    review_by: 2027-11-30\n"
            "    author: the authors of the tests\n    version: 1\n    status: draft\n"
        )
        cases = [
            _CASE.format(name=f"{name} {then}", given=given, rule=name, then=then)
            for given, then in (
                (written.fires, "fires"),
                ("", "silent"),
                (written.undecided, "undecided"),
            )
        ]
        return rule, cases

    def _written(self, number: int) -> _Written:
        chance = self._chance
        drug, condition = chance.choice(self.drugs), chance.choice(self.conditions)
        quantity, limit = chance.choice(self.quantities), chance.randrange(5, 45)
        group = chance.choice(list(self.classes))
        concept = chance.choice(list(self.concepts))
        low = f'{{quantity: {quantity}, below: "{limit} mg/dL"}}'
        measured = f', quantities: {{{quantity}: "{limit - 1} mg/dL"}}'
        takes = f", medications: [{drug}]"
        has = f", conditions: [{condition}]"
        match number % 5:
            case 0:
                return _Written(
                    when=f"{{all: [{{takes: {drug}}}, {low}]}}",
                    fires=takes + measured,
                    undecided=f"{takes}, without: [{quantity}]",
                )
            case 1:
                return _Written(
                    when=f"{{all: [{{takes: {drug}}}, {{condition: {condition}}}]}}",
                    fires=takes + has,
                    undecided=f"{takes}, without: [conditions]",
                )
            case 2:
                return _Written(
                    when=f"{{all: [{{condition: {condition}}}, {low}, {{not: {{takes: {drug}}}}}]}}",
                    fires=has + measured,
                    undecided=f"{has}{measured}, without: [medications]",
                )
            case 3:
                return _Written(
                    when=f"{{all: [{{concept: {concept}}}, {{takes: {drug}}}]}}",
                    fires=f"{takes}, conditions: [{self.concepts[concept][0]}]",
                    undecided=f"{takes}, without: [conditions]",
                )
            case _:
                return _Written(
                    when=f"{{all: [{{takes: {group}}}, {{any: [{{condition: {condition}}}, {low}]}}]}}",
                    fires=f", medications: [{self.classes[group][0]}]{has}",
                    undecided=f", medications: [{self.classes[group][0]}], without: [{quantity}]",
                )

    def patients(self, count: int, seed: int = 2) -> Iterator[PatientRecord]:
        """Make patients one by one: drugs, diseases, quantities, here and there a list unreviewed."""
        for number in range(count):
            yield self._patient(random.Random(seed * 1_000_003 + number), number)  # noqa: S311 - as above

    def _patient(self, chance: random.Random, number: int) -> PatientRecord:
        def entered(name: str) -> Provenance:
            return Provenance(method=Method.ENTERED, resource=f"{name}", recorded=DAY - timedelta(days=9))

        lists = [ListKind.MEDICATIONS, ListKind.ALLERGIES]
        lists += [ListKind.CONDITIONS] if number % 10 else []
        record = PatientRecord(
            patient_id=PatientId(f"pat-{number:06}"),
            name=f"Example-{number:06} Panel",
            birth_date=date(1940 + number % 50, 1 + number % 12, 1 + number % 28),
            sex=(Sex.FEMALE, Sex.MALE)[number % 2],
            identity=entered("identity"),
            synthetic=True,
        )
        return replace(
            record,
            medications=tuple(
                Medication(
                    drug=DrugId(name),
                    text=name,
                    status=MedicationStatus.ACTIVE,
                    provenance=entered(name),
                )
                for name in chance.sample(self.drugs, 5)
            ),
            diagnoses=tuple(
                Diagnosis(
                    condition=ConditionId(name),
                    text=name,
                    status=ConditionStatus.ACTIVE,
                    provenance=entered(name),
                )
                for name in chance.sample(self.conditions, 4)
            ),
            observations=tuple(
                Observation(
                    quantity=QuantityId(name),
                    value=Quantity(value=Decimal(chance.randrange(20, 200)), unit="mg/dL"),
                    as_written="",
                    at=DAY - timedelta(days=9),
                    provenance=entered(name),
                )
                for name in self.quantities[: len(self.quantities) - number % 2]
            ),
            reviews=tuple(
                ListReview(kind=kind, on=DAY - timedelta(days=9), provenance=entered(kind.value))
                for kind in lists
            ),
        )


def main() -> None:
    """Write a pack where the command line says."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--rules", type=int, default=1_000)
    told = arguments.parse_args()
    LargePack(told.rules).write(told.folder)
    print(f"{told.rules} rules with {3 * told.rules} cases in {told.folder}")


if __name__ == "__main__":
    main()
