"""The program for auditors: alone, it finds every change to an exported log."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import NOON, a_decision, a_patient, an_event
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import fill, opened

from engine.domain.audit import AuditKind, Checkpoint
from engine.domain.ids import ContentHash
from engine.errors import InputError
from engine.store import verifier
from engine.store.log_export import log_lines

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def public(key: Ed25519PrivateKey) -> str:
    """Return a public key as checkpoints have it."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def signed(sequence: int, head: bytes, key: Ed25519PrivateKey = KEY) -> Checkpoint:
    """Return a checkpoint, signed by another implementation than the one that verifies it."""
    bare = Checkpoint(
        sequence=sequence,
        head=ContentHash(head.hex()),
        signed_at=NOON + timedelta(microseconds=sequence),
        public_key=public(key),
    )
    return replace(bare, signature=key.sign(bare.statement).hex())


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[bytes, bytes]]:
    """Return body and hash of every event of a filled database."""
    with opened(tmp_path_factory.mktemp("log") / "whyrx.sqlite") as store:
        fill(store)
        store.save_record(a_patient("pat-0003", "Žofia Example-Ælm"), an_event(AuditKind.IMPORT, "pat-0003"))
        store.append_decision(a_decision("dec-0009"), an_event(AuditKind.DECISION, "dec-0009"))
        return list(store.links())


