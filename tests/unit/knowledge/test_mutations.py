"""Rule files damaged at random: never a crash, never a hang, always a pack or a place."""

from __future__ import annotations

import random  # noqa: TID251 - seeded generators only
import re
import time
from collections.abc import Callable

import pytest
from shipped_words import RULESETS
from small_pack import DAY, base_files

from engine.bootstrap.packs import EXTRA_CHECKS
from engine.domain.diagnostics import DiagnosticGrade
from engine.domain.pack import PackFile
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files

FILES = base_files()
SHIPPED = read_pack_files(RULESETS)
#: Of the processor, for one pack; far beyond what any takes, far below a hang.
_SECONDS = 20.0
TOKENS = re.compile(rb"[A-Za-z0-9_.*/-]+|[^\sA-Za-z0-9_.*/-]|\s+")
WILD: tuple[bytes, ...] = (
    b"&a ",
    b"*a",
    b"!!int ",
    b"? ",
    b"- ",
    b": ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"#",
    b"'",
    b'"',
    b"|",
    b">",
    b"%",
    b"@",
)
WILD += (
    b"null",
    b"~",
    b"no",
    b"-1",
    b"1e9999999",
    b"9" * 400,
    b".nan",
    b"2027-02-30",
    b"\xff",
    b"\x00",
    b"\xe2\x80\xa8",
)


def flip_byte(content: bytes, chance: random.Random) -> bytes:
    """Change one byte."""
    at = chance.randrange(len(content))
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def cut(content: bytes, chance: random.Random) -> bytes:
    """Take a piece out."""
    begin, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:begin] + content[min(end, begin + 200) :]


def shuffle_lines(content: bytes, chance: random.Random) -> bytes:
    """Exchange, double, indent or drop a line."""
    lines = content.splitlines(keepends=True)
    one, other = (chance.randrange(len(lines)) for _ in range(2))
    match chance.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            lines[one] = b" " * chance.randrange(1, 5) + lines[one]
        case _:
            del lines[one]
    return b"".join(lines)


def swap_tokens(content: bytes, chance: random.Random) -> bytes:
    """Put one word of some file in the place of another."""
    tokens = TOKENS.findall(content)
    tokens[chance.randrange(len(tokens))] = chance.choice(TOKENS.findall(chance.choice(FILES).content))
    return b"".join(tokens)


def insert_wild(content: bytes, chance: random.Random) -> bytes:
    """Put in something that means much to YAML."""
    at = chance.randrange(len(content))
    return content[:at] + chance.choice(WILD) + content[at:]


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip_byte,
    cut,
    shuffle_lines,
    swap_tokens,
    insert_wild,
)


def damaged(seed: int, whole: tuple[PackFile, ...]) -> tuple[PackFile, ...]:
    """Return a pack with one file damaged one to three times."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    victim = chance.randrange(len(whole))
    content = whole[victim].content
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(WAYS)(content or b"a: b\n", chance)
    return (*whole[:victim], PackFile(path=whole[victim].path, content=content), *whole[victim + 1 :])


def assert_a_pack_or_places(seed: int, whole: tuple[PackFile, ...] = FILES) -> None:
    """Load a damaged pack, limits of the rule engine and all, and hold what comes to the promise."""
    files = damaged(seed, whole)
    began = time.process_time()
    pack, diagnostics = load_pack(files, DAY, extra_checks=EXTRA_CHECKS)
    assert time.process_time() - began < _SECONDS, f"seed {seed}"
    lines = {file.path: len(file.content.decode(errors="replace").splitlines()) + 1 for file in files}
    errors = [item for item in diagnostics if item.grade is DiagnosticGrade.ERROR]
    assert (pack is None) == bool(errors), f"seed {seed}: {diagnostics}"
    for item in diagnostics:
        assert item.span.path in lines, f"seed {seed}: {item}"
        assert 1 <= item.span.line <= lines[item.span.path], f"seed {seed}: {item}"
        assert item.message, f"seed {seed}"
        assert item.hint, f"seed {seed}: {item}"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_damaged_packs_give_a_pack_or_diagnostics_with_a_place(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        assert_a_pack_or_places(seed)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("thousand", range(1, 21))
def test_twenty_thousand_more(thousand: int) -> None:
    for seed in range(thousand * 1_000, thousand * 1_000 + 1_000):
        assert_a_pack_or_places(seed)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("hundred", range(5))
def test_the_shipped_pack_damaged_five_hundred_times(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        assert_a_pack_or_places(seed, SHIPPED)
