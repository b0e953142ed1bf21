"""The truths of one patient, each decided when it is first asked for, and absence decided once.

Nearly all that a large pack asks about drugs and conditions is not in a given record. Whether an entry that
is not there makes an atom false or unknown hangs on the list alone (was it reviewed, was all of it
understood), and so is the same for every such atom: the facts floor decides one, and it stands for all.
Where an entry was not understood it could be any of them, and each is decided by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.domain.atoms import Atom, HasCondition, TakesDrug
from engine.domain.facts import Fact
from engine.domain.ids import ConditionId, DrugId, Symbol
from engine.domain.patient import ConditionStatus, ListKind, PatientRecord
from engine.domain.truth import Truth
from engine.domain.vocabulary import Vocabulary
from engine.facts.reach import Key, Reach

#: Atoms that differ in nothing but the drug or condition they ask for: their list, and a number for them.
_Alike = tuple[ListKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomsOfLists:
    """Which atoms of a pack ask for an entry of a list, and which entries reach them."""

    alike: Mapping[Symbol, _Alike]
    reached: Mapping[Key, frozenset[Symbol]]

    @classmethod
    def among(cls, atoms: Mapping[Symbol, Atom], reach: Reach) -> AtomsOfLists:
        """Find them among the atoms of a program."""
        alike: dict[Symbol, _Alike] = {}
        numbers: dict[Atom, int] = {}
        reached: dict[Key, set[Symbol]] = {}
        bare: Atom
        for symbol, atom in atoms.items():
            match atom:
                case TakesDrug():
                    kind, bare = ListKind.MEDICATIONS, replace(atom, drug=DrugId(""))
                case HasCondition():
                    kind, bare = ListKind.CONDITIONS, replace(atom, condition=ConditionId(""))
                case _:
                    continue
            alike[symbol] = (kind, numbers.setdefault(bare, len(numbers)))
            for key in reach.keys(atom):
                reached.setdefault(key, set()).add(symbol)
        return cls(alike=alike, reached={key: frozenset(several) for key, several in reached.items()})


class TruthsOnDemand(Mapping[Symbol, Truth]):
    """The truths of one patient."""

    def __init__(
        self,
        atoms: Mapping[Symbol, Atom],
        lists: AtomsOfLists,
        record: PatientRecord,
        vocabulary: Vocabulary,
        decide: Callable[[Atom], Fact],
    ) -> None:
        """Take what may be asked for, and what decides one atom of this record."""
        self._atoms = atoms
        self._lists = lists
        self._decide = decide
        self.faults: list[str] = []
        """What went wrong while facts were decided; the truths are then unknown and must not be used."""
        self._known: dict[Symbol, Truth] = {}
        self._absent: dict[_Alike, Truth] = {}
        self._understood = _understood(record, vocabulary)
        keys: set[Key] = {("drug", entry.drug) for entry in record.medications if entry.drug is not None}
        keys |= {("condition", each.condition) for each in record.diagnoses if each.condition is not None}
        self._present = frozenset[Symbol]().union(*(lists.reached.get(key, ()) for key in keys))

    def __getitem__(self, symbol: Symbol) -> Truth:
        """Return a truth; KeyError where nothing asks for it."""
        truth = self._known.get(symbol)
        if truth is None:
            truth = self._known[symbol] = self._find(symbol)
        return truth

    def get(self, symbol: Symbol, default: Truth | None = None) -> Truth | None:  # type: ignore[override]
        """Return a truth, or the default where nothing asks for it; written out, as it is hot."""
        truth = self._known.get(symbol)
        if truth is not None:
            return truth
        return self[symbol] if symbol in self._atoms else default

    def _find(self, symbol: Symbol) -> Truth:
        alike = self._lists.alike.get(symbol)
        if alike is None or symbol in self._present or alike[0] not in self._understood:
            return self._decided(self._atoms[symbol])
        truth = self._absent.get(alike)
        if truth is None:
            truth = self._absent[alike] = self._decided(self._atoms[symbol])
        return truth

    def _decided(self, atom: Atom) -> Truth:
        """Let the facts floor decide; what it cannot is a fault of this patient's, and of no other's."""
        try:
            return self._decide(atom).truth
        except Exception as failure:  # noqa: BLE001 - whatever it was, it is told and nothing is concluded
            self.faults.append(f"{atom.symbol} cannot be decided: {type(failure).__name__}: {failure}.")
            return Truth.UNKNOWN

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._atoms)

    def __len__(self) -> int:
        return len(self._atoms)


def _understood(record: PatientRecord, vocabulary: Vocabulary) -> frozenset[ListKind]:
    """Return the lists of which every entry is a known thing and stands for nothing else.

    A refuted condition speaks of wider and narrower ones, too.
    """
    found = set()
    if all(entry.drug in vocabulary.drugs for entry in record.medications):
        found.add(ListKind.MEDICATIONS)
    if all(
        entry.condition in vocabulary.conditions and entry.status is not ConditionStatus.REFUTED
        for entry in record.diagnoses
    ):
        found.add(ListKind.CONDITIONS)
    return frozenset(found)
