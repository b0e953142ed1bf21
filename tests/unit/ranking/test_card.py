"""The shipped model's card: what it claims, and that it says so in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dosing import MODEL, MODELS, ranker

from engine.explanation.reference import SMALLEST_CELL, from_json
from engine.ranking.card import Card, decode, encode, reasons_not_to_release, sealed
from engine.ranking.equity import Equity
from engine.ranking.intervals import gain
from engine.ranking.rendering import card_text
from engine.training.attributes import NOT_WRITTEN


@pytest.fixture(scope="module")
def card() -> Card:
    return ranker().card(MODEL)


def _accuracy(card: Card, method: str) -> float:
    return next(item.accuracy for item in card.performance if item.method == method)


def test_with_genotype_it_beats_the_published_pharmacogenetic_equation(card: Card) -> None:
    found = next(
        item
        for item in card.comparisons
        if (item.method, item.against) == ("WhyRx with genotype", "published pharmacogenetic equation")
    )
    assert found.only_method > found.only_against
    assert found.p_value < 0.05
    assert _accuracy(card, "WhyRx with genotype") > _accuracy(card, "published pharmacogenetic equation")


def test_without_genotype_it_beats_the_published_clinical_equation(card: Card) -> None:
    found = next(
        item
        for item in card.comparisons
        if (item.method, item.against) == ("WhyRx without genotype", "published clinical equation")
    )
    assert found.only_method > found.only_against
    assert found.p_value < 0.001


def test_it_hardly_ever_takes_low_for_high(card: Card) -> None:
    assert all(item.swaps <= 0.005 for item in card.performance)


def test_the_published_figures_came_out_as_published(card: Card) -> None:
    figures = dict(card.reproduced)
    assert figures["published pharmacogenetic equation: mean absolute error, mg a week"] == 8.31
    assert figures["published clinical equation: mean absolute error, mg a week"] == 9.94
    assert figures["published pharmacogenetic equation: share within 20 % of the outcome"] == 0.4631
    assert _accuracy(card, "published pharmacogenetic equation") == pytest.approx(0.683, abs=5e-4)
    assert _accuracy(card, "published clinical equation") == pytest.approx(0.619, abs=5e-4)
    assert _accuracy(card, "always intermediate") == pytest.approx(0.548, abs=5e-4)


def test_the_first_group_holds_the_right_band_as_often_as_promised(card: Card) -> None:
    for item in card.separability:
        assert item.coverage == pytest.approx(card.operating.coverage, abs=0.015)


def test_groups_are_counted_once(card: Card) -> None:
    measured = card.performance[0].patients
    for prefix in ("race: ", "age: ", "sex: "):
        for method in {row.method for row in card.equity.rows}:
            rows = [row for row in card.equity.rows if row.group.startswith(prefix) and row.method == method]
            assert sum(row.patients for row in rows) == measured
            right = sum(row.accuracy * row.patients for row in rows) / measured
            assert right == pytest.approx(_accuracy(card, method), abs=1e-3)


def test_a_card_survives_writing_and_reading(card: Card) -> None:
    assert decode(encode(card)) == card
    assert sealed(card) == card


def test_the_text_says_the_card_s_numbers_and_limits(card: Card) -> None:
    text = card_text(card)
    for item in card.performance:
        assert f"| {item.method} | {item.patients:,} | {100 * item.accuracy:.1f} % |" in text
    for limit in card.limits:
        assert limit in text
    assert "none of them synthetic" in text


def test_the_reference_statistics_hold_no_cell_that_could_be_a_person() -> None:
    reference = from_json((MODELS / MODEL / "reference.json").read_bytes())
    assert min(count for table in reference.tables for _, count in table.cells) >= SMALLEST_CELL


def test_the_model_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in (MODELS / MODEL).iterdir()) < 1_500_000


def test_it_travels_to_blocks_of_records_it_never_saw_no_worse_than_the_equation(card: Card) -> None:
    found = {item.method: item.accuracy for item in card.blocks}
    assert found["WhyRx with genotype"] >= found["published pharmacogenetic equation"]
    assert found["WhyRx without genotype"] >= found["published clinical equation"]


def test_all_source_attributes_are_there_and_the_run_filled_in_what_it_can(card: Card) -> None:
    assert len(card.attributes) == 31
    assert sum(item.from_run for item in card.attributes) >= 14
    assert not [item.name for item in card.attributes if item.value == NOT_WRITTEN]
    text = card_text(card)
    assert all(f"| {item.group} | {item.name} | {item.value} |" in text for item in card.attributes)


def test_a_card_without_its_equity_tables_may_not_be_released(card: Card) -> None:
    assert reasons_not_to_release(card) == ()
    bare = replace(card, equity=Equity(), attributes=())
    assert len(reasons_not_to_release(bare)) == 3


def test_the_race_that_it_is_not_told_is_accounted_for_value_by_value(card: Card) -> None:
    told = [item for item in card.equity.told if item.method == "WhyRx with genotype"]
    everybody = next(item for item in told if item.value == "all")
    assert sum(item.patients for item in told) == 2 * everybody.patients
    assert sum(item.gained - item.lost for item in told) == 2 * (everybody.gained - everybody.lost)


def test_what_telling_the_race_would_gain_is_told_with_its_interval(card: Card) -> None:
    row = next(
        line
        for line in card_text(card).splitlines()
        if line.startswith("| race | WhyRx without genotype | all |")
    )
    everybody = next(
        item for item in card.equity.told if (item.method, item.value) == ("WhyRx without genotype", "all")
    )
    rise, low, high = gain(everybody.gained, everybody.lost, everybody.patients)
    assert row.endswith(f"| {100 * rise:+.1f} ({100 * low:+.1f} to {100 * high:+.1f}) |")


def test_without_genotype_it_beats_the_equation_that_is_not_told_the_race_either(card: Card) -> None:
    untold = "published clinical equation, race not told"
    assert _accuracy(card, untold) < _accuracy(card, "published clinical equation")
    assert _accuracy(card, "WhyRx without genotype") > _accuracy(card, untold)
    for item in card.left_out:
        found = {row.method: row.accuracy for row in item.performance}
        assert found["WhyRx without genotype"] >= found[untold] - 0.02, item.value


def test_lime_agrees_with_the_exact_shares_of_the_outer_bands(card: Card) -> None:
    """Of the intermediate band less is told: its score falls towards both sides."""
    for item in card.fidelity:
        assert item.withheld <= (0.25 if item.option.startswith("intermediate") else 0.1), item.option
