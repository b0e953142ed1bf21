"""Dossiers as text and as a page: complete, escaped, alone, and the same every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from builders import (
    A_HASH,
    a_decision,
    a_finding,
    a_modelled_decision,
    a_patient,
    a_response,
    a_twice_dosed,
    an_acceptance,
    an_assessment,
    an_event,
    an_option,
    renamed,
)
from golden import assert_golden

from engine.domain.audit import AuditKind
from engine.domain.decision import Decision, EngineReport
from engine.domain.doses import doses_at_once
from engine.domain.findings import Finding, Severity
from engine.domain.ids import OptionId
from engine.domain.options import Verdict
from engine.domain.provenance import Checked, SourceRef
from engine.domain.replies import DecisionDossier, ReportFormat
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import NotOffered
from engine.domain.trace import TraceNode
from engine.report.content import evidence_line
from engine.report.forms import written
from engine.report.html import dossier_html
from engine.report.text import dossier_text, summary
from engine.store.codec import JsonCodec

GOLDEN = Path(__file__).parent / "golden"

AGAINST_ALL = a_decision(
    "dec-0003",
    assessments=tuple(
        an_assessment(
            name, Verdict.UNASSESSABLE, undecided=(), faults=("The evaluators disagree on 1 rule.",)
        )
        for name in ("apixaban", "warfarin")
    ),
    ranked=(),
    to_settle=(),
    engine=EngineReport(
        engine="reference evaluator", agreed=False, faults=("The evaluators disagree on 1 rule.",)
    ),
)

DOSSIERS = {
    "overridden": DecisionDossier(
        decision=a_decision(),
        content=A_HASH,
        response=a_response(),
        events=(
            an_event(AuditKind.DECISION, "dec-0001", content=A_HASH),
            an_event(AuditKind.OVERRIDDEN, "dec-0001"),
        ),
    ),
    "ordered-by-model": DecisionDossier(
        decision=a_modelled_decision(),
        content=A_HASH,
        response=an_acceptance("dec-0002"),
        events=(an_event(AuditKind.DECISION, "dec-0002", content=A_HASH),),
    ),
    "engine-fault": DecisionDossier(decision=AGAINST_ALL, content=A_HASH, response=None, events=()),
}

every_dossier = pytest.mark.parametrize("name", DOSSIERS)


class Page(HTMLParser):
    """What a browser would find on a page: its text, its elements, its attributes."""

    #: Elements that have no end.
    VOID = ("meta", "path", "circle", "rect")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def flat(text: str) -> str:
    """Return a text without its line breaks, indents and the lines of its trees."""
    return re.sub(r"[\s|]+", " ", text)


def findings_of(decision: Decision) -> Iterator[Finding]:
    """Yield every finding of every option."""
    for assessment in decision.assessments:
        yield from assessment.findings
        yield from assessment.elsewhere


def labels_of(node: TraceNode) -> Iterator[str]:
    """Yield every label of a trace, and the place of every datum."""
    yield node.label
    if node.provenance is not None:
        yield str(node.provenance)
    for child in node.children:
        yield from labels_of(child)


def must_say(dossier: DecisionDossier) -> Iterator[str]:
    """Yield everything that no form of a report may leave out."""
    decision = dossier.decision
    yield from (decision.record.name, decision.indication_title, decision.question, decision.decision_id)
    yield from (dossier.content, decision.versions.pack_hash, str(decision.seed))
    yield from ("Synthetic", "Not clinically reviewed", decision.ranking.reason[1:])
    yield from said_of_options(decision)
    yield from said_of_data(decision)
    for explanation in decision.explanations:
        yield explanation.fidelity.reason
        yield from (f"{item.contribution:+.3f}" for item in explanation.exact)
    if dossier.response is not None:
        yield from (dossier.response.text, dossier.response.by, dossier.response.choice.value[1:])
    for event in dossier.events:
        yield from (event.detail, event.by)


def said_of_options(decision: Decision) -> Iterator[str]:
    """Yield what must be said of the options."""
    for finding in findings_of(decision):
        yield from (
            finding.say,
            finding.manage,
            finding.rule_title,
            finding.rule_id,
            finding.severity.value[1:],
        )
        yield from labels_of(finding.why)
        yield from (source.where for source in finding.sources)
    for assessment in decision.assessments:
        yield from (assessment.option.title, assessment.option.dose, evidence_line(assessment.option))
        yield from assessment.faults
        for undecided in assessment.undecided:
            yield from (undecided.rule_title, *labels_of(undecided.why))
            yield from (f"{datum.title} [{datum.unit}]: {datum.reason}" for datum in undecided.missing)


def said_of_data(decision: Decision) -> Iterator[str]:
    """Yield what must be said of data and sources."""
    for citation in decision.citations:
        yield from (citation.title, citation.how, str(citation.year), citation.locator)
    for item in decision.record.not_understood:
        yield from (item.what, item.reason, item.remedy, item.path)
    for fact in decision.facts:
        yield from (fact.statement, fact.symbol)
    yield from (medication.text for medication in decision.record.medications)


@every_dossier
@pytest.mark.parametrize("form", ["txt", "html"])
def test_a_report_reads_as_it_was_approved(name: str, form: str) -> None:
    dossier = DOSSIERS[name]
    text = dossier_text(dossier) if form == "txt" else dossier_html(dossier)
    assert_golden(GOLDEN / f"{name}.{form}", text)


@every_dossier
def test_a_summary_reads_as_it_was_approved(name: str) -> None:
    assert_golden(GOLDEN / f"{name}.summary.txt", summary(DOSSIERS[name].decision))


@every_dossier
def test_no_form_leaves_anything_out(name: str) -> None:
    text, page = flat(dossier_text(DOSSIERS[name])), flat(Page(dossier_html(DOSSIERS[name])).text)
    for said in must_say(DOSSIERS[name]):
        assert flat(said) in text
        assert flat(said) in page


@every_dossier
def test_a_page_is_well_formed_and_fetches_and_runs_nothing(name: str) -> None:
    page = Page(dossier_html(DOSSIERS[name]))
    assert page.open == []
    for tag, attributes in page.elements:
        assert tag not in ("script", "link", "img", "iframe", "object", "embed", "base", "form", "a", "use")
        assert not {"src", "href", "srcset", "style", "action"} & attributes.keys()
        assert not [key for key in attributes if key.startswith("on")]
    assert "url(" not in dossier_html(DOSSIERS[name])
    assert "@import" not in dossier_html(DOSSIERS[name])


@every_dossier
def test_a_page_forbids_the_browser_to_fetch_anything(name: str) -> None:
    policies = [
        given["content"]
        for tag, given in Page(dossier_html(DOSSIERS[name])).elements
        if "http-equiv" in given
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


@every_dossier
def test_text_fits_a_terminal_of_eighty_columns_but_for_deep_traces(name: str) -> None:
    for line in (dossier_text(DOSSIERS[name]) + summary(DOSSIERS[name].decision)).splitlines():
        assert len(line) <= 80 or line.startswith(" " * 39)


def test_a_page_shows_every_verdict_by_shape_and_word() -> None:
    page = dossier_html(DOSSIERS["overridden"])
    for shape, word in (
        ("clear", "Clear"),
        ("caution", "With caution"),
        ("unknown", "Cannot be assessed"),
        ("excluded", "Excluded"),
    ):
        assert re.search(
            rf'<h2 class="{shape}"><svg class="shape {shape}"[^>]*>.*?</svg>{word} \(1\)</h2>', page
        )


HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp;\'"'


def poisoned() -> DecisionDossier:
    """Return a dossier in which everything that anyone can type is hostile."""
    finding = a_finding(say=HOSTILE, manage=HOSTILE, rule_title=HOSTILE, dose=HOSTILE, status=HOSTILE)
    record = a_patient(name=HOSTILE, flags=(HOSTILE,))
    record = replace(
        record,
        not_understood=tuple(
            replace(item, what=HOSTILE, reason=HOSTILE, remedy=HOSTILE, path=HOSTILE, resource=HOSTILE)
            for item in record.not_understood
        ),
        medications=tuple(replace(item, text=HOSTILE, dose=HOSTILE) for item in record.medications),
    )
    decision = a_modelled_decision(
        record=record,
        question=HOSTILE,
        indication_title=HOSTILE,
        assessments=(
            an_assessment(
                "dabigatran",
                Verdict.EXCLUDED,
                findings=(finding,),
                option=an_option("dabigatran", title=HOSTILE, dose=HOSTILE),
            ),
        ),
        ranked=(),
    )
    event = an_event(AuditKind.DECISION, HOSTILE, detail=HOSTILE, by=HOSTILE)
    return DecisionDossier(
        decision=decision, content=A_HASH, response=a_response(text=HOSTILE, by=HOSTILE), events=(event,)
    )


def test_nothing_a_person_typed_becomes_markup() -> None:
    page = dossier_html(poisoned())
    assert "<script" not in page
    assert "<img" not in page
    found = Page(page)
    assert found.open == []
    assert {tag for tag, _ in found.elements} <= {
        tag for tag, _ in Page(dossier_html(DOSSIERS["overridden"])).elements
    } | {"h4", "rect"}
    assert found.text.count(HOSTILE) > 15


@pytest.mark.parametrize(
    "name", ["\x1b[2Jgone", "bell\x07", "back\x08space", "car\rriage", "\u202edesrever", "a\x9bb", "nul\0"]
)
def test_nothing_a_person_typed_drives_a_terminal_or_turns_text_around(name: str) -> None:
    dossier = replace(DOSSIERS["overridden"], decision=renamed(a_decision(), name))
    for text in (dossier_text(dossier), summary(dossier.decision), dossier_html(dossier)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "\N{REPLACEMENT CHARACTER}" in text


def test_names_of_every_script_are_kept() -> None:
    joined = "\N{ARABIC LETTER NOON}\N{ZERO WIDTH NON-JOINER}\N{ARABIC LETTER MEEM}"
    for name in ("Zoë Ångström", "王芳", joined, "O'Neil & Søn"):
        dossier = replace(DOSSIERS["overridden"], decision=renamed(a_decision(), name))
        assert name in dossier_text(dossier)
        assert name in Page(dossier_html(dossier)).text


def test_a_real_patient_is_not_called_synthetic() -> None:
    dossier = replace(DOSSIERS["overridden"], decision=a_decision(record=a_patient(synthetic=False)))
    assert "ynthetic" not in dossier_text(dossier)
    assert "ynthetic" not in Page(dossier_html(dossier)).text


def test_an_approved_pack_is_not_called_unreviewed() -> None:
    decision = a_decision()
    decision = replace(decision, versions=replace(decision.versions, pack_status="approved"))
    assert "Not clinically reviewed" not in dossier_text(replace(DOSSIERS["overridden"], decision=decision))


def test_ties_look_tied() -> None:
    decision = a_decision()
    tied = replace(decision, ranked=tuple(replace(item, place=1, tied=True) for item in decision.ranked))
    text = summary(tied)
    assert "1=  Apixaban" in text
    assert "1=  Rivaroxaban" in text


def test_a_source_that_was_not_seen_is_marked_wherever_it_is_named() -> None:
    unseen = [item for item in a_decision().citations if item.checked is Checked.NOT_SEEN]
    assert unseen
    page = flat(Page(dossier_html(DOSSIERS["overridden"])).text)
    for citation in unseen:
        named = page.count(f"{citation.title} ({citation.year}), ")
        assert named
        assert page.count(f"{citation.title} ({citation.year}), page 31 (not seen)") == named


def test_a_source_without_citation_is_said_to_have_none() -> None:
    dossier = replace(DOSSIERS["overridden"], decision=a_decision(citations=()))
    assert "not among the citations of this decision" in flat(dossier_text(dossier))


def test_withheld_attributions_are_not_drawn_as_if_they_were_there() -> None:
    text = dossier_text(DOSSIERS["ordered-by-model"])
    assert re.search(r"age +78 years +withheld +-0\.310", text)


def test_a_finding_of_the_other_label_is_shown_as_not_counted() -> None:
    other = a_finding("apixaban", severity=Severity.AVOID, say="The US label advises against it.")
    clear = an_assessment("apixaban", Verdict.CLEAR, elsewhere=(other,))
    dossier = replace(DOSSIERS["overridden"], decision=a_decision(assessments=(clear,), ranked=()))
    text = dossier_text(dossier)
    assert text.index("shown but not counted") < text.index("The US label advises against it.")


def test_the_summary_is_short_and_names_every_option_once() -> None:
    text = summary(a_decision())
    assert len(text.splitlines()) < 40
    for title in ("Apixaban", "Rivaroxaban", "Edoxaban", "Dabigatran"):
        assert len(re.findall(rf"^ {{1,4}}\S+ +{title}, ", text, re.MULTILINE)) == 1


def test_as_json_the_report_is_what_was_recorded_to_the_last_byte() -> None:
    recorded = JsonCodec().encode(renamed(a_decision(), "Zoë \u202e Ångström"))
    report = written(DOSSIERS["overridden"], ReportFormat.JSON, recorded)
    assert report == recorded


def test_each_form_is_the_one_asked_for() -> None:
    dossier = DOSSIERS["overridden"]
    assert written(dossier, ReportFormat.TEXT, b"").decode() == dossier_text(dossier)
    assert written(dossier, ReportFormat.HTML, b"").decode() == dossier_html(dossier)


def test_an_exclusion_without_alternative_says_why_on_paper() -> None:
    finding = a_finding(no_alternative="every other bleeds as well")
    decision = a_decision(
        assessments=(an_assessment("dabigatran", Verdict.EXCLUDED, findings=(finding,)),), ranked=()
    )
    dossier = replace(DOSSIERS["overridden"], decision=decision)

    assert "because every other bleeds as well." in dossier_text(dossier)


def test_an_option_that_is_not_marketed_here_is_named_with_what_says_so() -> None:
    decision = a_decision()
    cited = decision.citations[0]
    foreign = NotOffered(
        option_id=OptionId("metamizole"),
        title="metamizole",
        only=Jurisdiction.EU,
        sources=(SourceRef(citation=cited.citation_id, where="abstract"),),
        sources_seen=False,
    )
    here = replace(decision.request, jurisdiction=Jurisdiction.US)

    said = flat(summary(replace(decision, request=here, not_offered=(foreign,))).replace("*** ", ""))

    assert "Not marketed under the US label, and so not offered: metamizole (marketed under the EU" in said
    assert f"{cited.title}, abstract; source not seen by the authors" in said


AT_ONCE = (
    "2 dose adjustments apply at once. Each was written for its own reason alone, and WhyRx does not combine"
    " them: keep to the strictest of them, and ask a pharmacist."
)


def _said_twice(verdict: Verdict) -> list[str]:
    """Return the summary, the text and the page of a decision about an option with two adjusted doses."""
    decision = a_decision(assessments=(a_twice_dosed(verdict),), ranked=(), to_settle=())
    dossier = replace(DOSSIERS["overridden"], decision=decision, response=None)
    texts = [summary(decision), dossier_text(dossier), Page(dossier_html(dossier)).text]
    return [flat(text) for text in texts]


@pytest.mark.parametrize("verdict", [Verdict.CAUTION, Verdict.UNASSESSABLE])
def test_where_several_dose_adjustments_apply_it_is_said_that_nobody_combined_them(verdict: Verdict) -> None:
    for text in _said_twice(verdict):
        assert text.count(AT_ONCE) == 1
        assert "half the usual dose" in text
        assert "half of the recommended dose" in text


def test_of_an_excluded_option_no_dose_is_kept_to() -> None:
    for text in _said_twice(Verdict.EXCLUDED):
        assert "apply at once" not in text


def test_one_dose_adjustment_needs_no_such_line() -> None:
    (option,) = [item for item in a_decision().assessments if item.verdict is Verdict.CAUTION]
    assert [finding.dose for finding in option.findings] == ["15 mg once daily"]
    assert "apply at once" not in summary(a_decision())


def test_the_same_dose_for_two_reasons_is_two_adjustments_all_the_same() -> None:
    twice = a_twice_dosed()
    same = replace(twice, findings=tuple(replace(each, dose="half") for each in twice.findings))
    assert doses_at_once(same) == AT_ONCE
    assert flat(summary(a_decision(assessments=(same,), ranked=()))).count("They say: half.") == 1


@pytest.mark.parametrize("dose", ["110 mg twice daily", "62.5 micrograms once daily", "24/26 mg twice daily"])
def test_the_same_amount_for_two_reasons_is_one_dose(dose: str) -> None:
    twice = a_twice_dosed()
    same = replace(twice, findings=tuple(replace(each, dose=dose) for each in twice.findings))
    assert doses_at_once(same) == ""


def test_doses_of_the_other_label_are_not_counted() -> None:
    twice = a_twice_dosed()
    first, second = twice.findings
    assert doses_at_once(replace(twice, findings=(first,), elsewhere=(second,))) == ""
