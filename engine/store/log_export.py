"""The audit log as a file that anyone can verify: see ``verifier``, which an auditor runs without WhyRx."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

#: An event that a checkpoint was signed, and the line it says. No text that a person wrote can look so:
#: inside a text of JSON there is no bare quotation mark.
_EVENT = b'"kind":"checkpoint"'
_LINE = re.compile(rb'"detail":"(whyrx-checkpoint 1 [ !#-\[\]-~]+)"')


def log_lines(links: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield the lines of the file, ends included: its events, and the checkpoints that they speak of.

    Args:
        links: Body and hash of each link of the chain, in order.
    """
    yield b'{"whyrx_audit_log":1}\n'
    events, checkpoints = 0, list[bytes]()
    for body, link_hash in links:
        events += 1
        yield b'{"hash":"%b","link":%b}\n' % (link_hash.hex().encode("ascii"), body)
        signed = _LINE.search(body) if _EVENT in body else None
        if signed is not None:
            checkpoints.append(signed[1])
    for line in checkpoints:
        yield b'{"checkpoint":"%b"}\n' % line
    yield b'{"events":%d}\n' % events
