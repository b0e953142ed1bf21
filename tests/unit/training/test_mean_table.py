"""Published means: errors from what is printed, and falls of LDL cholesterol against published figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from engine.bootstrap.setup import shipped_models
from engine.domain.provenance import Checked, CitationKind
from engine.errors import AuthoringError, NotReadable
from engine.ranking.evidence_card import decode, evidence_card_text
from engine.training.evidence import rank_evidence
from engine.training.evidence_file import evidence, read_evidence_recipe, shipped_evidence, shipped_table
from engine.training.mean_table import Arm, Difference, PublishedMeans, PublishedTrial, read_means
from engine.training.network import Network, fit_network

LIPIDS = read_evidence_recipe("hypercholesterolaemia")
TABLE = shipped_table(LIPIDS)
assert TABLE is not None
SHIPPED = read_means(TABLE)


def pooled(*, random: bool = True) -> Network:
    return fit_network(SHIPPED.studies(), LIPIDS.reference, random=random)


def trial(
    arms: tuple[Arm, ...] = (), differences: tuple[Difference, ...] = (), name: str = "made up"
) -> PublishedTrial:
    return PublishedTrial(
        name=name,
        title="made up",
        kind=CitationKind.TRIAL,
        year=2000,
        locator="nowhere",
        checked=Checked.NOT_SEEN,
        how="made up",
        on=date(2026, 11, 26),
        arms=arms,
        differences=differences,
    )


@pytest.mark.parametrize("random", [False, True])
def test_rosuvastatin_lowers_ldl_by_as_much_more_than_atorvastatin_as_published(*, random: bool) -> None:
    """By 8.2 points over the doses of STELLAR, 8.4 at any dose of Schneck 2003 (not in the table)."""
    more, low, high = pooled(random=random).against("atorvastatin 10 mg", "rosuvastatin 10 mg")
    assert more == pytest.approx(8.2, abs=0.6)
    assert more == pytest.approx(8.4, abs=0.4)
    # The pooled figure of 2003, from three trials of which two are in the table: 46.7 against 36.4 percent.
    assert low < 46.7 - 36.4 < high


def test_the_trial_of_all_doses_says_what_it_printed() -> None:
    stellar = next(study for study in SHIPPED.studies() if study.name == "STELLAR")
    change = dict(zip(stellar.options[1:], stellar.effects, strict=True))
    assert stellar.options[0] == "rosuvastatin 10 mg"
    assert change["atorvastatin 10 mg"] == pytest.approx(46 - 37)
    assert change["simvastatin 40 mg"] == pytest.approx(46 - 39)


def test_a_trial_of_3030_patients_that_is_not_in_the_table_lies_in_the_interval_of_ezetimibe() -> None:
    """Ezetimibe less placebo on top of a statin: -23.1 (PMID 15887425)."""
    _, low, high = pooled().against("ezetimibe 10 mg", "placebo")
    assert low < -23.1 < high


def test_an_interval_gives_back_its_standard_error() -> None:
    only = Difference(option="b", against="a", change=-18.1, low=-20.0, high=-16.1)
    assert only.standard_error() == pytest.approx(3.9 / 3.92, rel=1e-4)
    assert replace(only, error=2.0).standard_error() == 2.0
    (study,) = PublishedMeans(spread=1.0, trials=(trial(differences=(only,)),)).studies()
    assert (study.options, study.effects) == (("a", "b"), (-18.1,))
    assert study.covariance[0][0] == pytest.approx(only.standard_error() ** 2)


def test_a_spread_and_patients_give_the_covariance_of_arms() -> None:
    arms = tuple(
        Arm(option=name, change=change, patients=100) for name, change in (("a", 0), ("b", -5), ("c", -9))
    )
    (study,) = PublishedMeans(spread=20.0, trials=(trial(arms),)).studies()
    assert np.allclose(study.covariance, [[8.0, 4.0], [4.0, 8.0]])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("differences: [{option: b, against: a, change: -1}]", "neither error nor interval"),
        ("arms: [{option: a, change: -1, patients: 5}]", "two arms or more, or one difference"),
        (
            (
                "differences: [{option: b, against: a, change: -1, error: 1}]\n"
                "    arms: [{option: c, change: -1, patients: 1}, {option: d, change: -1, patients: 1}]"
            ),
            "two arms or more, or one difference",
        ),
        ("arms: [{option: a, change: many, patients: 5}, {option: b, change: 1, patients: 5}]", "change"),
    ],
)
def test_a_table_that_cannot_be_pooled_is_refused_with_the_reason(
    tmp_path: Path, lines: str, said: str
) -> None:
    table = tmp_path / "means.yaml"
    table.write_text(
        "spread: 1\ntrials:\n  - name: x\n    title: x\n    kind: trial\n    year: 2000\n    locator: x\n"
        f"    checked: seen\n    how: x\n    on: 2026-11-26\n    {lines}\n",
        encoding="utf-8",
    )
    with pytest.raises(NotReadable, match=said):
        read_means(table)


def test_every_shipped_figure_was_seen_and_says_where_and_how() -> None:
    assert all(item.checked is Checked.SEEN and item.how and item.locator for item in SHIPPED.trials)


def test_what_no_trial_gave_is_not_put_in_an_order() -> None:
    unknown = replace(LIPIDS.choices[0], doses=("3 mg",))
    with pytest.raises(NotReadable, match="no trial gave atorvastatin 3 mg"):
        rank_evidence(replace(LIPIDS, choices=(unknown,)), SHIPPED.studies())


def test_the_shipped_ranker_is_what_the_shipped_table_gives(tmp_path: Path) -> None:
    out = tmp_path / "hypercholesterolaemia-averages"
    ranking, page = evidence("hypercholesterolaemia", out=out)
    made, shipped = (
        decode((folder / "evidence.json").read_bytes()) for folder in (out, shipped_models() / out.name)
    )
    assert made.league.options == shipped.league.options
    assert made.league.doses == shipped.league.doses
    assert np.allclose(made.league.effects, shipped.league.effects, atol=1e-5)
    assert (made.studies, made.data, made.split) == (shipped.studies, shipped.data, shipped.split)
    places = {item.option: (item.ground, item.place) for item in ranking.options}
    assert places["rosuvastatin"] == places["atorvastatin"]
    assert places["bempedoic acid"][1] > places["alirocumab"][1] == places["evolocumab"][1]
    assert "| 1 | rosuvastatin 20 mg | -56.3 (-65.2 to -47.4) |" in page


def test_the_card_warns_that_it_knows_a_surrogate_alone() -> None:
    content = (shipped_models() / "hypercholesterolaemia-averages" / "evidence.json").read_bytes()
    page = evidence_card_text(decode(content))
    assert "a surrogate, mean difference against placebo" in page
    assert "- LDL cholesterol is a surrogate." in page
    assert "| evolocumab 140 mg | -70.500 |" in page
    assert "on top of a statin" in page


def test_a_table_that_does_not_ship_is_asked_for() -> None:
    for name in set(shipped_evidence()) - {"hypercholesterolaemia"}:
        with pytest.raises(AuthoringError, match="no table of trial arms ships"):
            evidence(name)
