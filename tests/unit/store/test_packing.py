"""Stored bytes: smaller, and any change to them is found."""

from __future__ import annotations

import hashlib
import zlib

import pytest
import zstandard

from engine.store import packing
from engine.store.packing import DICTIONARIES, PackedBytesDamaged, dictionary, pack, unpack

CONTENT = b'{"format":1,"content":"apixaban"}' * 50


def test_content_comes_back_and_takes_less_room() -> None:
    assert unpack(pack(CONTENT)) == CONTENT
    assert len(pack(CONTENT)) < len(CONTENT)


def test_nothing_comes_back_as_nothing() -> None:
    assert unpack(pack(b"")) == b""


def test_a_change_that_the_compression_itself_does_not_mind_is_found() -> None:
    # Bits of a frame header that decoders must ignore (RFC 8878, section 3.1.1.1.1.3).
    packed = bytearray(pack(CONTENT))
    frame = 16 + 2
    assert packed[frame : frame + 4] == zstandard.MAGIC_NUMBER.to_bytes(4, "little")
    packed[frame + 4] ^= 0b0001_0000
    decompressor = zstandard.ZstdDecompressor(dict_data=dictionary(packed[17]))
    assert decompressor.decompress(bytes(packed[frame:])) == CONTENT
    with pytest.raises(PackedBytesDamaged):
        unpack(bytes(packed))


def test_bytes_packed_before_there_was_a_dictionary_are_read() -> None:
    assert unpack(_summed(zlib.compress(CONTENT))) == CONTENT


def test_what_is_held_elsewhere_is_left_out_and_put_back() -> None:
    held = b'{"format":1,"content":{"name":"Example-Cedar, Cleo","unlike anything":"Zyx 8461 wvu"}}'
    content = b'{"format":2,"content":{"record":' + held[22:-1] + b',"seed":1}}'
    packed = pack(content, held)
    assert len(packed) < len(pack(content))
    assert unpack(packed, {hashlib.sha256(held).digest(): held}.__getitem__) == content
    with pytest.raises(PackedBytesDamaged, match="not at hand"):
        unpack(packed)


def test_what_is_held_elsewhere_but_does_not_stand_in_the_content_changes_nothing() -> None:
    assert pack(CONTENT, b'{"format":1,"content":{"name":"another"}}') == pack(CONTENT)


@pytest.mark.parametrize(
    ("stream", "what"),
    [
        (b"\x01\xff" + zstandard.compress(CONTENT), "dictionary 255"),
        (b"\x03\x00" + zstandard.compress(CONTENT), "no form"),
        (b"", "no form"),
        (b"\x01", "cannot be decompressed"),
        (b"\x01\x00" + zstandard.compress(CONTENT)[:-4], "cannot be decompressed"),
        # A frame header that claims 2**40 bytes: single segment, eight bytes of content size.
        (b"\x01\x00\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little"), "claim to hold"),
    ],
    ids=[
        "a dictionary to come",
        "a form to come",
        "nothing",
        "no frame",
        "cut short",
        "too large to be true",
    ],
)
def test_streams_that_no_whyrx_wrote_are_refused(stream: bytes, what: str) -> None:
    with pytest.raises(PackedBytesDamaged, match=what):
        unpack(_summed(stream))


def test_each_dictionary_that_shipped_is_what_it_was() -> None:
    # Never change or take away a line: what was packed with a dictionary cannot be read without it.
    assert DICTIONARIES[:1] == ("28840b25c2dc2e82b3a7703931097d2f9d8b36c681df60abca487607fd720776",)
    for number in range(1, len(DICTIONARIES) + 1):
        assert dictionary(number) is not None


def test_a_dictionary_that_was_altered_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "DICTIONARIES", ("00" * 32,))
    with pytest.raises(PackedBytesDamaged, match="install WhyRx again"):
        dictionary(1)


def _summed(stream: bytes) -> bytes:
    return hashlib.sha256(stream).digest()[:16] + stream


@pytest.mark.parametrize("packed", [b"", b"short", pack(CONTENT)[:-1], pack(CONTENT) + b"\0"])
def test_stored_bytes_cut_short_or_drawn_out_are_found(packed: bytes) -> None:
    with pytest.raises(PackedBytesDamaged):
        unpack(packed)
