"""What is said of a name that nobody knows: the nearest known ones, and where all of them are listed."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: So many names can be read in one sentence; of more only the nearest are told.
_READABLE = 25
_TOLD = 5
#: Below this share of common letters a suggestion confuses more than it helps.
_NEAR = 70.0
#: Where several are told, they may be a little further off.
_NEAR_IN_WORDS = 60.0
_SIGNS = re.compile(r"[\W_]+")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like this one, if any does.

    >>> nearest("egfr_low", ["egfr_lower", "crcl"])
    'egfr_lower'
    """
    from rapidfuzz import process  # noqa: PLC0415 - loaded only once something is misspelt

    found = process.extractOne(name.lower(), sorted(known), score_cutoff=_NEAR, processor=str.lower)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str], *, listed_by: str = "") -> str:
    """Return the nearest names, and all of them where they can be read, or else what lists them.

    Args:
        name: what was written.
        known: the names that there are, in the order in which to tell them.
        listed_by: a sentence on where all of them stand; without it they are told, however many.

    >>> did_you_mean("gut", ["gout", "copd"])
    'Did you mean "gout"? The choices are: gout, copd.'
    """
    names = list(known)
    if not names:
        return f"There is none yet. {listed_by}".rstrip()
    every = f"The choices are: {', '.join(names)}."
    if len(names) <= _READABLE or not listed_by:
        near = nearest(name, names)
        return f'Did you mean "{near}"? {every}' if near is not None else every
    alike = _alike(name, names)
    if alike:
        return f"Did you mean {_or(alike)}? There are {len(names)}. {listed_by}"
    return f"None of {len(names)} looks like it. {listed_by}"


def _alike(name: str, names: list[str]) -> list[str]:
    """Return the names whose letters, or words in any order, look like those of this one; the nearest first.

    What all names begin with, as those of standard patients do, is left out of account.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - loaded only once something is misspelt

    begin = _shared(min(names), max(names))
    own = _words(name.removeprefix(names[0][:begin]))
    found: list[tuple[float, float, str]] = []
    for each in names:
        spelt = _words(each[begin:])
        whole = fuzz.ratio(" ".join(own), " ".join(spelt))
        by_word = [max((fuzz.ratio(word, other) for other in spelt), default=0.0) for word in own]
        found.append((-max(whole, sum(by_word) / max(len(by_word), 1)), -whole, each))
    return [each for likeness, _, each in sorted(found)[:_TOLD] if -likeness >= _NEAR_IN_WORDS]


def _shared(first: str, last: str) -> int:
    """Return how many letters two names begin with in common."""
    pairs = enumerate(zip(first, last, strict=False))
    return next((place for place, (one, other) in pairs if one != other), 0)


def _or(names: list[str]) -> str:
    quoted = [f'"{each}"' for each in names]
    return " or ".join((", ".join(quoted[:-1]), quoted[-1])) if len(quoted) > 1 else quoted[0]


def _words(name: str) -> list[str]:
    return _SIGNS.sub(" ", name.lower()).split()
