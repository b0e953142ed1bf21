"""A checkpoint as people keep it: a line, a QR code, a sheet for the bound book."""

from __future__ import annotations

import io
from html import escape

from engine.domain.audit import Checkpoint

_SHEET = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Checkpoint of the audit log</title><style>
body {{ font: 12pt/1.5 sans-serif; margin: 20mm; }}
code {{ font: 9pt/1.4 monospace; overflow-wrap: anywhere; }}
svg {{ width: 60mm; height: 60mm; }}
td, th {{ text-align: left; padding-right: 1em; vertical-align: top; }}
.by {{ margin-top: 20mm; border-top: 1px solid; width: 70mm; }}
</style></head><body>
<h1>Checkpoint of the audit log</h1>
<table><tr><th>Day</th><td>{day}</td></tr><tr><th>Events</th><td>{sequence}</td></tr>
<tr><th>Head</th><td><code>{head}</code></td></tr>
<tr><th>Key</th><td><code>{key}</code></td></tr></table>
{code}
<p>The line that the code holds; to be held against the log with
<code>main.py verify --checkpoint FILE</code>:</p>
<p><code>{line}</code></p>
<p>Glue this sheet into the bound book. It shows later whether the end of the log was cut off.</p>
<p class="by">Put in by</p>
</body></html>
"""


def as_terminal(checkpoint: Checkpoint) -> str:
    """Return a checkpoint for a terminal: its code, and its line below."""
    drawn = io.StringIO()
    _code(checkpoint).terminal(drawn, compact=True)
    return f"{drawn.getvalue()}\n{checkpoint.line}"


def as_file(checkpoint: Checkpoint, ending: str) -> bytes:
    """Return a checkpoint as a file: a sheet for .html, a picture for .svg and .png, the line otherwise."""
    drawn = io.BytesIO()
    match ending.lower():
        case ".svg":
            _code(checkpoint).save(drawn, kind="svg", scale=4)
            return drawn.getvalue()
        case ".png":
            _code(checkpoint).save(drawn, kind="png", scale=6)
            return drawn.getvalue()
        case ".html":
            return as_sheet(checkpoint).encode()
        case _:
            return f"{checkpoint.line}\n".encode("ascii")


def as_sheet(checkpoint: Checkpoint) -> str:
    """Return a checkpoint as a page to print, which needs no other file."""
    drawn = io.BytesIO()
    _code(checkpoint).save(drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, title="QR code")
    return _SHEET.format(
        day=f"{checkpoint.signed_at:%Y-%m-%d %H:%M} UTC",
        sequence=checkpoint.sequence,
        head=escape(checkpoint.head),
        key=escape(checkpoint.public_key),
        code=drawn.getvalue().decode(),
        line=escape(checkpoint.line),
    )


def _code(checkpoint: Checkpoint):  # type: ignore[no-untyped-def] # noqa: ANN202 - a class of the library
    import segno  # noqa: PLC0415 - only here

    return segno.make_qr(checkpoint.line, error="m")
