"""Canonical bytes as they lie in the file: compressed, under a checksum of the compressed bytes.

The checksum is needed beside the hash of the content: some changes to a compressed stream (its
level bits, the padding before its end) leave the content as it was, and would pass unnoticed.

What most contents have in common is in dictionaries that ship with WhyRx (``dictionaries/``, made by
``.ci/train_dictionary.py``): one for decisions, one for all else. A stream names its dictionary by number, so
**a dictionary never changes once it has shipped**: another is added after it. A part of a content that is
stored elsewhere already, such as the patient's record inside a decision, is left out and referred to by its
hash.
"""

from __future__ import annotations

import functools
import hashlib
import zlib
from collections.abc import Callable
from importlib import resources
from typing import Final

import zstandard

#: Bytes of SHA-256 kept in front of the compressed stream.
_CHECKSUM = 16

#: SHA-256 of each dictionary that ever shipped, in order; their numbers begin with 1, and 0 is none.
DICTIONARIES: Final[tuple[str, ...]] = (
    "28840b25c2dc2e82b3a7703931097d2f9d8b36c681df60abca487607fd720776",
    "7a09c714b8599d5fe515d28546e79691a97f1536dec556cac272ffdec45af6e1",
    "f5acc8baafd5345666c545cefcf5f0a7495b04cb5c206ca651fc83325da6a7f5",
    "73e22b9b7bdbd20b7313ea6433655b755d22f0cf71255b238ba673305419843a",
    "563831c9498204f7c1b601f0909cff87137ba4511c504c5252e7dbc7c939e1a8",
)

#: The numbers of those in use: for what is packed beside something held (a decision), and for all else.
_BESIDE, _ALONE = len(DICTIONARIES), 1

# The first byte of a stream; a zlib stream, as written before there was a dictionary, begins with 0x78.
_WHOLE, _PARTED = 0x01, 0x02

#: What stands alone is packed at this level.
_LEVEL = 12
#: A decision is long matches with a dictionary of several megabytes, all of which the window has to reach:
#: with these it takes as little as at level 12, in half the time.
_LONG_MATCHES: Final = zstandard.ZstdCompressionParameters(
    window_log=23,
    hash_log=22,
    chain_log=22,
    search_log=8,
    min_match=6,
    target_length=64,
    strategy=zstandard.STRATEGY_LAZY2,
)
#: No content is larger; a stream that claims more would only fill the memory.
_MOST = 256 * 1024 * 1024

#: Returns a content that is stored elsewhere, by its SHA-256; raises ``PackedBytesDamaged`` where it is not.
Held = Callable[[bytes], bytes]

_ENVELOPE = b'{"format":1,"content":'


class PackedBytesDamaged(ValueError):
    """Packed bytes do not match their checksum, or are no compressed stream."""


def holds_nothing(name: bytes) -> bytes:
    """Refuse: for contents that stand alone."""
    raise PackedBytesDamaged(f"they need the content {name.hex()[:12]}, which is not at hand")


def pack(content: bytes, held: bytes = b"") -> bytes:
    """Return the bytes to store for some content.

    Args:
        content: Canonical bytes.
        held: Canonical bytes of format 1 that are stored elsewhere for good; if they stand in the
            content, apart from their envelope, they are left out.
    """
    inner = held.removeprefix(_ENVELOPE)[:-1]
    at = content.find(inner) if inner else -1
    if at < 0:
        stream = bytes((_WHOLE, _ALONE)) + _compressed(_ALONE, content)
    else:
        head = bytes((_PARTED, _BESIDE)) + at.to_bytes(4, "big") + hashlib.sha256(held).digest()
        stream = head + _compressed(_BESIDE, content[:at] + content[at + len(inner) :])
    return hashlib.sha256(stream).digest()[:_CHECKSUM] + stream


def unpack(packed: bytes, held: Held = holds_nothing) -> bytes:
    """Return the content of stored bytes.

    Raises:
        PackedBytesDamaged: any bit of them has changed, or a part that is stored elsewhere is gone.
    """
    checksum, stream = packed[:_CHECKSUM], packed[_CHECKSUM:]
    if hashlib.sha256(stream).digest()[:_CHECKSUM] != checksum:
        raise PackedBytesDamaged("the stored bytes do not match their checksum")
    try:
        match stream[:1]:
            case b"\x78":
                return zlib.decompress(stream)
            case b"\x01":
                return _decompressed(stream[1], stream[2:])
            case b"\x02":
                at, name = int.from_bytes(stream[2:6], "big"), stream[6:38]
                rest = _decompressed(stream[1], stream[38:])
                return rest[:at] + held(name).removeprefix(_ENVELOPE)[:-1] + rest[at:]
            case _:
                raise PackedBytesDamaged("the stored bytes are in no form that this WhyRx knows")
    except (zlib.error, zstandard.ZstdError, IndexError, MemoryError) as error:
        raise PackedBytesDamaged(f"the stored bytes cannot be decompressed ({error})") from error


def _compressed(number: int, content: bytes) -> bytes:
    return _compressor(number).compress(content)


def _decompressed(number: int, frame: bytes) -> bytes:
    if number > len(DICTIONARIES):
        raise PackedBytesDamaged(f"they need dictionary {number}, which this WhyRx does not have")
    size = zstandard.get_frame_parameters(frame).content_size
    if size > _MOST:
        raise PackedBytesDamaged(f"the stored bytes claim to hold {size} bytes")
    return _decompressor(number).decompress(frame)


@functools.cache
def _compressor(number: int) -> zstandard.ZstdCompressor:
    if number == _BESIDE:
        return zstandard.ZstdCompressor(compression_params=_LONG_MATCHES, dict_data=dictionary(number))
    return zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary(number))


@functools.cache
def _decompressor(number: int) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=dictionary(number))


def dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    """Return a shipped dictionary, or None for the number 0.

    Raises:
        PackedBytesDamaged: it is not the one that shipped, so nothing packed with it can be read.
    """
    if number == 0:
        return None
    name = DICTIONARIES[number - 1]
    file = resources.files("engine.store").joinpath("dictionaries", f"{name[:16]}.zdict")
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != name:
        raise PackedBytesDamaged(
            f"the dictionary {name[:16]} of this installation is missing or was altered; install WhyRx again"
        )
    # Trained ones say so in their first bytes; the others are whole decisions, taken as they are.
    return zstandard.ZstdCompressionDict(content)
