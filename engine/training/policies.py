"""What following an order would have done, estimated from a randomised trial.

AIPW (augmented inverse-probability weighting) with known chances of being given each option is
unbiased whatever the model says; its influence function gives the intervals. Hajek's weighting, which
leans on no model at all, stands beside it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ranking.intervals import wilson
from engine.ranking.league import Z95
from engine.ranking.trial_results import ArmResult, FirstPlace, PolicyValue, RiskGroup
from engine.training.metrics import rounded
from engine.training.table import Bools, Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial with the model's out-of-fold chances: row i of every array is one patient."""

    titles: tuple[str, ...]
    level: Ints
    """What was given."""
    good: Floats
    """1 where it went well."""
    share: Floats
    """Chance of being given each option: shape (options,)."""
    chance: Floats
    """The model's chance that it goes well under each option, out of fold: shape (patients, options)."""
    spread: Floats
    """Standard error of each option's log-odds in the patients learnt from: shape (patients, options)."""

    @property
    def scores(self) -> Floats:
        """Return each patient's AIPW score of each option: shape (patients, options)."""
        given = np.eye(len(self.titles))[self.level]
        return self.chance + given / self.share * (self.good[:, None] - self.chance)


def arms(trial: Trial) -> tuple[ArmResult, ...]:
    """Return how each arm did."""
    found = []
    for level, title in enumerate(trial.titles):
        good = trial.good[trial.level == level]
        low, high = wilson(int(good.sum()), len(good))
        found.append(
            ArmResult(title=title, patients=len(good), good=rounded(good.mean()), low=low, high=high)
        )
    return tuple(found)


def tied_first(chance: Floats, spread: Floats) -> Bools:
    """Tell which options share the first place: within one standard error of the best.

    Args:
        chance: shape (patients, options).
        spread: of the log-odds, same shape.
    """
    odds = np.log(chance / (1 - chance))
    best = odds.argmax(axis=1)[:, None]
    error = np.sqrt(spread**2 + np.take_along_axis(spread, best, axis=1) ** 2)
    found = odds >= np.take_along_axis(odds, best, axis=1) - error
    np.put_along_axis(found, best, values=True, axis=1)
    return np.asarray(found)


def value(trial: Trial, allowed: tuple[int, ...], chance: Floats | None = None) -> PolicyValue:
    """Return the value of following an order among the allowed options, against the best of them for all.

    Options that share the first place are given by lot among them: a tie is a tie.

    Args:
        trial: with the model's chances, which also serve to lessen the variance.
        allowed: the options that are left, as if rules had removed the others.
        chance: the chances to order by, where other than the model's; these know no ties.
    """
    places = np.array(allowed)
    order_by = (trial.chance if chance is None else chance)[:, places]
    first = (
        tied_first(order_by, trial.spread[:, places])
        if chance is None
        else np.eye(len(places), dtype=np.bool_)[order_by.argmax(axis=1)]
    )
    lot = first / first.sum(axis=1, keepdims=True)
    scores = trial.scores[:, places]
    best = int(scores.mean(axis=0).argmax())
    followed_value = (lot * scores).sum(axis=1)
    difference = followed_value - scores[:, best]
    over_random = followed_value - scores.mean(axis=1)
    root = np.sqrt(len(difference))
    given = np.eye(len(trial.titles))[trial.level][:, places]
    weights = (given * lot / trial.share[places]).sum(axis=1)
    return PolicyValue(
        options=tuple(trial.titles[level] for level in allowed),
        best=trial.titles[allowed[best]],
        policy=rounded(followed_value.mean()),
        policy_ipw=rounded((weights * trial.good).sum() / weights.sum()),
        best_single=rounded(scores[:, best].mean()),
        difference=rounded(difference.mean()),
        low=rounded(difference.mean() - Z95 * difference.std() / root),
        high=rounded(difference.mean() + Z95 * difference.std() / root),
        over_random=rounded(over_random.mean()),
        over_random_low=rounded(over_random.mean() - Z95 * over_random.std() / root),
        claimed=rounded(((lot * order_by).sum(axis=1) - order_by[:, best]).mean()),
        tied=rounded((first.sum(axis=1) > 1).mean()),
    )


