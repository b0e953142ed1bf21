"""Network meta-analysis: every figure of published results, within half a unit of its last digit.

The results are those that the R package metadat prints on the help pages of its data sets, by G. Schwarzer
with netmeta: inverse variance, the DerSimonian-Laird moment estimator. They were read in the pages that the
package keeps as docs/reference/dat.*.html (version 1.7-2, wviechtb.github.io/metadat/reference/), and are
columns of a league table: every treatment against the reference. The reviews themselves, whose trials these
are, printed other figures, by other models; those of Linde 2015 are beside ours at the end.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest
from pooled_tables import pooled_table

from engine.training.network import (
    Network,
    Study,
    fit_network,
    study_of_counts,
    study_of_means,
    study_of_pairs,
)


def rows(name: str) -> list[dict[str, str]]:
    with pooled_table(f"netmeta/{name}").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def informative(arms: Mapping[str, Sequence[tuple[str, float, float]]]) -> list[Study]:
    found = [study_of_counts(name, several) for name, several in arms.items() if len(several) > 1]
    return [study for study in found if study is not None]


def long(name: str, events: str) -> list[Study]:
    arms: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for row in rows(name):
        arms[row["id"]].append((row["treatment"], float(row[events]), float(row["total"])))
    return informative(arms)


def antithrombotics() -> list[Study]:
    return long("Dogliotti2014.csv", "stroke")


def inhaled() -> list[Study]:
    return long("Baker2009.csv", "exac")


def wide(events: str) -> list[Study]:
    return informative(
        {
            row["id"]: [
                (row[f"treatment{n}"], float(row[f"{events}{n}"]), float(row[f"n{n}"]))
                for n in (1, 2, 3)
                if row[f"treatment{n}"] and row[f"{events}{n}"]
            ]
            for row in rows("Linde2015.csv")
        }
    )


def response() -> list[Study]:
    return wide("resp")


def remission() -> list[Study]:
    return wide("remi")


def primary_care() -> list[Study]:
    pairs: dict[str, list[tuple[str, str, float, float]]] = defaultdict(list)
    for row in rows("Linde2016.csv"):
        pairs[row["id"]].append((row["treat1"], row["treat2"], float(row["lnOR"]), float(row["selnOR"])))
    return [study_of_pairs(name, several) for name, several in pairs.items()]


def parkinson() -> list[Study]:
    return [
        study_of_means(
            row["Study"],
            [
                (row[f"Treatment{n}"], float(row[f"y{n}"]), float(row[f"sd{n}"]), float(row[f"n{n}"]))
                for n in (1, 2, 3)
                if row[f"Treatment{n}"]
            ],
        )
        for row in rows("Franchini2012.csv")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a page prints of one network: all to two decimals, tau2 to four."""

    studies: Callable[[], list[Study]]
    count: int
    reference: str
    random: bool = True
    ratio: bool = True
    tau2: float
    q: tuple[float, int]
    """With its degrees of freedom."""
    within: tuple[float, int]
    effects: Mapping[str, tuple[float, float, float, float]]
    """Estimate, lower and upper limit of the 95 % interval, z."""


