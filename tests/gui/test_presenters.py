"""Presenters without a window: what is said of records and decisions, and what each intent asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import samples
from builders import (
    a_decision,
    a_finding,
    a_modelled_decision,
    a_patient,
    a_response,
    an_assessment,
    an_undecided,
)
from scripted_engine import AF, FIELDS, ScriptedEngine

from engine.domain.decision import RankingNote, RankingStatus
from engine.domain.findings import MissingKind, Severity
from engine.domain.ids import OptionId, PatientId, RuleId
from engine.domain.options import Verdict
from engine.domain.patient import ListKind, ListReview
from engine.domain.provenance import SourceRef
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import NotOffered
from engine.errors import EngineUnavailable, InputError, IntegrityError, InternalError, StoreUnavailable
from engine.terminology.spelling import read_aloud
from gui.faults import Remedy, explain
from gui.presenters.banner import banner_of
from gui.presenters.cards import finding_line, tiers_of, undecided_lines
from gui.presenters.decision_page import Pane, answer_of, head_of
from gui.presenters.patients import PAGE
from gui.presenters.session import Phase, Place
from gui.presenters.settling import Control, settle_items
from gui.presenters.tones import Tone
from gui.presenters.units import unit_words
from gui.presenters.why import why_of
from gui.presenters.workbench import Workbench

TODAY = date(2026, 3, 2)


UNITS = (
    "mL/min/{1.73_m2} kg umol/L mg/dL 10*3/uL 10*9/L mm[Hg] Cel [lb_av] a 1 % kg/m2 g/dL U/L [in_i] cm ug/L"
)


@pytest.mark.parametrize("unit", UNITS.split())
def test_units_are_written_as_the_engine_writes_them(unit: str) -> None:
    assert unit_words(unit) == read_aloud(unit)


def test_ties_stay_ties_and_name_each_other() -> None:
    tiers = tiers_of(samples.af(samples.cleo(), AF, "dec-1"))
    suitable = tiers[0]
    assert [(card.place, card.tie) for card in suitable.cards] == [
        ("1=", "tie with edoxaban"),
        ("1=", "tie with apixaban"),
    ]


def test_tiers_come_best_first_and_what_is_not_eligible_has_no_place() -> None:
    tiers = tiers_of(a_decision())
    assert [tier.verdict for tier in tiers] == list(Verdict)
    assert [card.place for tier in tiers[2:] for card in tier.cards] == ["", ""]
    assert not any(card.eligible for tier in tiers[2:] for card in tier.cards)


def test_an_excluded_card_says_what_excludes_it_and_counts_the_rest() -> None:
    excluded = an_assessment("dabigatran", Verdict.EXCLUDED, undecided=(an_undecided("dabigatran"),))
    card = tiers_of(a_decision(assessments=(excluded,), ranked=()))[0].cards[0]
    assert [line.label for line in card.findings] == ["contraindicated", ""]
    assert card.findings[1].text == "Besides: 1 undecided rule, in Why."


def test_one_missing_datum_is_said_once_with_all_it_leaves_open() -> None:
    rules = tuple(
        an_undecided(rule_id=RuleId(f"r{index}"), rule_title=f"Rule {index}", blocks=index == 2)
        for index in range(4)
    )
    (line,) = undecided_lines(rules)
    assert line.text == "body weight (never measured)"
    assert "Leaves 4 rules open: Rule 0; Rule 1; Rule 2; Rule 3" in line.note
    assert "so nothing can be said of this option" in line.note


def test_no_model_and_a_withheld_model_say_so_in_the_card_and_above() -> None:
    none = a_decision()
    assert tiers_of(none)[0].cards[0].model == ("No model ordered these",)
    assert head_of(none).ranking.startswith("No model ordered these.")
    note = RankingNote(status=RankingStatus.WITHHELD, reason="The patient is unlike those it learnt from.")
    withheld = a_decision(ranking=note)
    assert tiers_of(withheld)[0].cards[0].model == ("Model withheld",)
    assert head_of(withheld).ranking_tone is Tone.UNKNOWN


def test_a_model_that_learnt_from_synthetic_data_says_so() -> None:
    decision = a_modelled_decision()
    synthetic = replace(decision, ranking=replace(decision.ranking, synthetic=True))
    assert "synthetic" in head_of(synthetic).ranking
    assert "synthetic" not in head_of(decision).ranking


def test_an_option_that_is_not_marketed_here_stands_above_the_others_with_its_source() -> None:
    decision = a_decision()
    cited = decision.citations[0]
    source = SourceRef(citation=cited.citation_id, where="abstract")
    foreign = NotOffered(
        option_id=OptionId("metamizole"),
        title="metamizole",
        only=Jurisdiction.EU,
        sources=(source,),
        sources_seen=False,
    )
    here = replace(decision.request, jurisdiction=Jurisdiction.US)

    said = head_of(replace(decision, request=here, not_offered=(foreign,))).flags

    assert said[0] == (
        "Not marketed under the US label, and so not offered: metamizole (marketed under the EU label;"
        f" {cited.title}, abstract; source not seen by the authors)."
    )
    assert not any("Not marketed" in flag for flag in head_of(decision).flags)


def test_withheld_lime_is_replaced_by_the_exact_attributions_with_the_reason() -> None:
    why = why_of(a_modelled_decision(), OptionId("warfarin"))
    assert why.withheld
    assert why.lime.sentence == "LIME disagrees with the exact attributions."
    assert why.lime.bars == why.exact.bars


def test_a_source_that_was_not_seen_is_marked() -> None:
    decision = a_decision()
    seen = why_of(decision, OptionId("dabigatran")).sources
    assert {line.word for line in seen} == {"seen"}
    unseen = replace(decision, citations=())
    assert {line.tone for line in why_of(unseen, OptionId("dabigatran")).sources} == {Tone.CAUTION}


def test_every_kind_of_missing_datum_has_its_way_of_entry() -> None:
    decision = samples.af(samples.cleo(), AF, "dec-1")
    controls = {item.entry.control for item in settle_items(decision, FIELDS)}
    assert controls == {Control.DRUG, Control.NUMBER, Control.REVIEW, Control.YES_NO}
    drug = settle_items(decision, FIELDS)[0].entry
    assert drug.choices[1] == ("ketoconazole", "ketoconazole (oral)")
    assert drug.subject == "Zzyzyx 50 mg"


def test_a_person_datum_can_only_be_corrected_at_its_source() -> None:
    decision = samples.af(samples.cleo(), AF, "dec-1")
    first = decision.to_settle[0]
    person = replace(first, datum=replace(first.datum, kind=MissingKind.PERSON))
    (item,) = settle_items(replace(decision, to_settle=(person,)), FIELDS)
    assert item.entry.control is Control.NONE


def test_what_could_only_add_a_note_does_not_press() -> None:
    decision = samples.af(samples.cleo(), AF, "dec-1")
    noted = replace(decision.to_settle[0], worst=Severity.NOTE)
    (item,) = settle_items(replace(decision, to_settle=(noted,)), FIELDS)
    assert not item.pressing


def test_no_allergies_are_none_only_once_the_list_was_reviewed() -> None:
    record = a_patient(allergies=())
    said = {item.label: item for item in banner_of(record, (), TODAY).items}["Allergies"]
    assert (said.value, said.known) == ("none recorded, list not reviewed", False)
    review = ListReview(kind=ListKind.ALLERGIES, on=TODAY, provenance=record.identity)
    reviewed = banner_of(replace(record, reviews=(review,)), (), TODAY)
    assert {item.label: item.value for item in reviewed.items}["Allergies"] == "none (reviewed 2026-03-02)"


def test_a_flagged_value_is_not_shown_in_the_banner() -> None:
    potassium = next(found for found in samples.cleo().observations if found.flags)
    flagged = replace(potassium, quantity=samples.cleo().observations[1].quantity)
    banner = banner_of(replace(samples.cleo(), observations=(flagged,)), (), TODAY)
    assert not {item.label: item for item in banner.items}["Weight"].known


def test_patients_are_paged_by_key(bench: Workbench, engine: ScriptedEngine) -> None:
    for number in range(2 * PAGE):
        record = a_patient(f"pat-x{number:04}", f"Nora {number:04}")
        engine.records[record.patient_id] = record
    bench.patients.search("nora")
    first = bench.patients.state
    assert (len(first.rows), first.more) == (PAGE, True)
    bench.patients.fetch_more()
    second = bench.patients.state
    assert (len(second.rows), second.more) == (2 * PAGE, False)
    assert len({row.patient_id for row in second.rows}) == 2 * PAGE


def test_a_recommendation_is_outdated_once_the_record_changes_elsewhere(
    bench: Workbench, engine: ScriptedEngine
) -> None:
    outdated: list[bool] = []
    bench.session.open_patient(PatientId("pat-0001"))
    bench.recommendation.choose(AF)
    outdated.append(bench.recommendation.state.outdated)
    bench.record.enter(bench.record.state.entries[1], "61", "kg")
    outdated.append(bench.recommendation.state.outdated)
    assert len(engine.decided) == 1
    bench.recommendation.again()
    outdated.append(bench.recommendation.state.outdated)
    assert outdated == [False, True, False]


def test_another_patient_never_sees_the_page_of_the_one_before(bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0001"))
    bench.recommendation.choose(AF)
    bench.recommendation.page.open(Pane.WHY, OptionId("apixaban"))
    bench.session.open_patient(PatientId("pat-0002"))
    assert bench.recommendation.page.state.decision is None
    assert bench.recommendation.page.state.pane is Pane.CLOSED
    assert bench.recommendation.settling.state.items == ()
    assert bench.session.state.readings == ()


def test_a_record_that_comes_late_never_replaces_the_patient_who_is_open_now(bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0002"))
    before = bench.session.state
    bench.session.took_in(a_patient("pat-0001"))
    assert bench.session.state == before


def test_closing_the_patient_goes_back_to_the_list(bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0001"))
    bench.session.close_patient()
    assert (bench.session.state.place, bench.session.state.record) == (Place.PATIENTS, None)
    assert bench.history.state.lines == ()


def test_indications_that_a_recorded_condition_suggests_come_first(bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0001"))
    first, second = bench.recommendation.state.chips
    assert first.suggested == "suggested: Persistent atrial fibrillation is recorded"
    assert second.suggested == ""


def test_an_engine_with_problems_is_degraded_and_still_usable(
    bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.problems = ("the model of warfarin-dose is missing",)
    bench.session.begin()
    assert bench.session.state.phase is Phase.DEGRADED
    assert bench.session.state.indications


def test_an_override_in_words_names_its_reason() -> None:
    answer = answer_of(a_decision(), a_response())
    assert answer is not None
    assert answer.sentence == "Overridden: Rivaroxaban, because patient already tolerates it"
    assert answer.tone is Tone.CAUTION


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (InputError("x"), Remedy.DISMISS),
        (StoreUnavailable("x"), Remedy.RETRY),
        (EngineUnavailable("x"), Remedy.RECONNECT),
        (IntegrityError("x"), Remedy.NONE),
        (InternalError("x"), Remedy.RETRY),
    ],
)
def test_who_can_mend_an_error_decides_what_is_offered(error: Exception, remedy: Remedy) -> None:
    assert isinstance(
        error, InputError | StoreUnavailable | EngineUnavailable | IntegrityError | InternalError
    )
    assert explain(error).remedy is remedy


def test_an_integrity_error_sends_to_the_safety_officer_whatever_its_hint() -> None:
    assert "safety officer" in explain(IntegrityError("x", hint="Seal it again.")).next


def test_long_decimals_are_shortened_to_four_figures_and_written_ones_are_not() -> None:
    reading = a_decision().readings[0]
    long = replace(reading, value=replace(reading.value, value=Decimal("14.963201")))
    items = {item.label: item.value for item in banner_of(a_patient(), (long,), TODAY).items}
    assert items["CrCl"] == "14.96 mL/min"


def test_an_exclusion_without_alternative_says_why_on_its_line() -> None:
    line = finding_line(a_finding(no_alternative="every other bleeds as well"), {})

    assert "Nothing instead, because every other bleeds as well" in line.note.splitlines()
