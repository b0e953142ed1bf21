"""A checkpoint as people keep it."""

from __future__ import annotations

from html import unescape

import pytest
from builders import NOON

from engine.domain.audit import Checkpoint
from engine.domain.ids import ContentHash
from engine.report.checkpoint import as_file, as_sheet, as_terminal

KEPT = Checkpoint(
    sequence=4711,
    head=ContentHash("ab" * 32),
    signed_at=NOON,
    public_key="cd" * 32,
    signature="ef" * 64,
)


@pytest.mark.parametrize("ending", [".checkpoint", ".txt", ""])
def test_the_file_is_the_line_and_reads_back(ending: str) -> None:
    assert Checkpoint.from_line(as_file(KEPT, ending).decode()) == KEPT


def test_the_terminal_shows_the_code_and_the_line_below() -> None:
    shown = as_terminal(KEPT)
    assert shown.endswith(KEPT.line)
    assert len(shown.splitlines()) > 20


def test_pictures_of_the_code_are_what_their_names_say() -> None:
    assert b"<svg" in as_file(KEPT, ".svg")[:200]
    assert as_file(KEPT, ".PNG").startswith(b"\x89PNG")


def test_the_sheet_stands_alone_and_says_what_it_is_for() -> None:
    sheet = as_sheet(KEPT)
    assert KEPT.line in unescape(sheet)
    for part in ("<svg", "4711", "2026-03-02 12:00 UTC", "bound book", "verify --checkpoint"):
        assert part in sheet
    for reference in ("src=", "href=", "url(", "<script"):
        assert reference not in sheet
    assert as_sheet(KEPT) == sheet


def test_another_checkpoint_is_another_code() -> None:
    other = Checkpoint.from_line(KEPT.line.replace("4711", "4712"))
    assert as_file(KEPT, ".svg") != as_file(other, ".svg")
