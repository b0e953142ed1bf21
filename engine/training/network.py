"""Network meta-analysis: what trials of different pairs say together, by weighted least squares.

Contrasts of each study against its first arm are pooled under consistency (A against C is A against B
plus B against C). Fixed effects weigh by sampling error alone; random effects add one between-study
variance, by the generalised DerSimonian-Laird moment estimator. Multi-arm studies keep the correlation
of their contrasts. Formulae: Rücker, Res Synth Methods 2012;3:312-24; Jackson, White and Riley, Stat Med
2012;31:3805-20; Krahn, Binder and König, BMC Med Res Methodol 2013;13:35 (named from memory; the figures
that are reproduced in the tests were seen).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import NotReadable
from engine.ranking.league import Z95
from engine.training.table import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study's contrasts against its first option."""

    name: str
    options: tuple[str, ...]
    """The first is the one the others are compared with."""
    effects: tuple[float, ...]
    """One a further option."""
    covariance: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Direct against indirect evidence on one pair."""

    pair: tuple[str, str]
    direct: float
    indirect: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The pooled effects, and how well the studies agree."""

    options: tuple[str, ...]
    """The first is the reference."""
    effects: Floats
    """Shape (options,); the reference's is zero."""
    covariance: Floats
    """Shape (options, options)."""
    tau2: float
    q: float
    """Cochran's, under fixed effects."""
    degrees: int
    q_within: float
    """Of studies of the same design."""
    degrees_within: int

    @property
    def q_between(self) -> float:
        """Return the part of Q between designs: inconsistency."""
        return self.q - self.q_within

    @property
    def degrees_between(self) -> int:
        """Return its degrees of freedom."""
        return self.degrees - self.degrees_within

    def against(self, option: str, other: str) -> tuple[float, float, float]:
        """Return the effect of an option against another, with its 95 % interval."""
        error = self.error(option, other)
        one, two = self.options.index(option), self.options.index(other)
        effect = float(self.effects[one] - self.effects[two])
        return effect, effect - Z95 * error, effect + Z95 * error

    def error(self, option: str, other: str) -> float:
        """Return the standard error of a comparison."""
        one, two = self.options.index(option), self.options.index(other)
        spread = self.covariance[one, one] + self.covariance[two, two] - 2 * self.covariance[one, two]
        return float(np.sqrt(max(0.0, spread)))


def study_of_counts(name: str, arms: Sequence[tuple[str, float, float]]) -> Study | None:
    """Return log odds ratios of one study, from option, events and patients of each arm.

    A study in which some arm has no event, or nothing but events, gets half a patient in every cell;
    one where that holds of all arms says nothing of an odds ratio and is None.
    """
    if all(events == 0 for _, events, _ in arms) or all(events == total for _, events, total in arms):
        return None
    add = 0.5 if any(events in {0, total} for _, events, total in arms) else 0.0
    odds = [np.log((events + add) / (total - events + add)) for _, events, total in arms]
    spread = [1 / (events + add) + 1 / (total - events + add) for _, events, total in arms]
    return _study(name, [option for option, _, _ in arms], odds, spread)


def study_of_means(name: str, arms: Sequence[tuple[str, float, float, float]]) -> Study:
    """Return mean differences of one study, from option, mean, standard deviation and size of each arm."""
    return _study(
        name,
        [option for option, *_ in arms],
        [mean for _, mean, _, _ in arms],
        [sd**2 / patients for *_, sd, patients in arms],
    )


def _study(name: str, options: Sequence[str], means: Sequence[float], spread: Sequence[float]) -> Study:
    first = spread[0]
    return Study(
        name=name,
        options=tuple(options),
        effects=tuple(float(mean - means[0]) for mean in means[1:]),
        covariance=tuple(
            tuple(float(first + (spread[i] if i == j else 0.0)) for j in range(1, len(options)))
            for i in range(1, len(options))
        ),
    )


def study_of_pairs(name: str, pairs: Sequence[tuple[str, str, float, float]]) -> Study:
    """Return one study from its pairwise contrasts: option, other, effect, standard error of each pair.

    With more than two arms the arms' own variances are found from those of all pairs.
    """
    options = tuple(dict.fromkeys(name_ for one, two, _, _ in pairs for name_ in (two, one)))
    spread = {frozenset((one, two)): error**2 for one, two, _, error in pairs}
    effect = {(one, two): value for one, two, value, _ in pairs} | {
        (two, one): -value for one, two, value, _ in pairs
    }
    base = options[0]
    effects = tuple(effect[option, base] for option in options[1:])

    def shared(one: str, two: str) -> float:
        if one == two:
            return spread[frozenset((one, base))]
        legs = spread[frozenset((one, base))] + spread[frozenset((two, base))]
        return (legs - spread[frozenset((one, two))]) / 2

    return Study(
        name=name,
        options=options,
        effects=effects,
        covariance=tuple(tuple(shared(one, two) for two in options[1:]) for one in options[1:]),
    )