PUBLISHED = {
    # Dogliotti A, Paolasso E, Giugliano RP. Heart 2014;100:396-405: strokes in atrial fibrillation.
    "antithrombotics, common effects (Dogliotti 2014)": Published(
        studies=antithrombotics,
        count=19,
        reference="Placebo/Control",
        random=False,
        tau2=0.0,  # the page prints that of random effects, below
        q=(18.76, 16),
        within=(13.17, 11),
        effects={
            "Apixaban": (0.33, 0.25, 0.44, -7.79),
            "Aspirin": (0.78, 0.63, 0.96, -2.28),
            "Aspirin+Clopidogtrel": (0.58, 0.45, 0.74, -4.26),
            "Dabigatran 110mg": (0.38, 0.28, 0.52, -5.92),
            "Dabigatran 150mg": (0.27, 0.19, 0.37, -7.77),
            "Rivaroxaban": (0.32, 0.24, 0.44, -7.21),
            "VKAs": (0.41, 0.32, 0.52, -7.22),
        },
    ),
    "antithrombotics, random effects (Dogliotti 2014)": Published(
        studies=antithrombotics,
        count=19,
        reference="Placebo/Control",
        tau2=0.0134,
        q=(18.76, 16),
        within=(13.17, 11),
        effects={
            "Apixaban": (0.33, 0.24, 0.47, -6.35),
            "Aspirin": (0.76, 0.60, 0.98, -2.16),
            "Aspirin+Clopidogtrel": (0.59, 0.43, 0.82, -3.17),
            "Dabigatran 110mg": (0.38, 0.25, 0.57, -4.63),
            "Dabigatran 150mg": (0.27, 0.18, 0.41, -6.17),
            "Rivaroxaban": (0.32, 0.22, 0.48, -5.56),
            "VKAs": (0.41, 0.32, 0.54, -6.51),
        },
    ),
    # Baker WL, Baker EL, Coleman CI. Pharmacotherapy 2009;29:891-905: exacerbations of COPD.
    "inhaled drugs, random effects (Baker 2009)": Published(
        studies=inhaled,
        count=38,
        reference="Placebo",
        tau2=0.0111,
        q=(60.86, 46),
        within=(43.20, 34),
        effects={
            "Budesonide": (0.80, 0.59, 1.10, -1.37),
            "Budesonide+Formoterol": (0.67, 0.49, 0.90, -2.63),
            "Fluticasone": (0.86, 0.75, 0.99, -2.05),
            "Fluticasone+Salmeterol": (0.75, 0.66, 0.86, -4.17),
            "Formoterol": (1.00, 0.80, 1.25, 0.0),
            "Salmeterol": (0.80, 0.72, 0.89, -4.06),
            "Tiotropium": (0.69, 0.61, 0.77, -6.39),
        },
    ),
    # Linde K et al. Ann Fam Med 2015;13:69-79: antidepressants in primary care.
    "early response to antidepressants, random effects (Linde 2015)": Published(
        studies=response,
        count=59,
        reference="Placebo",
        tau2=0.0352,
        q=(79.37, 58),
        within=(49.41, 39),
        effects={
            "TCA": (1.72, 1.42, 2.09, 5.56),
            "SSRI": (1.68, 1.40, 2.01, 5.68),
            "SNRI": (1.74, 1.25, 2.42, 3.27),
            "NRI": (1.42, 0.84, 2.40, 1.30),
            "Low-dose SARI": (1.78, 1.18, 2.70, 2.73),
            "NaSSa": (1.14, 0.82, 1.60, 0.77),
            "rMAO-A": (1.05, 0.69, 1.62, 0.24),
            "Hypericum": (1.99, 1.58, 2.49, 5.94),
        },
    ),
    "early remission on antidepressants, random effects (Linde 2015)": Published(
        studies=remission,
        count=53,
        reference="Placebo",
        tau2=0.0233,
        q=(60.71, 49),
        within=(36.83, 36),
        effects={
            "TCA": (1.92, 1.54, 2.41, 5.71),
            "SSRI": (1.83, 1.48, 2.27, 5.52),
            "SNRI": (2.07, 1.51, 2.84, 4.49),
            "NRI": (1.83, 1.06, 3.15, 2.18),
            "Low-dose SARI": (1.91, 1.21, 3.01, 2.76),
            "NaSSa": (1.58, 1.02, 2.45, 2.03),
            "rMAO-A": (1.57, 1.06, 2.33, 2.26),
            "Hypericum": (2.04, 1.58, 2.63, 5.43),
        },
    ),
    # Linde K et al. J Clin Epidemiol 2016;71:86-96: drugs and psychotherapies in primary care.
    "depression in primary care, random effects (Linde 2016)": Published(
        studies=primary_care,
        count=93,
        reference="Placebo",
        tau2=0.0174,
        q=(102.45, 87),
        within=(58.07, 54),
        effects={
            "SSRI": (1.71, 1.46, 2.01, 6.61),
            "Face-to-face CBT": (2.05, 1.26, 3.36, 2.86),
            "Face-to-face interpsy": (1.11, 0.76, 1.62, 0.54),
            "Face-to-face PST": (1.39, 0.97, 2.00, 1.77),
            "Face-to-face CBT + SSRI": (30.86, 4.94, 192.81, 3.67),
            "Face-to-face interpsy + SSRI": (1.75, 1.12, 2.74, 2.47),
            "Face-to-face PST + SSRI": (1.54, 0.66, 3.59, 1.01),
            "Face-to-face psychodyn": (1.54, 0.48, 5.00, 0.72),
            "Other face-to-face": (1.91, 1.18, 3.12, 2.62),
            "TCA": (1.75, 1.47, 2.07, 6.40),
            "SNRI": (1.93, 1.49, 2.49, 5.04),
            "NRI": (1.45, 0.92, 2.27, 1.61),
            "Low-dose SARI": (1.84, 1.25, 2.69, 3.10),
            "NaSSa": (1.22, 0.89, 1.66, 1.25),
            "rMAO-A": (1.08, 0.73, 1.59, 0.36),
            "Ind drug": (2.54, 0.96, 6.76, 1.87),
            "Hypericum": (2.00, 1.62, 2.47, 6.48),
            "Remote CBT": (2.14, 1.29, 3.54, 2.94),
            "Self-help CBT": (1.94, 1.13, 3.32, 2.42),
            "No contact CBT": (1.77, 1.01, 3.07, 2.01),
            "UC": (1.16, 0.76, 1.76, 0.69),
        },
    ),
    # Franchini AJ et al. Res Synth Methods 2012;3:142-60: hours "off" in Parkinson's disease, means.
    "Parkinson's disease, random effects (Franchini 2012)": Published(
        studies=parkinson,
        count=7,
        reference="Bromocriptine",
        ratio=False,
        tau2=0.0,
        q=(2.29, 4),
        within=(1.61, 2),
        effects={
            "Cabergoline": (-0.30, -0.71, 0.11, -1.44),
            "Placebo": (0.52, -0.41, 1.46, 1.09),
            "Pramipexole": (-1.29, -2.31, -0.26, -2.47),
            "Ropinirole": (0.05, -0.59, 0.68, 0.14),
        },
    ),
}


