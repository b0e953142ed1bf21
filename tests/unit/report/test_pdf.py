"""The PDF dossier: complete, marked on each page, never cut, the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pypdf
import pytest
import segno
from builders import (
    A_HASH,
    a_decision,
    a_finding,
    a_modelled_decision,
    a_response,
    a_twice_dosed,
    an_event,
    renamed,
)

from engine.domain.audit import AuditKind
from engine.domain.decision import Decision
from engine.domain.doses import doses_at_once
from engine.domain.replies import DecisionDossier
from engine.domain.trace import TraceNode
from engine.report import content
from engine.report.pdf import dossier_pdf

OVERRIDDEN = DecisionDossier(
    decision=a_decision(),
    content=A_HASH,
    response=a_response(),
    events=(an_event(AuditKind.DECISION, "dec-0001", content=A_HASH),),
)
BY_MODEL = replace(OVERRIDDEN, decision=a_modelled_decision(), response=None)
TWICE_DOSED = replace(
    OVERRIDDEN, decision=a_decision(assessments=(a_twice_dosed(),), ranked=()), response=None
)
SYNTHETIC = replace(OVERRIDDEN, decision=a_decision(record=replace(a_decision().record, synthetic=True)))


def named(name: str) -> DecisionDossier:
    """Return a dossier of a patient of this name."""
    return replace(OVERRIDDEN, decision=renamed(a_decision(), name))


def pages_of(document: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages]


def bare(text: str) -> str:
    """Return a text without spaces and line breaks, which a paragraph sets as it needs them."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", unescape(text)))


def labels_of(node: TraceNode) -> Iterator[str]:
    """Yield the label of every step of a trace."""
    yield node.label
    for child in node.children:
        yield from labels_of(child)


def said_by(decision: Decision) -> Iterator[str]:
    """Yield what a dossier must say of its findings, sources and data."""
    yield from (decision.indication_title, decision.question, decision.record.patient_id)
    for assessment in decision.assessments:
        yield from (assessment.option.title, content.evidence_line(assessment.option))
        yield doses_at_once(assessment)
        for finding in (*assessment.findings, *assessment.elsewhere):
            yield from (
                finding.rule_title,
                finding.say,
                *(line for _, line in content.advice(finding, content.titles_of(decision))),
                *labels_of(finding.why),
            )
        for undecided in assessment.undecided:
            yield from (undecided.rule_title, undecided.because, *labels_of(undecided.why))
            yield from (content.missing_line(datum) for datum in undecided.missing)
    for citation in decision.citations:
        yield from (citation.title, citation.locator, content.citation_check(citation))
    for explanation in decision.explanations:
        yield content.fidelity_line(explanation)
        yield from (item.title for item in explanation.exact)
    yield from (fact.statement for fact in decision.facts)
    yield from (item.text for item in decision.record.medications)
    yield from (content.not_understood_line(item) for item in decision.record.not_understood)
    yield from (value for _, value in content.versions(decision))


@pytest.mark.parametrize(
    "dossier", [OVERRIDDEN, BY_MODEL, TWICE_DOSED], ids=["by rules", "by a model", "two doses"]
)
def test_it_says_everything_that_the_decision_says(dossier: DecisionDossier) -> None:
    said = bare("".join(pages_of(dossier_pdf(dossier))))
    missing = [text for text in said_by(dossier.decision) if bare(text) not in said]
    assert missing == []


def test_it_says_what_was_chosen_and_what_happened() -> None:
    said = bare("".join(pages_of(dossier_pdf(OVERRIDDEN))))
    assert OVERRIDDEN.response is not None
    assert bare(OVERRIDDEN.response.text) in said
    for event in OVERRIDDEN.events:
        assert bare(event.detail) in said


def test_every_page_is_marked_numbered_and_hashed() -> None:
    pages = pages_of(dossier_pdf(SYNTHETIC))
    for number, page in enumerate(pages, 1):
        for banner in content.banners(SYNTHETIC.decision):
            assert bare(banner) in bare(page)
        assert f"Page {number} of {len(pages)}" in page
        assert bare(f"{SYNTHETIC.decision.decision_id}, SHA-256 {A_HASH}") in bare(page)
        assert bare(SYNTHETIC.decision.record.name) in bare(page)


