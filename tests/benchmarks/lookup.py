"""How long it takes to find a drug by a misspelt or brand name, in the shipped vocabulary.

Run it on a quiet machine::

    python tests/benchmarks/lookup.py

Every title and brand is asked for as it stands, and with one letter left out, doubled, or two exchanged,
each made from the place of the name alone, so that every run asks the same. The peer is a plain walk of
``difflib`` over the same spellings in the same run, which is what one would write without an index.
"""

from __future__ import annotations

import difflib
import statistics
import sys
import time
from pathlib import Path

# In place of this script's own folder, whose lime.py would hide the lime package.
sys.path[:1] = [
    str(Path(__file__).resolve().parents[2]),
    str(Path(__file__).resolve().parents[1] / "support"),
]

from shipped_words import shipped_index  # noqa: E402 - found by the line above

from engine.terminology.suggestions import Suggester, WordKind  # noqa: E402

#: The goal of a look-up, in milliseconds.
GOAL = 50.0
_PEER_EVERY = 40
_SHORTEST = 5


def _misspelt(name: str, place: int) -> str:
    at = 1 + place % (len(name) - 2)
    match place % 3:
        case 0:
            return name[:at] + name[at + 1 :]
        case 1:
            return name[:at] + name[at] + name[at:]
        case _:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Measure and print."""
    vocabulary = shipped_index().vocabulary
    suggester = Suggester(vocabulary)
    names = [
        (drug.drug_id, spelling)
        for drug in vocabulary.drugs.values()
        for spelling in (drug.title, *drug.brands)
        if len(spelling) >= _SHORTEST
    ]
    spellings = [spelling.casefold() for _, spelling in names]
    asked = [(drug, name, name) for drug, name in names]
    asked += [(drug, name, _misspelt(name, place)) for place, (drug, name) in enumerate(names)]
    taken: list[float] = []
    peer: list[float] = []
    first = among = 0
    for place, (drug, _, written) in enumerate(asked):
        began = time.perf_counter()
        found = suggester.nearest(written, WordKind.DRUG, 5)
        taken.append((time.perf_counter() - began) * 1000)
        words = [hit.word for hit in found]
        first += words[:1] == [drug]
        among += drug in words
        if place % _PEER_EVERY == 0:
            began = time.perf_counter()
            difflib.get_close_matches(written.casefold(), spellings, n=5, cutoff=0.65)
            peer.append((time.perf_counter() - began) * 1000)
    median = statistics.median(taken)
    print(f"{len(vocabulary.drugs)} drugs, {len(names)} titles and brands, {len(asked)} questions")
    print(f"right one first {first / len(asked):.1%}, among five {among / len(asked):.1%}")
    late = _percentile(taken, 0.95)
    print(f"median {median:.2f} ms, 95 % {late:.2f} ms, slowest {max(taken):.2f} ms (goal {GOAL:.0f} ms)")
    print(f"share of the peer's time: {median / statistics.median(peer):.3f}")


if __name__ == "__main__":
    main()
