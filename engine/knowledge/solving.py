"""Questions to the solver: whether statements can all hold of one patient, and of which.

What holds of every patient falls into areas that share no word: whether a patient takes a drug says nothing
of a potassium. A question takes in only the areas that it touches, so that its cost, and the patient found
for it, depend on these and not on the rest of the pack; and statements from areas apart are asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from z3 import ArithRef, BoolRef, ExprRef, ModelRef, Solver

_Names = frozenset[str]
#: Patients that are kept for each statement, to be looked at before the solver is asked again.
_KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the solver said: possible with a patient, impossible, or None where its time ran out."""

    possible: bool | None
    model: ModelRef | None


class Ground:
    """The words of which formulas are made, what holds of them in every patient, and questions about both."""

    def __init__(self, timeout_ms: int) -> None:
        """Begin without words.

        Args:
            timeout_ms: how long the solver may think about one question.
        """
        import z3

        self.z3 = z3
        self.questions = 0
        """How often the solver was asked."""
        self.flags: dict[tuple[str, str], BoolRef] = {}
        """Yes or no, by sort and name; what nobody asked for is left out of the patients that are shown."""
        self._timeout_ms = timeout_ms
        self._axioms: list[tuple[BoolRef, _Names]] = []
        self._preferred: list[tuple[BoolRef, _Names]] = []
        self._areas = _Areas()
        self._sorted: _ByArea | None = None
        self._base: tuple[int, ModelRef] | None = None
        self._names: dict[int, _Names] = {}
        self._written: list[ExprRef] = []
        self._known: dict[int, bool | None] = {}
        self._witnesses: dict[int, list[ModelRef]] = {}

    def flag(self, sort: str, name: str) -> BoolRef:
        """Return a yes or no about the patient; the same one for the same name."""
        key = (sort, str(name))
        if key not in self.flags:
            self.flags[key] = self.z3.Bool(f"{sort}: {name}")
            self._sorted = None
        return self.flags[key]

    def always(self, *axioms: BoolRef) -> None:
        """Take into account what holds of every patient."""
        for axiom in axioms:
            names = self.names_in(axiom)
            self._axioms.append((axiom, names))
            self._areas.join(names)
        self._sorted = None
        self._known.clear()
        self._witnesses.clear()

    def preferably(self, formula: BoolRef) -> None:
        """Show patients of whom this holds where there are such; nothing is claimed of it."""
        names = self.names_in(formula)
        self._preferred.append((formula, names))
        self._areas.join(names)
        self._sorted = None

    def names_in(self, formula: ExprRef) -> _Names:
        """Return the words of a formula."""
        key = formula.get_id()
        if key not in self._names:
            below = formula.children()
            if below:
                names = frozenset[str]().union(*(self.names_in(part) for part in below))
            else:
                decl = formula.decl()
                is_word = decl.kind() == self.z3.Z3_OP_UNINTERPRETED
                names = frozenset([decl.name()]) if is_word else frozenset()
            self._names[key] = names
            self._written.append(formula)  # its number must not come to mean another formula
        return self._names[key]

    def possible(self, *formulas: BoolRef) -> bool | None:
        """Tell whether all of these can hold of one patient; None where the solver's time ran out."""
        said: bool | None = True
        for group in self._apart(formulas):
            found = self._together(group)
            if found is False:
                return False
            said = said and found
        return said

    def ask(self, *formulas: BoolRef) -> Answer:
        """Ask whether all of these can hold of one patient, and of whom, with as few entries as can be."""
        names = frozenset[str]().union(*map(self.names_in, formulas))
        solver, said = self._check(formulas, names)
        return Answer(possible=said, model=self._plain(solver, names) if said else None)

    def holds_in(self, model: ModelRef) -> Callable[[BoolRef], bool]:
        """Return a test whether a formula holds of the patient of a model."""
        return lambda formula: bool(self.z3.is_true(self._in(model, formula)))

    def number_in(self, model: ModelRef, number: ArithRef) -> Fraction:
        """Return what a number is in a model."""
        value = self._in(model, number)
        return Fraction(value.as_fraction() if hasattr(value, "as_fraction") else value.as_long())

    def _in(self, model: ModelRef, formula: ExprRef) -> ExprRef:
        """Return a formula of one patient; what the question did not touch is as in a patient of nothing."""
        said = model.eval(formula)
        if self.names_in(said):
            said = self._nothing().eval(said, model_completion=True)
        return said

    def _nothing(self) -> ModelRef:
        """Return a patient of whom nothing was asked; no area of it contradicts another one's model."""
        if self._base is None or self._base[0] != len(self._axioms):
            solver = self._solver()
            solver.add(*(axiom for axiom, _ in self._axioms))
            solver.check()
            self._base = (len(self._axioms), solver.model())
        return self._base[1]

    def _apart(self, formulas: Sequence[BoolRef]) -> Iterator[tuple[BoolRef, ...]]:
        """Return the formulas in groups that have no area in common."""
        groups: list[tuple[set[str], list[BoolRef]]] = []
        for formula in formulas:
            areas = {self._areas.of(name) for name in self.names_in(formula)}
            own = [formula]
            for group in [each for each in groups if not areas.isdisjoint(each[0])]:
                groups.remove(group)
                areas |= group[0]
                own = [*group[1], *own]
            groups.append((areas, own))
        return (tuple(own) for _, own in groups)

    def _together(self, formulas: tuple[BoolRef, ...]) -> bool | None:
        alone = formulas[0].get_id() if len(formulas) == 1 else None
        if alone is not None and alone in self._known:
            return self._known[alone]
        for model in self._witnesses.get(formulas[0].get_id(), ()):
            if all(map(self.holds_in(model), formulas[1:])):
                return True
        names = frozenset[str]().union(*map(self.names_in, formulas))
        solver, said = self._check(formulas, names)
        if alone is not None:
            self._known[alone] = said
        if said:
            for formula in formulas:
                kept = self._witnesses.setdefault(formula.get_id(), [])
                if len(kept) < _KEPT:
                    kept.append(solver.model())
        return said

    def _check(self, formulas: Iterable[BoolRef], names: _Names) -> tuple[Solver, bool | None]:
        self.questions += 1
        solver = self._solver()
        solver.add(*self._by_area().axioms_of(names), *formulas)
        said = solver.check()
        return solver, None if said == self.z3.unknown else said == self.z3.sat

    def _by_area(self) -> _ByArea:
        if self._sorted is None:
            self._sorted = _ByArea(self._areas, self._axioms, self._preferred, self.flags.values())
        return self._sorted

    def _solver(self) -> Solver:
        solver = self.z3.SimpleSolver()
        # Prefer no to yes, so that the patients that are shown have little that nobody asked for.
        solver.set(timeout=self._timeout_ms, random_seed=0, phase_selection=0)
        return solver

    def _plain(self, solver: Solver, names: _Names) -> ModelRef:
        """Return a model with fewer entries, dropping one after another as long as the claim still holds.

        What is preferred is granted after that, one wish after another, and adds no entry.
        """
        z3, model = self.z3, solver.model()
        absent = dict(self._by_area().opposites_of(names))
        present = self._present(model)

        def settle() -> None:
            solver.add(*(absent.pop(name) for name in [*absent] if name not in present))

        settle()
        for name in [*absent]:
            if name in absent and solver.check(absent[name]) == z3.sat:
                model = solver.model()
                present = self._present(model)
                settle()
        granted: list[BoolRef] = []
        for wish in self._by_area().wishes_of(names):
            if solver.check(*granted, wish) == z3.sat:
                granted.append(wish)
                model = solver.model()
        return model

    def _present(self, model: ModelRef) -> set[str]:
        return {decl.name() for decl in model.decls() if self.z3.is_true(model[decl])}