def fit_network(
    studies: Sequence[Study], reference: str, *, random: bool, known_tau2: float | None = None
) -> Network:
    """Pool the studies.

    Args:
        studies: at least one; together they must connect every option with the reference.
        reference: the option whose effect is zero.
        random: True for random effects.
        known_tau2: the between-study variance, where it is taken from elsewhere.

    Raises:
        NotReadable: the network falls apart.
    """
    names = sorted({option for study in studies for option in study.options} - {reference})
    options = (reference, *names)
    _connected(studies, options)
    design, effects, sampling, structure = _stacked(studies, options)
    fixed = _pooled(design, effects, sampling)
    q, degrees = _q(design, effects, sampling), len(effects) - len(names)
    tau2 = known_tau2 if known_tau2 is not None else 0.0
    if random and known_tau2 is None and degrees > 0:
        tau2 = _moment_tau2(design, sampling, structure, q, degrees)
    found, spread = _pooled(design, effects, sampling + tau2 * structure) if random else fixed
    q_within, degrees_within = _within(studies)
    whole = np.zeros((len(options), len(options)))
    whole[1:, 1:] = spread
    return Network(
        options=options,
        effects=np.concatenate([[0.0], found]),
        covariance=whole,
        tau2=tau2,
        q=q,
        degrees=degrees,
        q_within=q_within,
        degrees_within=degrees_within,
    )


def _connected(studies: Sequence[Study], options: Sequence[str]) -> None:
    reached, grew = {options[0]}, True
    while grew:
        grew = False
        for study in studies:
            if reached & set(study.options) and not set(study.options) <= reached:
                reached |= set(study.options)
                grew = True
    if apart := [option for option in options if option not in reached]:
        raise NotReadable(
            f"no chain of trials connects {', '.join(apart)} with {options[0]}.",
            hint="Leave them out, or give the trials that connect them.",
        )


def _stacked(studies: Sequence[Study], options: Sequence[str]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return design (contrasts x other options), effects, sampling covariance, tau2's structure."""
    place = {option: number - 1 for number, option in enumerate(options)}
    total = sum(len(study.effects) for study in studies)
    design = np.zeros((total, len(options) - 1))
    effects, sampling, structure = np.zeros(total), np.zeros((total, total)), np.zeros((total, total))
    row = 0
    for study in studies:
        size = len(study.effects)
        block = slice(row, row + size)
        effects[block] = study.effects
        sampling[block, block] = study.covariance
        structure[block, block] = (np.eye(size) + 1) / 2
        for number, option in enumerate(study.options[1:]):
            for name, sign in ((option, 1.0), (study.options[0], -1.0)):
                if place[name] >= 0:
                    design[row + number, place[name]] = sign
        row += size
    return design, effects, sampling, structure


def _pooled(design: Floats, effects: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    weights = np.linalg.inv(covariance)
    spread = np.linalg.inv(design.T @ weights @ design)
    return np.asarray(spread @ design.T @ weights @ effects), np.asarray(spread, dtype=np.float64)


def _q(design: Floats, effects: Floats, sampling: Floats) -> float:
    found, _ = _pooled(design, effects, sampling)
    left = effects - design @ found
    return float(left @ np.linalg.solve(sampling, left))


def _moment_tau2(design: Floats, sampling: Floats, structure: Floats, q: float, degrees: int) -> float:
    """Solve E[Q] = degrees + tau2 x trace(P structure) for tau2, P being the projection off the design."""
    weights = np.linalg.inv(sampling)
    off = weights - weights @ design @ np.linalg.solve(design.T @ weights @ design, design.T @ weights)
    return max(0.0, (q - degrees) / float(np.trace(off @ structure)))


def _within(studies: Sequence[Study]) -> tuple[float, int]:
    """Return Q and degrees of freedom within designs: studies of the same set of options."""
    designs: dict[frozenset[str], list[Study]] = {}
    for study in studies:
        designs.setdefault(frozenset(study.options), []).append(study)
    q, degrees = 0.0, 0
    for members in designs.values():
        options = tuple(sorted(members[0].options))
        design, effects, sampling, _ = _stacked(members, options)
        q += _q(design, effects, sampling)
        degrees += len(effects) - (len(options) - 1)
    return q, degrees


def p_of_q(q: float, degrees: int) -> float:
    """Return the chance of a Q as large, were there nothing to find."""
    from scipy.special import gammaincc

    return float(gammaincc(degrees / 2, q / 2)) if degrees > 0 else 1.0


def splits(studies: Sequence[Study], reference: str) -> tuple[Split, ...]:
    """Compare direct with indirect evidence on every pair that has both, under random effects.

    The direct evidence of a pair comes from its two-arm studies; the indirect from the network without them.
    Both take the between-study variance of the whole network.
    """
    from scipy.special import ndtr

    tau2 = fit_network(studies, reference, random=True).tau2
    pairs: Mapping[tuple[str, str], list[Study]] = {}
    for study in studies:
        if len(study.options) == 2:
            one, two = sorted(study.options)
            pairs = {**pairs, (one, two): [*pairs.get((one, two), []), study]}
    found = []
    for (one, two), direct_studies in pairs.items():
        rest = [study for study in studies if study not in direct_studies]
        try:
            indirect = fit_network(rest, reference, random=True, known_tau2=tau2)
            inside = {one, two} <= set(indirect.options)
        except NotReadable:
            continue
        if not inside:
            continue
        direct = fit_network(direct_studies, one, random=True, known_tau2=tau2)
        here, there = direct.against(two, one)[0], indirect.against(two, one)[0]
        error = np.hypot(direct.error(two, one), indirect.error(two, one))
        found.append(
            Split(
                pair=(one, two),
                direct=here,
                indirect=there,
                p_value=float(2 * ndtr(-abs(here - there) / error)),
            )
        )
    return tuple(found)
