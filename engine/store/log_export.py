"""The audit log as a file that anyone can verify: see ``verifier``, which an auditor runs without WhyRx."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from engine.domain.audit import Checkpoint


def log_lines(links: Iterable[tuple[bytes, bytes]], checkpoints: Iterable[Checkpoint]) -> Iterator[bytes]:
    """Yield the lines of the file, ends included.

    Args:
        links: Body and hash of each link of the chain, in order.
        checkpoints: Those that were signed, in order.
    """
    yield b'{"whyrx_audit_log":1}\n'
    events = 0
    for events, (body, link_hash) in enumerate(links, 1):  # noqa: B007 - counted for the last line
        yield b'{"hash":"%b","link":%b}\n' % (link_hash.hex().encode("ascii"), body)
    for checkpoint in checkpoints:
        yield f'{{"checkpoint":{json.dumps(checkpoint.line)}}}\n'.encode("ascii")
    yield b'{"events":%d}\n' % events