class _Areas:
    """Words joined by what holds of every patient: those of one area constrain each other, others do not."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return the word that stands for the area of a word."""
        above = self._above.get(name, name)
        if above == name:
            return name
        root = self.of(above)
        self._above[name] = root
        return root

    def join(self, names: Iterable[str]) -> None:
        """Make one area of those of some words."""
        roots = sorted({self.of(name) for name in names})
        for root in roots[1:]:
            self._above[root] = roots[0]


class _ByArea:
    """What holds, what is preferred and what may be so in each area."""

    def __init__(
        self,
        areas: _Areas,
        axioms: Sequence[tuple[BoolRef, _Names]],
        wishes: Sequence[tuple[BoolRef, _Names]],
        flags: Iterable[BoolRef],
    ) -> None:
        self._areas = areas
        self._axioms = self._parted(axioms)
        self._wishes = self._parted(wishes)
        self._opposites: dict[str, list[tuple[str, BoolRef]]] = {}
        for flag in flags:
            name = flag.decl().name()
            self._opposites.setdefault(areas.of(name), []).append((name, ~flag))

    def axioms_of(self, names: _Names) -> list[BoolRef]:
        """Return what holds of every patient in the areas of some words."""
        return self._gathered(self._axioms, names)

    def wishes_of(self, names: _Names) -> list[BoolRef]:
        """Return what is preferred there."""
        return self._gathered(self._wishes, names)

    def opposites_of(self, names: _Names) -> Iterator[tuple[str, BoolRef]]:
        """Return the name of every yes or no there, with its opposite."""
        for area in sorted({self._areas.of(name) for name in names}):
            yield from self._opposites.get(area, ())

    def _parted(self, formulas: Iterable[tuple[BoolRef, _Names]]) -> dict[str, list[tuple[int, BoolRef]]]:
        parted: dict[str, list[tuple[int, BoolRef]]] = {}
        for number, (formula, names) in enumerate(formulas):
            for name in names:
                parted.setdefault(self._areas.of(name), []).append((number, formula))
                break  # its words are of one area
        return parted

    def _gathered(self, parted: dict[str, list[tuple[int, BoolRef]]], names: _Names) -> list[BoolRef]:
        found = [each for area in {self._areas.of(name) for name in names} for each in parted.get(area, ())]
        return [formula for _, formula in sorted(found, key=lambda each: each[0])]