@pytest.fixture(scope="module")
def log(links: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the lines of a log with two checkpoints."""
    longer = list(links)
    for number in (3, len(links)):
        longer.append(checkpoint_event(longer, signed(number, links[number - 1][1])))
    return list(log_lines(longer))


def checkpoint_event(links: list[tuple[bytes, bytes]], checkpoint: Checkpoint) -> tuple[bytes, bytes]:
    """Return body and hash of the event that a checkpoint was signed."""
    body = re.sub(rb'"sequence":\d+', b'"sequence":%d' % (len(links) + 1), links[0][0])
    body = re.sub(rb'"kind":"[a-z ]+"', b'"kind":"checkpoint"', body)
    body = re.sub(rb'"detail":"[^"]*"', b'"detail":"%b"' % checkpoint.line.encode(), body)
    return body, hashlib.sha256(links[-1][1] + body).digest()


def found(log: Iterable[bytes], *kept: Checkpoint, key: str = "") -> list[str]:
    """Return what the verifier finds."""
    heads: list[str] = []
    checkpoints = [checkpoint.line for checkpoint in kept]
    wrong = list(verifier.wrong_lines(log, heads, checkpoints))
    return wrong + [said for line in checkpoints if (said := verifier.wrong_checkpoint(line, heads, key))]


def test_a_whole_log_is_whole(log: list[bytes]) -> None:
    assert found(log) == []
    assert found(log, key=public(KEY)) == []


def test_it_runs_alone_where_nothing_else_can_be_imported(tmp_path: Path, log: list[bytes]) -> None:
    program, file = tmp_path / "verifier.py", tmp_path / "log.jsonl"
    program.write_bytes(Path(verifier.__file__).read_bytes())
    file.write_bytes(b"".join(log))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)

    whole = run(str(file), "--key", public(KEY))
    assert (whole.returncode, whole.stdout) == (0, f"{len(log) - 4} events, 2 checkpoints, 0 problems\n")
    file.write_bytes(b"".join(log).replace(b"clinician", b"Clinician", 1))
    altered = run(str(file))
    assert altered.returncode == 1
    assert "BROKEN line" in altered.stdout
    assert run(str(tmp_path / "nothing.jsonl")).returncode == 2


def test_it_is_short_enough_to_be_read_and_imports_the_standard_library_alone() -> None:
    lines = Path(verifier.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) < 120
    imported = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_changed_byte_is_found(log: list[bytes], data: st.DataObject) -> None:
    content = bytearray(b"".join(log))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    assert found(bytes(content).splitlines(keepends=True)) != []


@given(st.data())
def test_lines_in_another_order_are_found(log: list[bytes], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(log))))
    moved = [log[place] for place in order]
    events = [line for line in log if line.startswith(b'{"hash"')]
    if [line for line in moved if line.startswith(b'{"hash"')] != events:
        assert found(moved) != []


@given(st.data())
def test_a_line_put_in_twice_or_taken_out_is_found(log: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 4))
    assert found([*log[: place + 1], *log[place:]]) != []
    assert found([*log[:place], *log[place + 1 :]]) != []


def test_an_end_that_was_cut_off_is_found_by_a_checkpoint_that_was_kept(
    links: list[tuple[bytes, bytes]],
) -> None:
    kept = signed(len(links), links[-1][1])
    shorter = list(log_lines(links[:-2]))
    assert found(shorter) == []
    assert found(shorter, kept) == [f"events {len(links) - 1} to {len(links)} were cut off since"]


def test_a_log_written_anew_is_found_by_a_checkpoint_that_was_kept(links: list[tuple[bytes, bytes]]) -> None:
    kept = signed(3, links[2][1])
    anew: list[tuple[bytes, bytes]] = []
    head = bytes(32)
    for body, _ in links:
        said = body.replace(b"clinician", b"Dr Nobody")
        head = hashlib.sha256(head + said).digest()
        anew.append((said, head))
    assert found(log_lines(anew)) == []
    assert found(log_lines(anew), kept) == ["the events up to 3 were others"]
    anew.append(checkpoint_event(anew, signed(3, anew[2][1], OTHER_KEY)))
    assert found(log_lines(anew)) == []
    assert found(log_lines(anew), key=public(KEY)) == ["it was signed with another key"]


def test_a_checkpoint_that_somebody_wrote_into_a_text_is_none(links: list[tuple[bytes, bytes]]) -> None:
    line = signed(3, links[2][1], OTHER_KEY).line
    text = json.dumps(f'"kind":"checkpoint","detail":"{line}"').encode()
    body = re.sub(rb'"detail":"[^"]*"', lambda _: b'"detail":%b' % text, links[0][0])
    assert line.encode() in body
    assert not any(b'{"checkpoint"' in written for written in log_lines([(body, links[0][1])]))


@pytest.mark.parametrize("part", ["sequence", "head", "signed_at", "public_key", "signature"])
def test_a_checkpoint_of_which_a_part_was_changed_does_not_hold(
    links: list[tuple[bytes, bytes]], log: list[bytes], part: str
) -> None:
    whole = signed(3, links[2][1])
    changes: dict[str, Any] = {
        "sequence": 4,
        "head": links[3][1].hex(),
        "signed_at": NOON,
        "public_key": public(OTHER_KEY),
        "signature": whole.signature[:-2] + ("00" if whole.signature[-2:] != "00" else "01"),
    }
    assert found(log, replace(whole, **{part: changes[part]})) == ["the signature does not hold"]


@settings(max_examples=25, deadline=None)
@given(secret=st.binary(min_size=32, max_size=32), said=st.binary(max_size=200), data=st.data())
def test_signatures_of_another_implementation_hold_and_altered_ones_do_not(
    secret: bytes, said: bytes, data: st.DataObject
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    signature = bytearray(key.sign(said))
    assert verifier.signature_holds(bytes.fromhex(public(key)), said, bytes(signature))
    signature[data.draw(st.integers(0, 63))] ^= data.draw(st.integers(1, 255))
    assert not verifier.signature_holds(bytes.fromhex(public(key)), said, bytes(signature))


@pytest.mark.parametrize(
    ("key", "said", "signature"),
    [
        # RFC 8032, section 7.1, tests 1 to 3.
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                "d25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                "387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            (
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                "4a7c15e9716ed28dc027beceea1ec40a"
            ),
        ),
    ],
)
def test_the_examples_of_the_standard_hold(key: str, said: str, signature: str) -> None:
    assert verifier.signature_holds(bytes.fromhex(key), bytes.fromhex(said), bytes.fromhex(signature))


def test_a_checkpoint_reads_back_as_it_was_printed(links: list[tuple[bytes, bytes]]) -> None:
    checkpoint = signed(3, links[2][1])
    assert Checkpoint.from_line(checkpoint.line) == checkpoint
    assert Checkpoint.from_line(checkpoint.line.replace(" ", "\n ")) == checkpoint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("whyrx-checkpoint 1", "whyrx-checkpoint 2"),
        ("+00:00", ""),
        ("2026-03-02T", "yesterday-"),
        (" 3 ", " 03 "),
    ],
)
def test_what_is_no_checkpoint_is_refused(links: list[tuple[bytes, bytes]], old: str, new: str) -> None:
    with pytest.raises(InputError, match="not a checkpoint"):
        Checkpoint.from_line(signed(3, links[2][1]).line.replace(old, new, 1))