def first_places(trial: Trial) -> tuple[FirstPlace, ...]:
    """Return who shares the first place among all options, and for how many patients, commonest first."""
    found, counts = np.unique(tied_first(trial.chance, trial.spread), axis=0, return_counts=True)
    return tuple(
        FirstPlace(
            options=tuple(itertools.compress(trial.titles, found[place])),
            share=rounded(counts[place] / counts.sum()),
        )
        for place in np.argsort(-counts, kind="stable")
    )


def subsets(options: int) -> Iterator[tuple[int, ...]]:
    """Yield every set of two options or more, the whole last."""
    for size in range(2, options + 1):
        yield from itertools.combinations(range(options), size)


def risk_groups(trial: Trial, better: int, worse: int, parts: int = 4) -> tuple[RiskGroup, ...]:
    """Return the benefit of one option over another among patients of similar risk."""
    risk = 1 - trial.chance[:, worse]
    order = np.argsort(risk, kind="stable")
    found = []
    for number, part in enumerate(np.array_split(order, parts)):
        ours, theirs = (part[trial.level[part] == level] for level in (better, worse))
        rates = [1 - trial.good[several].mean() for several in (ours, theirs)]
        error = np.sqrt(
            sum(rate * (1 - rate) / len(several) for rate, several in zip(rates, (ours, theirs), strict=True))
        )
        benefit = rates[1] - rates[0]
        least, most = 100 * risk[part].min(), 100 * risk[part].max()
        found.append(
            RiskGroup(
                risk=f"quarter {number + 1} of {parts}: {least:.1f} to {most:.1f} %",
                patients=len(ours) + len(theirs),
                event_rate=rounded(1 - trial.good[part].mean()),
                benefit=rounded(benefit),
                low=rounded(benefit - Z95 * error),
                high=rounded(benefit + Z95 * error),
            )
        )
    return tuple(found)


def c_for_benefit(
    trial: Trial, better: int, worse: int, seed: int, draws: int = 200
) -> tuple[float, float, float]:
    """Return the concordance of predicted and observed benefit in matched pairs, with its bootstrap interval.

    Patients of both arms are matched by rank of predicted benefit (van Klaveren et al., J Clin Epidemiol
    2018;94:59-68, not before our eyes); of two pairs with different observed benefit, the one predicted to
    benefit more should.
    """
    predicted = trial.chance[:, better] - trial.chance[:, worse]
    chance = np.random.default_rng(seed)
    ours, theirs = (np.flatnonzero(trial.level == level) for level in (better, worse))
    drawn = []
    for draw in range(draws + 1):
        mine, yours = (
            (ours, theirs)
            if not draw
            else (chance.choice(ours, len(ours)), chance.choice(theirs, len(theirs)))
        )
        pairs = min(len(mine), len(yours))
        mine, yours = (chance.permutation(several)[:pairs] for several in (mine, yours))
        mine = mine[np.argsort(predicted[mine], kind="stable")]
        yours = yours[np.argsort(predicted[yours], kind="stable")]
        expected = (predicted[mine] + predicted[yours]) / 2
        drawn.append(_concordance(expected, trial.good[mine] - trial.good[yours]))
    low, high = np.quantile(drawn[1:], [0.025, 0.975])
    return rounded(drawn[0]), rounded(low), rounded(high)


def _concordance(expected: Floats, observed: Floats) -> float:
    """Return the share of pairs with different outcomes that the prediction orders; ties count half."""
    wins = total = 0.0
    for high, low in ((1.0, 0.0), (1.0, -1.0), (0.0, -1.0)):
        above, below = expected[observed == high], np.sort(expected[observed == low])
        if len(above) and len(below):
            left, right = (np.searchsorted(below, above, side=side) for side in ("left", "right"))
            wins += float((left + right).sum()) / 2
            total += len(above) * len(below)
    return wins / total if total else 0.5


def shuffled_level(level: Ints, chance: np.random.Generator) -> Ints:
    """Return the options given to other patients: what a model learns from it is noise."""
    return level[chance.permutation(len(level))]
