"""Writing a decision out: which form a file name asks for, and the file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.domain.replies import ReportFormat
from engine.errors import InputError, OperationalError
from gui.messages import audit as say

#: Writes bytes to a path; replaced in tests that need a disk that is full.
Write = Callable[[Path, bytes], None]

#: By the end of the name; an end of two parts stands before that of its last part.
FORMS = {
    ".html": (ReportFormat.HTML, say.EXPORT_HTML),
    ".pdf": (ReportFormat.PDF, say.EXPORT_PDF),
    ".txt": (ReportFormat.TEXT, say.EXPORT_TEXT),
    ".fhir.json": (ReportFormat.FHIR, say.EXPORT_FHIR),
    ".case.json": (ReportFormat.CASE, say.EXPORT_CASE),
    ".json": (ReportFormat.JSON, say.EXPORT_JSON),
}


def kinds() -> str:
    """Return the forms as a file dialog lists them."""
    return ";;".join(words for _, words in FORMS.values())


def named_path(path: str, kind: str) -> Path:
    """Return the path with an end: its own, or that of the kind that was chosen in the dialog.

    A name that ends in ``.json`` alone, beside a kind whose end is longer, gets the longer one.
    """
    wanted = Path(path)
    end = next((end for end, (_, words) in FORMS.items() if words == kind), "")
    if not wanted.suffix:
        return wanted.with_name(wanted.name + end)
    asked = end.removesuffix(".json")
    if asked and asked != end and _end_of(wanted) == ".json":
        return wanted.with_name(wanted.name[: -len(".json")] + end)
    return wanted


def form_of(path: Path) -> ReportFormat:
    """Return the form that a file name asks for.

    Raises:
        InputError: its end is none of those known.
    """
    found = FORMS.get(_end_of(path))
    if found is None:
        raise InputError(say.SUFFIX.format(name=path.name), hint=say.SUFFIX_HINT, place=str(path))
    return found[0]


def _end_of(path: Path) -> str:
    name = path.name.casefold()
    return next((end for end in FORMS if name.endswith(end)), "")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and then put it there, so that there is never half of it.

    Raises:
        OperationalError: the folder cannot be written to, or has no room.
    """
    beside = ""
    try:
        number, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with open(number, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(beside).unlink()
        raise OperationalError(
            say.NOT_WRITTEN.format(name=path.name, reason=error.strerror or str(error)),
            hint=say.NOT_WRITTEN_HINT,
            place=str(path),
        ) from error
