"""A small pack whose rules ask for details, courses and plans, and patients to hold proofs against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from proved_packs import rule_text, with_rules
from small_pack import DAY

from engine.domain.pack import PackFile

VOCABULARY = """\
drugs:
  apixaban: {title: apixaban}
  rivaroxaban: {title: rivaroxaban}
  ketoconazole: {title: ketoconazole}
  ritonavir: {title: ritonavir}
classes:
  inhibitor: {title: inhibitor, members: [ketoconazole, ritonavir], sources: [{citation: label, where: x}]}
  doac: {title: anticoagulant, members: [apixaban, rivaroxaban], sources: [{citation: label, where: x}]}
conditions:
  atrial_fibrillation: {title: atrial fibrillation}
  gastrointestinal_bleeding: {title: gastrointestinal bleeding}
  ulcer: {title: ulcer, includes: [duodenal_ulcer]}
  duodenal_ulcer: {title: duodenal ulcer}
  surgery: {title: surgery, includes: [hip_replacement]}
  hip_replacement: {title: hip replacement}
quantities:
  crcl: {title: creatinine clearance, kind: measured, unit: mL/min, plausible: {low: 0, high: 300}}
  potassium: {title: potassium, kind: measured, unit: mmol/L, plausible: {low: 1, high: 10}, decimals: 1}
  gestational_age:
    {title: gestational age, kind: measured, unit: wk, plausible: {low: 2, high: 44}, decimals: 1}
  age: {title: age, kind: derived, unit: a}
allergens:
  penicillins: {title: penicillins, drugs: [ritonavir]}
states:
  pregnant: {title: pregnant}
genes:
  CYP2C9: {title: CYP2C9}
