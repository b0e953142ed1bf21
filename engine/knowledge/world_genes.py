"""Genes of the solver's patient: one diplotype is called, and what was reported does not contradict it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.atoms import HasDiplotype, HasReportedPhenotype
from engine.domain.ids import GeneId
from engine.domain.pack import RulePack
from engine.knowledge.solving import Ground
from engine.knowledge.words_of_premises import gene_words

if TYPE_CHECKING:
    from z3 import ArithRef, BoolRef


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneCells:
    """Diplotypes that no atom tells apart, one of each sort, and the number that says which is called."""

    choice: ArithRef
    samples: tuple[str, ...]


class Genes:
    """What is called and reported of each gene that is asked for."""

    def __init__(self, ground: Ground, pack: RulePack) -> None:
        """Gather what the pack asks of each gene."""
        self._ground = ground
        self._words = gene_words(pack)
        self.called: dict[GeneId, GeneCells] = {}
        self.reported: dict[GeneId, tuple[ArithRef, tuple[str, ...]]] = {}

    def one_of(self, atom: HasDiplotype) -> BoolRef:
        """Return that the diplotype is one of these."""
        cells = self._gene(atom.gene)
        wanted = {_ordered(name) for name in atom.diplotypes}
        return self._chosen(
            cells.choice, [i for i, name in enumerate(cells.samples) if _ordered(name) in wanted]
        )

    def reported_as(self, atom: HasReportedPhenotype) -> BoolRef:
        """Return that one of these phenotypes was reported."""
        choice, names = self._reports(atom.gene)
        wanted = {name.strip().casefold() for name in atom.phenotypes}
        return self._chosen(choice, [i for i, name in enumerate(names) if name.casefold() in wanted])

    def _gene(self, gene: GeneId) -> GeneCells:
        if gene not in self.called:
            words = self._words[gene]
            sets = [{_ordered(name) for name in atom.diplotypes} for atom in words.diplotypes]
            samples: dict[tuple[bool, ...], str] = {}
            for name in words.called():
                samples.setdefault(tuple(_ordered(name) in each for each in sets), name)
            names = tuple(samples.values()) or ("not called",)
            self.called[gene] = GeneCells(choice=self._choice(f"{gene} diplotype", len(names)), samples=names)
        return self.called[gene]

    def _reports(self, gene: GeneId) -> tuple[ArithRef, tuple[str, ...]]:
        """Return the reported phenotypes that can be told apart; a call must not contradict them."""
        if gene not in self.reported:
            words, z3 = self._words[gene], self._ground.z3
            names = {name.strip() for atom in words.phenotypes for name in atom.phenotypes}
            names |= {name.strip() for atom in words.diplotypes for name in atom.known_reported}
            texts = (*sorted(names), "another phenotype")
            choice = self._choice(f"{gene} phenotype", len(texts))
            self.reported[gene] = (choice, texts)
            for atom in words.diplotypes:
                says = {name.strip().casefold() for name in atom.reported}
                knows = {name.strip().casefold() for name in atom.known_reported} | says
                holds = self.one_of(atom)
                for number, text in enumerate(texts):
                    if text.casefold() in knows:
                        agrees = holds if text.casefold() in says else z3.Not(holds)
                        self._ground.always(z3.Implies(choice == number, agrees))
        return self.reported[gene]

    def _choice(self, name: str, count: int) -> ArithRef:
        choice = self._ground.z3.Int(name)
        self._ground.always(choice >= 0, choice < count)
        return choice

    def _chosen(self, choice: ArithRef, wanted: Sequence[int]) -> BoolRef:
        return self._ground.z3.Or(*(choice == number for number in wanted))


def _ordered(diplotype: str) -> str:
    return "/".join(sorted(part.strip() for part in diplotype.split("/")))
