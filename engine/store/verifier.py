"""Verify an exported WhyRx audit log with nothing but Python 3.11 or newer. This file stands alone.

    python -I verifier.py LOG [CHECKPOINT ...] [--key KEY]

LOG holds a line ``{"hash":H,"link":B}`` an event: H is SHA-256 over the hash before it (32 zero bytes at
first) and the bytes of B; B begins with its number. A CHECKPOINT is a line that was kept elsewhere: only such
a one shows that the end of the log was cut off, or all of it written anew. KEY is the public key the site
holds; without it a signature shows only that it was made with the key the checkpoint names. Ends with 0 where
everything holds, with 1 where something does not, with 2 where nothing can be read.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator

HEADER = b'{"whyrx_audit_log":1}\n'
EVENT = re.compile(rb'\{"hash":"([0-9a-f]{64})","link":(\{"format":\d,"content":\{"sequence":(\d+),.*)\}\n')
CHECKPOINT, END = re.compile(rb'\{"checkpoint":"([^"\\]+)"\}\n'), re.compile(rb'\{"events":(\d+)\}\n')
SIGNED = re.compile(r"(whyrx-checkpoint 1 ([1-9]\d*) ([0-9a-f]{64}) \S+ ([0-9a-f]{64})) ([0-9a-f]{128})")

# The curve edwards25519: -x^2 + y^2 = 1 + D x^2 y^2 over the integers modulo P; a base point of order L.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, BASE = -121665 * pow(121666, -1, P) % P, (4 * pow(5, -1, P) % P).to_bytes(32, "little")
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, x * y = T/Z


def decoded(code: bytes) -> Point | None:
    """Return the point that 32 bytes stand for, if they stand for one (section 5.1.3)."""
    number = int.from_bytes(code, "little")
    y, odd = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and odd):
        return None
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P


def added(one: Point, other: Point) -> Point:
    """Return the sum of two points (section 5.1.4)."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    """Return a multiple of a point."""
    total = (0, 1, 1, 0)
    while factor:
        total = added(total, point) if factor & 1 else total
        point, factor = added(point, point), factor >> 1
    return total


def signature_holds(key: bytes, said: bytes, signature: bytes) -> bool:
    """Tell whether the holder of a key signed some bytes (section 5.1.7)."""
    base, a, r = (decoded(code) for code in (BASE, key, signature[:32]))
    s = int.from_bytes(signature[32:], "little")
    if base is None or a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + said).digest(), "little")
    left, right = times(s, base), added(r, times(k, a))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def wrong_lines(log: Iterable[bytes], heads: list[str], checkpoints: list[str]) -> Iterator[str]:
    """Yield which lines do not hold, and gather the hash of each event and the checkpoints."""
    head, ended = bytes(32), False
    for number, line in enumerate(log, 1):
        event, mark, end = EVENT.fullmatch(line), CHECKPOINT.fullmatch(line), END.fullmatch(line)
        if ended or (number == 1) != (line == HEADER) or not (number == 1 or event or mark or end):
            yield f"line {number} is not what WhyRx writes in its place"
        if event:
            heads.append(event[1].decode())
            if hashlib.sha256(head + event[2]).hexdigest() != heads[-1] or int(event[3]) != len(heads):
                yield f"line {number}: event {len(heads)} was changed, or is out of its place"
            head = bytes.fromhex(heads[-1])
        checkpoints += [mark[1].decode(errors="replace")] if mark else []
        ended = ended or end is not None
        if end and int(end[1]) != len(heads):
            yield f"line {number}: the log was of {int(end[1])} events, and {len(heads)} are here"
    if not ended:
        yield "the end of the log is missing"


def wrong_checkpoint(line: str, heads: list[str], key: str) -> str:
    """Return what does not hold of a checkpoint, or nothing."""
    read = SIGNED.fullmatch(line)
    if not read or not signature_holds(bytes.fromhex(read[4]), read[1].encode(), bytes.fromhex(read[5])):
        return "the signature does not hold"
    if key not in ("", read[4]):
        return "it was signed with another key"
    if int(read[2]) > len(heads):
        return f"events {len(heads) + 1} to {read[2]} were cut off since"
    return "" if heads[int(read[2]) - 1] == read[3] else f"the events up to {read[2]} were others"


def main() -> int:
    """Read the command line, verify, and say what was found."""
    parser = argparse.ArgumentParser(description="Verify an exported WhyRx audit log.")
    parser.add_argument("log", type=argparse.FileType("rb"))
    parser.add_argument("checkpoints", nargs="*")
    parser.add_argument("--key", default="")
    given, heads = parser.parse_args(), list[str]()
    found = list(wrong_lines(given.log, heads, given.checkpoints))
    lines = dict.fromkeys(given.checkpoints)
    found += [f"{wrong}: {line}" for line in lines if (wrong := wrong_checkpoint(line, heads, given.key))]
    counted = f"{len(heads)} events, {len(lines)} checkpoints, {len(found)} problems"
    sys.stdout.write("\n".join([*(f"BROKEN {problem}" for problem in found), counted, ""]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