def test_every_page_shows_the_code_of_decision_and_hash() -> None:
    reader = pypdf.PdfReader(io.BytesIO(dossier_pdf(OVERRIDDEN)))
    code = f"whyrx-decision 1 {OVERRIDDEN.decision.decision_id} {A_HASH}"
    assert reader.metadata is not None
    assert reader.metadata.subject == code
    matrix = [list(row) for row in segno.make(code, error="m", micro=False).matrix_iter(border=2)]
    for page in reader.pages:
        named: Any = page["/Resources"]
        (form,) = [item.get_object() for item in named["/XObject"].values()]
        drawn = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) [\d.]+ re", form.get_data())
        side = float(drawn[0][2])
        shown = [[False] * len(matrix) for _ in matrix]
        for x, y, _, _ in ((*map(float, part), 0) for part in drawn):
            shown[len(matrix) - 1 - round(y / side)][round(x / side)] = True
        assert shown == [[bool(dark) for dark in row] for row in matrix]
        contents = page.get_contents()
        assert contents is not None
        assert contents.get_data().count(b" Do") == 1


def test_the_same_dossier_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib, sys\n"
        "from test_pdf import OVERRIDDEN, BY_MODEL\n"
        "from engine.report.pdf import dossier_pdf\n"
        "print([hashlib.sha256(dossier_pdf(each)).hexdigest() for each in (OVERRIDDEN, BY_MODEL)])\n"
    )
    here = [hashlib.sha256(dossier_pdf(each)).hexdigest() for each in (OVERRIDDEN, BY_MODEL)]
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "support"), *sys.path]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": seed}
        there = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == str(here)


@pytest.mark.parametrize(
    "name",
    [
        "Example-" + "Cedar" * 60,
        "Example Cedar " * 25,
        "Zoë Ångström-Šťastná <b>bold</b> & Co",
        "Πάτερ Иванов Օրինակ",
    ],
    ids=["one long word", "many words", "markup", "other alphabets"],
)
def test_no_name_is_cut_and_none_is_taken_for_markup(name: str) -> None:
    pages = pages_of(dossier_pdf(named(name)))
    for page in pages:
        assert bare(name.replace("&", "&amp;").replace("<", "&lt;")) in bare(page)


def test_a_character_that_the_fonts_lack_is_written_as_its_code_point() -> None:
    assert bare("[U+674E] [U+660E]") in bare(pages_of(dossier_pdf(named("李 明")))[0])


def test_what_would_act_is_written_and_does_not_act() -> None:
    (page, *_) = pages_of(dossier_pdf(named("Cedar \u202e \x1b[31m Cleo")))
    assert "\u202e" not in page
    assert "\x1b" not in page


@pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler, which measures words, is not installed"
)
def test_no_word_stands_outside_the_margins(tmp_path: Path) -> None:
    long = a_finding(say="A sentence with " + "pneumonoultramicroscopicsilicovolcanoconiosis" * 8 + " in it.")
    (first, *rest) = a_decision().assessments
    decision = renamed(
        a_decision(assessments=(replace(first, findings=(long,)), *rest)), "Example-" + "Cedar" * 60
    )
    file = tmp_path / "dossier.pdf"
    file.write_bytes(dossier_pdf(replace(OVERRIDDEN, decision=decision)))
    boxes = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, text=True, check=True)
    ends = [float(x) for x in re.findall(r'xMax="([\d.]+)"', boxes.stdout)]
    feet = [float(y) for y in re.findall(r'yMax="([\d.]+)"', boxes.stdout)]
    margin = 16 * 72 / 25.4
    assert ends
    assert max(ends) <= 595.28 - margin + 1
    assert max(feet) <= 841.9 - margin * 0.5


def test_it_has_a_title_a_language_and_an_outline() -> None:
    reader = pypdf.PdfReader(io.BytesIO(dossier_pdf(OVERRIDDEN)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Stroke prevention in atrial fibrillation: Example-Cedar, Cleo"
    assert str(reader.root_object["/Lang"]) == "en"
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert "Sources, and how each was checked" in titles