def figures(found: Network, option: str, reference: str, *, ratio: bool) -> tuple[float, ...]:
    """Return estimate, limits and z, as the pages print them."""
    three = found.against(option, reference)
    z = three[0] / found.error(option, reference)
    return (*(math.exp(value) if ratio else value for value in three), z)


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)
def test_every_printed_figure_comes_out_within_half_a_unit_of_its_last_digit(published: Published) -> None:
    studies = published.studies()
    found = fit_network(studies, published.reference, random=published.random)

    assert len(studies) == published.count
    assert set(found.options) == {published.reference, *published.effects}
    assert found.tau2 == pytest.approx(published.tau2, abs=0.00005)
    assert found.q == pytest.approx(published.q[0], abs=0.005)
    assert found.degrees == published.q[1]
    assert found.q_within == pytest.approx(published.within[0], abs=0.005)
    assert found.degrees_within == published.within[1]
    for option, printed in published.effects.items():
        ours = figures(found, option, published.reference, ratio=published.ratio)
        assert ours == pytest.approx(printed, rel=0, abs=0.005), option


#: Odds ratios of response, table 3 of Linde et al., Ann Fam Med 2015;13:69-79: the rows of the league table
#: that were read whole, on a stored page of annfammed.org (highwire/markup/6064). The row of NRI was left
#: out: against TCA it prints 0.60, where the row of TCA prints 1.23 the other way.
LINDE = {
    "TCA": {
        "SSRI": 1.04,
        "SNRI": 1.00,
        "NRI": 1.23,
        "Low-dose SARI": 0.97,
        "NaSSa": 1.55,
        "rMAO-A": 1.65,
        "Hypericum": 0.86,
        "Placebo": 1.75,
    },
    "SSRI": {
        "SNRI": 0.96,
        "NRI": 1.19,
        "Low-dose SARI": 0.94,
        "NaSSa": 1.50,
        "rMAO-A": 1.60,
        "Hypericum": 0.83,
        "Placebo": 1.69,
    },
    "SNRI": {
        "NRI": 1.23,
        "Low-dose SARI": 0.97,
        "NaSSa": 1.55,
        "rMAO-A": 1.65,
        "Hypericum": 0.86,
        "Placebo": 1.75,
    },
    "Low-dose SARI": {"NRI": 1.26, "NaSSa": 1.60, "rMAO-A": 1.70, "Hypericum": 0.89, "Placebo": 1.80},
}


def test_the_league_table_of_the_review_itself_comes_out_nearly() -> None:
    """Not within rounding: the method of the review was not before our eyes, but is not netmeta's.

    That package's figures from the same trials, which ours equal, differ from the review's as ours do: 1.72
    for TCA against placebo where the review prints 1.75.
    """
    found = fit_network(response(), "Placebo", random=True)
    for option, others in LINDE.items():
        for other, printed in others.items():
            assert math.exp(found.against(option, other)[0]) == pytest.approx(printed, rel=0.026)