"""

#: What premises ask for -> premises of it, each on its own.
LEAVES: Mapping[str, tuple[str, ...]] = {
    "drugs": (
        "{takes: ketoconazole}",
        "{takes: ketoconazole, dose: {at_least: 200 mg}}",
        "{takes: ketoconazole, route: oral}",
        "{takes: ketoconazole, route: [intravenous, topical], dose: {below: 0.2 g}}",
        "{takes: ketoconazole, daily_dose: {above: 400 mg}}",
        "{takes: inhibitor, daily_dose: {above: 200 mg, at_most: 400 mg}}",
        "{takes: inhibitor, count: 2}",
        "{takes: inhibitor, besides: [ritonavir]}",
        "{takes: inhibitor, started_within: 30 days}",
        "{takes: ketoconazole, started_before: 30 days}",
        "{stopped: ketoconazole, within: 14 days}",
        "{stopped: inhibitor, within: 30 days}",
    ),
    "conditions": (
        "{condition: ulcer}",
        "{condition: ulcer, ever: yes}",
        "{condition: ulcer, past: yes}",
        "{condition: duodenal_ulcer, past: yes}",
        "{condition: ulcer, began_within: 30 days}",
        "{condition: ulcer, began_before: 365 days}",
        "{condition: duodenal_ulcer, ever: yes, began_before: 365 days}",
    ),
    "plans": (
        "{planned: surgery, within: 14 days}",
        "{planned: surgery, within: 30 days}",
        "{planned: hip_replacement, within: 7 days}",
    ),
    "allergies": (
        "{allergy: penicillins}",
        "{allergy: penicillins, kind: allergy}",
        "{allergy: penicillins, kind: intolerance}",
        "{allergy: penicillins, severity: severe}",
        "{allergy: penicillins, severity: mild, kind: allergy}",
        "{allergy: penicillins, reaction: anaphylaxis}",
        "{allergy: penicillins, reaction: [urticaria, rash], severity: moderate}",
    ),
    "courses": (
        "{quantity: potassium, above: 5.5 mmol/L}",
        "{quantity: potassium, at_most: 5 mmol/L}",
        "{change: potassium, rises_by: 0.5 mmol/L, within: 14 days}",
        "{change: potassium, rises_by: 50 %, within: 90 days}",
        "{change: potassium, falls_by: 20 %, within: 14 days}",
        "{repeated: potassium, above: 5.5 mmol/L, times: 2, within: 90 days}",
        "{repeated: potassium, above: 5 mmol/L, times: 2, within: 90 days}",
        "{repeated: potassium, above: 5.5 mmol/L, times: 2, within: 90 days, apart: 30 days}",
        "{repeated: potassium, above: 5.5 mmol/L, times: 3, within: 90 days}",
    ),
    "pregnancies": (
        "{trimester: 1}",
        "{trimester: [2, 3]}",
        "{trimester: [1, 3]}",
        "{state: pregnant}",
        "{sex: female}",
        "{quantity: gestational_age, at_least: 28 wk}",
    ),
}

_KETOCONAZOLE = tuple(
    f"{{id: ketoconazole, route: {route}, dose: {dose} mg, daily_dose: {daily} mg, since: {since} days}}"
    for route, dose, daily, since in product(
        ("oral", "topical"), ("100", "200"), ("200", "400", "500"), ("30", "31")
    )
)
_RITONAVIR = "{id: ritonavir, route: oral, dose: 100 mg, daily_dose: 300 mg, since: 5 days}"
_STOPPED = tuple(f"{{id: ketoconazole, stopped: {days} days}}" for days in (14, 15, 30, 31))
_ULCERS = (
    "ulcer",
    "duodenal_ulcer",
    *(
        f"{{id: {name}, status: {status}, since: {days} days}}"
        for name, status, days in product(("ulcer", "duodenal_ulcer"), ("active", "resolved"), (30, 31, 366))
    ),
)
_ALLERGIES = tuple(
    f"{{id: {name}, kind: {kind}, severity: {severity}, reaction: {reaction}}}"
    for name, kind, severity, reaction in product(
        ("penicillins", "ritonavir"),
        ("allergy", "intolerance"),
        ("mild", "moderate", "severe"),
        ("anaphylaxis", "rash", "cough"),
    )
)
_POTASSIUM = ("4", "5.5", "5.6", "7")


def _lists_of_drugs() -> Iterable[str]:
    yield from (f"[{entry}]" for entry in (*_KETOCONAZOLE, *_STOPPED, _RITONAVIR))
    yield from (f"[{entry}, {_RITONAVIR}]" for entry in (*_KETOCONAZOLE, *_STOPPED))
    yield from (
        f"[{one}, {other}]" for one in _KETOCONAZOLE[::5] for other in (*_KETOCONAZOLE[::3], *_STOPPED)
    )


def _courses() -> Iterable[str]:
    for values in product(_POTASSIUM, repeat=3):
        for days in ((0, 14, 90), (0, 15, 91), (0, 60, 90), (80, 85, 94), (1, 20)):
            texts = (f'"{value} mmol/L, {old} days old"' for value, old in zip(values, days, strict=False))
            yield ", ".join(texts)


def people_of(family: str) -> tuple[str, ...]:
    """Return what differs among the patients that premises are held against, as lines of a case."""
    match family:
        case "drugs":
            return ("medications: []", *(f"medications: {each}" for each in _lists_of_drugs()))
        case "conditions":
            pairs = [f"{one}, {other}" for one in _ULCERS for other in _ULCERS]
            return tuple(f"conditions: [{each}]" for each in ("", *_ULCERS, *pairs))
        case "plans":
            days = (7, 8, 14, 15, 30, 31)
            return tuple(
                f"planned: [{{id: surgery, in: {first} days}}, {{id: hip_replacement, in: {second} days}}]"
                for first, second in product(days, days)
            )
        case "allergies":
            pairs = [f"{one}, {other}" for one in _ALLERGIES[::4] for other in _ALLERGIES[::3]]
            return tuple(f"allergies: [{each}]" for each in ("", *_ALLERGIES, *pairs))
        case "courses":
            return tuple(f"quantities: {{potassium: [{each}]}}" for each in _courses())
        case _:
            return tuple(
                f"sex: {sex}\n      states: {{pregnant: {pregnant}}}\n"
                f"      quantities: {{gestational_age: '{weeks} wk'}}"
                for sex, pregnant in (("male", "no"), ("female", "no"), ("female", "yes"))
                for weeks in ("13.9", "14", "27.9", "28")
            )


_COMPLETE = {
    "sex": "sex: female",
    "conditions": "conditions: []",
    "medications": "medications: []",
    "allergies": "allergies: []",
    "states": "states: {pregnant: no}",
    "genotypes": "genotypes: {CYP2C9: '*1/*1'}",
}


def everybody(family: str) -> str:
    """Return a case file with all patients of a family, each known in full, who expect a rule to fire."""
    lines = ["cases:"]
    for number, own in enumerate(people_of(family)):
        given = [own, *(text for key, text in _COMPLETE.items() if f"{key}:" not in own)]
        lines.append(
            f"  - name: n{number}\n    on: {DAY}\n    indication: af\n    given:\n"
            + "".join(f"      {line}\n" for line in given)
            + "      birth_date: 1990-01-01\n"
            "      reviewed: [conditions, medications, allergies, planned procedures]\n"
            "    then: {x.one: fires}"
        )
    return "\n".join(lines) + "\n"


def detailed_files(*whens: str, cases: str = "") -> tuple[PackFile, ...]:
    """Return a pack with one rule for each premise: ``x.one``, ``x.two``, and so on."""
    names = ("x.one", "x.two", "x.three")
    rules = (rule_text(name, when) for name, when in zip(names, whens, strict=False))
    return tuple(
        PackFile(path=file.path, content=VOCABULARY.encode()) if file.path == "vocabulary.yaml" else file
        for file in with_rules(*rules, cases=cases)
    )
