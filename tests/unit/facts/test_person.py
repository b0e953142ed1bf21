"""Sex and reported states, and what happens when they contradict each other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import ENTERED, below, fact, patient, reported, state

from engine.domain.atoms import HasSex
from engine.domain.patient import Flag, Sex, StateReport
from engine.domain.truth import Truth
from engine.errors import InvariantBroken

PREGNANT = state("pregnant")
FEMALE, MALE = HasSex(sex=Sex.FEMALE), HasSex(sex=Sex.MALE)


@pytest.mark.parametrize(
    ("sex", "female", "male"),
    [
        (Sex.FEMALE, Truth.TRUE, Truth.FALSE),
        (Sex.MALE, Truth.FALSE, Truth.TRUE),
        (Sex.UNKNOWN, Truth.UNKNOWN, Truth.UNKNOWN),
    ],
)
def test_recorded_sex_decides(sex: Sex, female: Truth, male: Truth) -> None:
    """Not recorded is neither."""
    record = patient(sex=sex)
    assert (fact(record, FEMALE).truth, fact(record, MALE).truth) == (female, male)
    assert bool(fact(record, MALE).missing) == (sex is Sex.UNKNOWN)


def test_the_newest_report_of_a_state_holds() -> None:
    """Pregnant last month, delivered last week."""
    record = patient(states=(reported("pregnant", holds=True, days=40), reported("pregnant", holds=False)))
    found = fact(record, PREGNANT)
    assert (found.truth, found.statement) == (Truth.FALSE, "not pregnant (reported 5 days ago)")


def test_a_woman_about_whom_nothing_was_reported_may_be_pregnant() -> None:
    """At any age: which age rules a pregnancy out is for a rule to say."""
    found = fact(patient(states=()), PREGNANT)
    assert found.truth is Truth.UNKNOWN
    assert [(datum.subject, datum.reason) for datum in found.missing] == [("pregnant", "never reported")]


def test_a_man_is_not_pregnant() -> None:
    """Recorded male sex answers it, and says so."""
    found = fact(patient(sex=Sex.MALE, states=()), PREGNANT)
    assert (found.truth, found.statement) == (Truth.FALSE, "not pregnant: recorded as male")


def test_male_sex_says_nothing_of_other_states() -> None:
    """Alcohol excess has to be asked of everyone."""
    assert fact(patient(sex=Sex.MALE, states=()), state("alcohol_excess")).truth is Truth.UNKNOWN


@pytest.mark.parametrize("flags", [(), (Flag.CONTRADICTORY,)])
def test_male_and_pregnant_leaves_both_unknown(flags: tuple[Flag, ...]) -> None:
    """One of the two is wrong; the kidney equations must not take the sex for granted either."""
    record = patient(sex=Sex.MALE, states=(reported("pregnant", holds=True, flags=flags),))
    pregnant = fact(record, PREGNANT)
    assert pregnant.truth is Truth.UNKNOWN
    assert {datum.subject for datum in pregnant.missing} == {"pregnant", "sex"}
    assert fact(record, MALE).truth is Truth.UNKNOWN
    assert [datum.subject for datum in fact(record, below("crcl", "30")).missing] == ["sex"]


def test_a_newer_report_settles_the_contradiction() -> None:
    """He was never pregnant: the form was someone else's."""
    record = patient(
        sex=Sex.MALE,
        states=(
            reported("pregnant", holds=True, flags=(Flag.CONTRADICTORY,)),
            reported("pregnant", holds=False, days=0, provenance=ENTERED),
        ),
    )
    assert fact(record, PREGNANT).truth is Truth.FALSE
    assert fact(record, MALE).truth is Truth.TRUE


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (reported("pregnant", holds=False, days=61), "reported 61 days ago, at most 60 allowed"),
        (reported("pregnant", holds=False, days=None), "no usable report: undated or dated in the future"),
        (reported("pregnant", holds=False, days=-3), "no usable report: undated or dated in the future"),
        (reported("pregnant", holds=False, flags=(Flag.UNDATED,)), "no usable report: undated"),
    ],
)
def test_a_report_that_cannot_be_used_leaves_the_state_unknown(report: StateReport, reason: str) -> None:
    """Not pregnant in spring says nothing of autumn."""
    found = fact(patient(states=(report,)), PREGNANT)
    assert (found.truth, found.missing[0].reason) == (Truth.UNKNOWN, reason)


def test_two_reports_of_one_day_that_differ_leave_the_state_unknown() -> None:
    """Unless one of them was entered here to settle it."""
    both = (reported("pregnant", holds=False), reported("pregnant", holds=True))
    assert "disagree" in fact(patient(states=both), PREGNANT).missing[0].reason
    settled = (*both, reported("pregnant", holds=True, provenance=ENTERED))
    assert fact(patient(states=settled), PREGNANT).truth is Truth.TRUE


def test_a_newer_contradictory_report_is_not_hidden_behind_an_older_one() -> None:
    """What is newest cannot be used; what is older is overtaken."""
    newer = reported("pregnant", holds=True, days=1, flags=(Flag.CONTRADICTORY,))
    record = patient(states=(reported("pregnant", holds=False, days=9), newer))
    assert "contradicts another entry" in fact(record, PREGNANT).missing[0].reason


def test_a_state_outside_the_vocabulary_is_a_fault_of_ours() -> None:
    """The knowledge floor refuses such a rule."""
    with pytest.raises(InvariantBroken, match="unheard_of"):
        fact(patient(), replace(PREGNANT, state=state("unheard_of").state))
