"""Pages of the PDF dossier: on each the marks, the patient, the hash as text and as QR code, its number."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from engine.report.pdf_type import INK, LINE, REGULAR, paragraph

_MARGIN = 16 * mm
WIDTH = A4[0] - 2 * _MARGIN
_QR = 20 * mm
_GAP = 3 * mm


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMarks:
    """What stands on every page."""

    title: str
    banners: tuple[str, ...]
    foot: tuple[str, ...]
    code: str
    """What the QR code says."""


def laid_out(story: Sequence[Flowable], marks: PageMarks) -> bytes:
    """Return a PDF of the story; the same story gives the same bytes."""
    head = [_measured(paragraph(text, "banner"), WIDTH) for text in marks.banners]
    foot = [_measured(paragraph(text, "foot"), WIDTH - _QR - _GAP) for text in marks.foot]
    head_height = sum(height for _, height in head)
    foot_height = max(_QR, sum(height for _, height in foot) + 10)
    written = io.BytesIO()
    document = BaseDocTemplate(
        written,
        pagesize=A4,
        title=marks.title,
        author="WhyRx",
        subject=marks.code,
        creator="WhyRx",
        lang="en",
        invariant=1,
        pageCompression=1,
    )
    bottom = _MARGIN * 0.6 + foot_height + _GAP
    frame = Frame(
        _MARGIN,
        bottom,
        WIDTH,
        A4[1] - _MARGIN * 0.8 - head_height - _GAP - bottom,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )

    def decorate(canvas: Canvas, _: BaseDocTemplate) -> None:
        top = A4[1] - _MARGIN * 0.8
        for said, height in head:
            top -= height
            said.drawOn(canvas, _MARGIN, top)
        top = _MARGIN * 0.6 + foot_height
        canvas.setStrokeColor(LINE)
        canvas.line(_MARGIN, top + 2, A4[0] - _MARGIN, top + 2)
        for said, height in foot:
            top -= height
            said.drawOn(canvas, _MARGIN, top)
        _draw_code(canvas, marks.code)

    document.addPageTemplates(PageTemplate(frames=[frame], onPage=decorate))
    document.build(list(story), canvasmaker=_NumberedCanvas)
    return written.getvalue()


def _measured(said: Paragraph, width: float) -> tuple[Paragraph, float]:
    return said, said.wrap(width, A4[1])[1]


def _draw_code(canvas: Canvas, code: str) -> None:
    """Draw the code once for the file, and place it on the page."""
    if not canvas.hasForm("code"):
        rows = tuple(segno.make(code, error="m", micro=False).matrix_iter(border=2))
        side = _QR / len(rows)
        canvas.beginForm("code")
        canvas.setFillColor(INK)
        path = canvas.beginPath()
        for number, row in enumerate(rows):
            for place, dark in enumerate(row):
                if dark:
                    path.rect(place * side, _QR - (number + 1) * side, side, side)
        canvas.drawPath(path, stroke=0, fill=1)
        canvas.endForm()
    canvas.saveState()
    canvas.translate(A4[0] - _MARGIN - _QR, _MARGIN * 0.6)
    canvas.doForm("code")
    canvas.restoreState()


class _NumberedCanvas(Canvas):  # type: ignore[misc] # the library ships no types
    """Writes ``Page 2 of 9`` on each page once the last is known."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(*arguments, **named)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        total = len(self._pages)
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 7)
            self.setFillColor(INK)
            self.drawString(_MARGIN, _MARGIN * 0.6, f"Page {number} of {total}")
            super().showPage()
        super().save()
