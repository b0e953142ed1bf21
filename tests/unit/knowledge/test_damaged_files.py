"""Damaged rule and case files end in diagnostics with a place, never in a Python error or a hang: seeded."""

from __future__ import annotations

import random  # noqa: TID251 - always seeded here
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from small_pack import BASE, DAY, a_rule_text, base_files

from engine.domain.diagnostics import DiagnosticGrade
from engine.domain.pack import PackFile
from engine.knowledge.case_records import record_of
from engine.knowledge.load import load
from engine.terminology.sentences import concept_sentence, sentence

ROOT = Path(__file__).resolve().parents[3]
#: What damage puts in the place of a word.
STRANGE = (
    "",
    "null",
    "~",
    "[]",
    "{}",
    "''",
    "-1",
    "0",
    "1e9",
    "NaN",
    "999999999999",
    "½",
    "\u2028",
    "\u202e",
    "yes",
    "{a: b}",
    "[[]]",
    "*x",
    "&x",
    "!!x",
    "{option}",
    "%",
    "“",
    "\t",
)
#: Files without a mistake, on the words of the small pack.
GOOD = (
    a_rule_text(
        "{any: [{takes: strong_cyp3a4_inhibitor, count: 2, route: [oral, rectal], dose: {at_least: 100 mg},"
        " daily_dose: {above: 0.1 g, at_most: 1 g}, started_within: 30 days},"
        " {takes: doac, besides: [apixaban]},"
        " {stopped: ketoconazole, within: 14 days, before: 1 day},"
        " {planned: atrial_fibrillation, within: 7 days},"
        " {condition: atrial_fibrillation, past: yes, began_before: 90 days},"
        " {allergy: penicillins, kind: allergy, severity: severe, reaction: [rash]},"
        " {change: crcl, falls_by: 30 %, within: 7 days}, {not: {concept: cyp2c9.poor}},"
        " {repeated: crcl, below: crcl_floor, times: 2, within: 90 days, apart: 1 day},"
        " {activity_score: {gene: CYP2C9, at_least: 1, below: 1.5}}]}",
        then=", monitor: [{what: crcl, before: yes, after: [7 days], every: 90 days, below: 20 mL/min,"
        " act: Stop.}]",
    ),
    a_rule_text(
        "{all: [{quantity: crcl, below: crcl_floor}, {sex: male}, {state: pregnant}]}",
        then=", compute: {amount: 5 mg, per: mL/min, of: crcl, plus: 25 mL/min, at_most: 500 mg,"
        " round_to: 50 mg, every: 12 hours}, alternatives: [rivaroxaban]",
    ).replace("kind: precaution", "kind: dose adjustment"),
)
#: A hang is anything beyond this; the slowest damaged file takes a small share of it.
_LONGEST_S = 20


def sources() -> list[tuple[bool, str]]:
    """Return rule and case files with every key there is, each with whether it is one of cases."""
    paths = [
        *sorted((ROOT / "tests" / "authoring_errors").rglob("*.yaml")),
        *sorted((ROOT / "rulesets").rglob("*.yaml")),
    ]
    texts = [
        (path.name.endswith(".cases.yaml"), path.read_bytes().decode("utf-8", "ignore")) for path in paths
    ]
    guide = (ROOT / "rulesets" / "AUTHORING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    texts += [("cases:" in block, re.sub(r"(?m)^ +\.\.\.\n", "", block)) for block in blocks]
    cases = (BASE / "rules" / "apixaban.cases.yaml").read_text(encoding="utf-8")
    good = [*((False, text) for text in GOOD), (True, cases)]
    return [(of_cases, text) for of_cases, text in texts if 0 < len(text) < 10_000] + good * 20


def damaged(text: str, tokens: list[str], dice: random.Random) -> bytes:
    """Return a text with damages to words, brackets and lines, sometimes cut off or with wrong bytes."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5))):
        parts = re.split(r"(\s+|[{}\[\]:,])", text)
        words = [at for at, part in enumerate(parts) if part.strip()] or [0]
        one, other = dice.choice(words), dice.choice(words)
        match dice.randrange(10):
            case 0 | 1 | 2 | 3 | 4:
                # A number for a number, a word for a word: the file stays YAML, and the mistake lies deeper.
                kind = r"\d+" if parts[one].strip().isdigit() else r"[\w.]+"
                alike = [token for token in tokens if re.fullmatch(kind, token)]
                parts[one] = re.sub(r"[\w.]+", dice.choice(alike), parts[one])
            case 5:
                parts[one] = dice.choice(tokens)
            case 6:
                parts[one] = ""
            case 7:
                parts[one], parts[other] = parts[other], parts[one]
            case 8:
                parts[one] = dice.choice(STRANGE)
            case _:
                lines = text.split("\n")
                lines.insert(dice.randrange(len(lines)), dice.choice(lines))
                parts = ["\n".join(lines)]
        text = "".join(parts)
    content = bytearray(text.encode("utf-8", "surrogatepass"))
    if content and dice.random() < 0.05:
        del content[dice.randrange(len(content)) :]
    if content and dice.random() < 0.05:
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


def outcome(path: str, content: bytes, base: tuple[PackFile, ...]) -> str:
    """Return what came of a pack with a damaged file; one that can be used must be readable throughout."""
    begun = time.monotonic()
    # Rules need no cases here, or nothing damaged could be read.
    found = load((*base, PackFile(path=path, content=content)), DAY, cases=path.endswith(".cases.yaml"))
    if time.monotonic() - begun > _LONGEST_S:
        return "hung"
    if any(not item.span.path or item.span.line < 1 or not item.message for item in found.diagnostics):
        return "without a place"
    if found.pack is None:
        refused = any(item.grade is DiagnosticGrade.ERROR for item in found.diagnostics)
        return "refused" if refused else "refused without a word"
    for rule in found.pack.rules.values():
        assert sentence(rule, found.pack)
    for concept in found.pack.concepts.values():
        assert concept_sentence(concept, found.pack)
    for case in found.cases:
        record_of(case, found.pack.vocabulary)
    return "read"


def run(many: int, seed: int) -> Counter[str]:
    """Return what came of so many damaged files."""
    dice = random.Random(seed)  # noqa: S311 - damage, not secrets
    texts = sources()
    tokens = sorted({word for _, text in texts for word in re.findall(r"[\w.\-/%]+|[{}\[\]:,]", text)})
    base = base_files()
    found: Counter[str] = Counter()
    for _ in range(many):
        of_cases, text = dice.choice(texts)
        path = "damaged.cases.yaml" if of_cases else "damaged.yaml"
        found[outcome(path, damaged(text, tokens, dice), base)] += 1
    return found


def test_hundreds_of_damaged_files_are_read_or_refused_in_words() -> None:
    found = run(400, seed=20261122)

    assert set(found) == {"read", "refused"}
    assert min(found.values()) > 10


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_ten_thousand_damaged_files_are_read_or_refused_in_words() -> None:
    assert set(run(10_000, seed=7)) == {"read", "refused"}
