"""Type and paragraphs of the PDF dossier: fonts that it carries itself, styles, text that is never cut.

The fonts are DejaVu Sans, which reads Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters
and most signs of the field. A character that they lack is written as its code point, ``[U+674E]``: seen to be
missing, and found again, where a blank box would hide which it was.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from engine.errors import OperationalError
from engine.report.content import plain

REGULAR, BOLD = "WhyRxSans", "WhyRxSans-Bold"
_FILES = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}

#: The colours of the page on paper, as in the style sheet of the HTML dossier.
INK, QUIET, LINE = HexColor("#000000"), HexColor("#444444"), HexColor("#bbbbbb")
COLOURS = {
    "excluded": HexColor("#8f2a09"),
    "caution": HexColor("#6b4600"),
    "note": HexColor("#084570"),
    "clear": HexColor("#00523b"),
    "unknown": HexColor("#50465f"),
}
#: A shape before the word that says the same.
SIGNS = {
    "excluded": "\N{CIRCLED TIMES}",
    "caution": "\N{BLACK UP-POINTING TRIANGLE}",
    "note": "\N{BLACK CIRCLE}",
    "clear": "\N{CHECK MARK}",
    "unknown": "?",
}

_BODY = ParagraphStyle(
    "body", fontName=REGULAR, fontSize=8.5, leading=11.5, textColor=INK, spaceAfter=2, splitLongWords=1
)


def _like(name: str, **changes: object) -> ParagraphStyle:
    return ParagraphStyle(name, parent=_BODY, **changes)


STYLES = {
    "body": _BODY,
    "title": _like("title", fontName=BOLD, fontSize=16, leading=20, spaceAfter=4),
    "lead": _like("lead", fontSize=10.5, leading=14, spaceAfter=6),
    "banner": _like("banner", fontName=BOLD, fontSize=8, leading=10.5, textColor=COLOURS["caution"]),
    "section": _like("section", fontName=BOLD, fontSize=12, leading=15, spaceBefore=14, spaceAfter=3),
    "option": _like("option", fontName=BOLD, fontSize=10, leading=13, spaceBefore=10),
    "finding": _like("finding", fontName=BOLD, spaceBefore=7, leftIndent=8),
    "inside": _like("inside", leftIndent=8),
    "quiet": _like("quiet", textColor=QUIET, fontSize=7.5, leading=10),
    "source": _like("source", textColor=QUIET, fontSize=7.5, leading=10, leftIndent=8),
    "foot": _like("foot", textColor=QUIET, fontSize=6.8, leading=8.8, spaceAfter=0),
    "cell": _like("cell", fontSize=7.5, leading=10, spaceAfter=0),
    "cell-quiet": _like("cell-quiet", fontSize=6.8, leading=9, spaceAfter=0, textColor=QUIET),
    "cell-head": _like("cell-head", fontName=BOLD, fontSize=7.5, leading=10, spaceAfter=0),
}


@functools.cache
def load_fonts() -> None:
    """Make the fonts known to reportlab, once a process.

    Raises:
        OperationalError: they are not installed.
    """
    package = find_spec("matplotlib")
    folders = [] if package is None else package.submodule_search_locations or []
    for name, file in _FILES.items():
        found = [
            path for folder in folders if (path := Path(folder, "mpl-data", "fonts", "ttf", file)).is_file()
        ]
        if not found:
            raise OperationalError(
                f"The font {file} is not installed, so no PDF can be made.",
                hint="Install WhyRx again, or write the dossier as HTML.",
            )
        pdfmetrics.registerFont(TTFont(name, str(found[0])))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def drawable(text: str) -> str:
    """Return a text in which each character that the fonts lack is written as its code point."""
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return "".join(char if ord(char) in glyphs else f"[U+{ord(char):04X}]" for char in plain(text))


def paragraph(
    text: str, style: str = "body", *, shape: str = "", depth: int = 0, bold: str = ""
) -> Paragraph:
    """Return a text as a paragraph.

    Args:
        text: What it says; markup in it is text.
        style: A name of ``STYLES``.
        shape: Which sign to put before it, in its colour.
        depth: How many steps to move it to the right.
        bold: What to say before it in bold.
    """
    said = escape(drawable(text))
    if bold:
        said = f"<b>{escape(drawable(bold))}</b> {said}"
    given = STYLES[style]
    if shape:
        said = f'<font color="{COLOURS[shape].hexval().replace("0x", "#")}">{SIGNS[shape]}</font> {said}'
    if depth:
        # Deeper than this the lines would be too short to read.
        indent = given.leftIndent + 9 * min(depth, 24)
        given = ParagraphStyle(f"{style}-{depth}", parent=given, leftIndent=indent + 9, firstLineIndent=-9)
    return Paragraph(said, given)
