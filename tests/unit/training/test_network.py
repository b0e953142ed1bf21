"""Network meta-analysis: against published figures where the data are, and laws on small networks."""

from __future__ import annotations

import csv
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pooled_tables import pooled_table

from engine.errors import NotReadable
from engine.training.evidence import rank_evidence
from engine.training.evidence_file import read_evidence_recipe, read_studies, shipped_evidence
from engine.training.evidence_recipe import EvidenceRecipe, evidence_attributes
from engine.training.network import (
    Study,
    fit_network,
    p_of_q,
    splits,
    study_of_counts,
    study_of_means,
    study_of_pairs,
)


def senn() -> list[Study]:
    pairs: dict[str, list[tuple[str, str, float, float]]] = defaultdict(list)
    with pooled_table("netmeta/Senn2013.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            pairs[row["studlab"]].append((row["treat1"], row["treat2"], float(row["TE"]), float(row["seTE"])))
    return [study_of_pairs(name, several) for name, several in pairs.items()]


def test_the_diabetes_network_decomposes_as_published() -> None:
    """Q of Senn 2013 as the R package netmeta prints it, read on a stored page.

    https://cttir.github.io/courses/course3_design_causal/labs/lab_week4_session3_slides.html
    """
    found = fit_network(senn(), "plac", random=False)
    assert (round(found.q, 2), found.degrees) == (96.99, 18)
    assert (round(found.q_within, 2), found.degrees_within) == (74.46, 11)
    assert (round(found.q_between, 2), found.degrees_between) == (22.53, 7)
    assert round(p_of_q(found.q_between, found.degrees_between), 4) == 0.0021


#: Design: Q and degrees of freedom, from the same page.
DESIGNS = {
    ("metf", "plac"): (42.16, 2),
    ("plac", "rosi"): (21.27, 5),
    ("benf", "plac"): (4.38, 1),
    ("migl", "plac"): (6.45, 2),
    ("metf", "rosi"): (0.19, 1),
}


@pytest.mark.parametrize(("design", "published"), DESIGNS.items())
def test_each_design_of_the_diabetes_network_is_as_heterogeneous_as_published(
    design: tuple[str, str], published: tuple[float, int]
) -> None:
    members = [study for study in senn() if sorted(study.options) == list(design)]
    found = fit_network(members, design[0], random=False)
    assert (round(found.q, 2), found.degrees) == published


#: Odds ratios of response in the abstract of Cipriani et al., Lancet 2009;373:746-58 (read as
#: https://psyberspace.com.au/depression/lancet.htm shows it). Theirs are Bayesian, over 117 trials, of which
#: the package has 111: ours must come within two percent (worst 1.5), and only four of the 20 are within half
#: a unit of the last digit. The Bayesian fit of the same 111 trials that the R package gemtc keeps
#: (cipriani-efficacy.summaries.txt) is nearer, not exact either: 13 by its means, nine by its medians, up to
#: 1.2 percent off. What is reproduced within rounding is in test_published_networks.py.
LEAGUE = {
    ("mirtazapine", "duloxetine"): 1.39,
    ("escitalopram", "duloxetine"): 1.33,
    ("venlafaxine", "duloxetine"): 1.30,
    ("sertraline", "duloxetine"): 1.27,
    ("mirtazapine", "fluoxetine"): 1.37,
    ("escitalopram", "fluoxetine"): 1.32,
    ("venlafaxine", "fluoxetine"): 1.28,
    ("sertraline", "fluoxetine"): 1.25,
    ("mirtazapine", "fluvoxamine"): 1.41,
    ("escitalopram", "fluvoxamine"): 1.35,
    ("venlafaxine", "fluvoxamine"): 1.30,
    ("sertraline", "fluvoxamine"): 1.27,
    ("mirtazapine", "paroxetine"): 1.35,
    ("escitalopram", "paroxetine"): 1.30,
    ("venlafaxine", "paroxetine"): 1.27,
    ("sertraline", "paroxetine"): 1.22,
    ("mirtazapine", "reboxetine"): 2.03,
    ("escitalopram", "reboxetine"): 1.95,
    ("venlafaxine", "reboxetine"): 1.89,
    ("sertraline", "reboxetine"): 1.85,
}


def test_the_antidepressants_of_2009_come_out_as_published() -> None:
    recipe = read_evidence_recipe("major-depression-2009")
    studies = read_studies(pooled_table("gemtc/depression.data.ab.csv"), recipe, recipe.events)
    found = fit_network(studies, "fluoxetine", random=True)
    ours = {pair: math.exp(found.against(*pair)[0]) for pair in LEAGUE}
    for pair, published in LEAGUE.items():
        assert ours[pair] == pytest.approx(published, rel=0.02), pair
    assert sum(abs(ours[pair] - published) < 0.015 for pair, published in LEAGUE.items()) >= 14


def two_arm(name: str, one: str, two: str, effect: float, error: float) -> Study:
    return study_of_pairs(name, [(two, one, effect, error)])


def test_consistent_trials_without_noise_give_back_the_effects_exactly() -> None:
    truth = {"A": 0.0, "B": 0.5, "C": -0.3}
    studies = [
        two_arm("1", "A", "B", truth["B"], 0.1),
        two_arm("2", "B", "C", truth["C"] - truth["B"], 0.2),
        two_arm("3", "A", "C", truth["C"], 0.3),
    ]
    for random in (False, True):
        found = fit_network(studies, "A", random=random)
        assert found.tau2 == 0.0
        assert found.q == pytest.approx(0.0, abs=1e-20)
        for option, effect in truth.items():
            assert found.against(option, "A")[0] == pytest.approx(effect)


def test_two_trials_of_one_pair_are_weighed_by_their_variance() -> None:
    found = fit_network(
        [two_arm("1", "A", "B", 1.0, 0.1), two_arm("2", "A", "B", 2.0, 0.2)], "A", random=False
    )
    assert found.against("B", "A")[0] == pytest.approx((1.0 * 100 + 2.0 * 25) / 125)
    assert found.error("B", "A") == pytest.approx(math.sqrt(1 / 125))


def test_dersimonian_and_laird_is_what_one_pair_comes_down_to() -> None:
    effects, errors = [0.1, 0.9, 0.4], [0.1, 0.15, 0.2]
    studies = [two_arm(str(n), "A", "B", e, s) for n, (e, s) in enumerate(zip(effects, errors, strict=True))]
    weights = 1 / np.square(errors)
    mean = np.average(effects, weights=weights)
    q = float((weights * (np.array(effects) - mean) ** 2).sum())
    tau2 = (q - 2) / (weights.sum() - (weights**2).sum() / weights.sum())
    assert fit_network(studies, "A", random=True).tau2 == pytest.approx(tau2)


def test_a_three_arm_study_counts_its_shared_arm_once() -> None:
    study = study_of_counts("1", [("A", 10, 100), ("B", 20, 100), ("C", 30, 100)])
    assert study is not None
    found = fit_network([study], "A", random=False)
    direct = study_of_counts("2", [("B", 20, 100), ("C", 30, 100)])
    assert direct is not None
    assert found.against("C", "B")[0] == pytest.approx(direct.effects[0])
    assert found.error("C", "B") == pytest.approx(math.sqrt(direct.covariance[0][0]))


def test_means_and_pairs_say_the_same_of_one_study() -> None:
    arms = [("A", 1.0, 2.0, 50.0), ("B", 1.5, 2.5, 40.0), ("C", 0.5, 1.5, 60.0)]
    by_means = study_of_means("1", arms)
    spread = {name: sd**2 / n for name, _, sd, n in arms}
    mean = {name: value for name, value, _, _ in arms}
    pairs = [
        (two, one, mean[two] - mean[one], math.sqrt(spread[one] + spread[two]))
        for one, two in (("A", "B"), ("A", "C"), ("B", "C"))
    ]
    by_pairs = study_of_pairs("1", pairs)
    assert by_pairs.options == by_means.options
    assert np.allclose(by_pairs.effects, by_means.effects)
    assert np.allclose(by_pairs.covariance, by_means.covariance)


def test_an_arm_without_events_is_still_counted_and_a_study_without_any_is_not() -> None:
    assert study_of_counts("1", [("A", 0, 50), ("B", 5, 50)]) is not None
    assert study_of_counts("1", [("A", 0, 50), ("B", 0, 50)]) is None


def test_a_network_that_falls_apart_is_refused_by_name() -> None:
    with pytest.raises(NotReadable, match="C, D with A"):
        fit_network([two_arm("1", "A", "B", 0.1, 0.1), two_arm("2", "C", "D", 0.1, 0.1)], "A", random=False)


def test_a_loop_that_does_not_close_is_found() -> None:
    studies = [
        two_arm("1", "A", "B", 0.0, 0.05),
        two_arm("2", "B", "C", 0.0, 0.05),
        two_arm("3", "A", "C", 1.0, 0.05),
    ]
    found = fit_network(studies, "A", random=False)
    assert found.degrees_between == 1
    assert p_of_q(found.q_between, 1) < 0.001
    # Random effects take the disagreement for heterogeneity: the split still shows its size.
    closing = next(item for item in splits(studies, "A") if item.pair == ("A", "C"))
    assert closing.direct == pytest.approx(1.0)
    assert closing.indirect == pytest.approx(0.0)


EFFECT = st.floats(-1, 1)


@settings(max_examples=40, deadline=None)
@given(effects=st.lists(EFFECT, min_size=6, max_size=6), reference=st.sampled_from("ABCD"))
def test_no_comparison_hangs_on_the_reference(effects: list[float], reference: str) -> None:
    pairs = [("A", "B"), ("B", "C"), ("C", "D"), ("A", "D"), ("A", "C"), ("A", "B")]
    studies = [
        two_arm(str(n), *pair, e, 0.1 + n / 10)
        for n, (pair, e) in enumerate(zip(pairs, effects, strict=True))
    ]
    plain = fit_network(studies, "A", random=True)
    other = fit_network(studies, reference, random=True)
    assert other.tau2 == pytest.approx(plain.tau2)
    for one, two in pairs:
        assert np.allclose(plain.against(one, two), other.against(one, two), atol=1e-9)


RECIPE = EvidenceRecipe(
    evidence="made-up",
    title="Made up",
    outcome="response",
    better="more",
    reference="A",
    citation="none",
    licence="none",
    study="s",
    option="o",
    events="e",
    total="t",
    seed=1,
)


@settings(max_examples=15, deadline=None)
@given(effects=st.lists(st.floats(-2, 2), min_size=3, max_size=3), better=st.sampled_from(["more", "fewer"]))
def test_options_whose_intervals_overlap_are_never_put_in_an_order(effects: list[float], better: str) -> None:
    studies = [
        two_arm(str(n), "A", name, e, 0.3) for n, (name, e) in enumerate(zip("BCD", effects, strict=True))
    ]
    recipe = EvidenceRecipe(**{**{f: getattr(RECIPE, f) for f in RECIPE.__slots__}, "better": better})
    found = rank_evidence(recipe, studies)
    for one in found.options:
        for two in found.options:
            if one.place < two.place:
                _, low, high = found.random.against(one.option, two.option)
                assert low > -1e-5 if better == "more" else high < 1e-5


def test_the_same_trials_give_the_same_bytes() -> None:
    studies = [two_arm(str(n), "A", name, n / 2, 0.1) for n, name in enumerate("BCD")]
    first, second = (rank_evidence(RECIPE, studies) for _ in range(2))
    assert first.trees == second.trees
    assert [item.option for item in first.options] == ["D", "C", "A", "B"] or first.options[0].option == "D"
    assert first.options == second.options


def test_every_shipped_evidence_recipe_reads_and_has_its_thirteen_attributes() -> None:
    assert {"major-depression", "atrial-fibrillation", "copd"} <= set(shipped_evidence())
    for name in shipped_evidence():
        attributes = evidence_attributes(read_evidence_recipe(name))
        assert len(attributes) == 13
        assert all(value for _, value in attributes)
