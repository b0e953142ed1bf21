"""Rule packs for the rest of the engine: the sealed ones in use, archived ones, drafts, folders."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.bootstrap.system import SystemClock
from engine.decision.assessment import RuleAssessor
from engine.domain.diagnostics import CaseReport, Diagnostic, DiagnosticGrade
from engine.domain.ids import ContentHash
from engine.domain.pack import PackFile, RulePack
from engine.domain.rules import FileSpan
from engine.errors import NotFound, PackAltered
from engine.facts.assemble import Facts
from engine.inference.crosscheck import open_engine
from engine.inference.limits import check_limits
from engine.knowledge.breadth import Breadth, breadth_of
from engine.knowledge.case_runs import run_cases
from engine.knowledge.checks import within_limits
from engine.knowledge.load import Loaded, load, load_pack, rejected
from engine.knowledge.manifest import MANIFEST, pack_hash, read_pack_files, seal, verify_seal
from engine.knowledge.material import Check
from engine.knowledge.merge import read_packs
from engine.knowledge.survey import Comparison, Question, Survey, compared, load_for_survey, surveyed
from engine.ports import Progress
from engine.terminology.alike import did_you_mean

#: What the rule engine can evaluate safely is a question about every pack.
EXTRA_CHECKS: tuple[Check, ...] = (within_limits(check_limits),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _InUse:
    """The bytes in use; replaced as a whole, so that nobody sees half of a change."""

    files: tuple[PackFile, ...]
    pack_hash: ContentHash


class PackShelf:
    """The sealed packs in use, as one, and the archived ones, each with the thresholds of a given day.

    Any thread may ask. Whoever has been given a pack keeps it, whatever is put in use meanwhile.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        today: date,
        archived: Callable[[ContentHash], tuple[PackFile, ...]],
    ) -> None:
        """Read and check the sealed packs of some folders.

        Raises:
            PackAltered: a file differs from its seal.
            PackRejected: there is an error in them.
        """
        self._folders = tuple(folders)
        self._archived = archived
        self._loaded: dict[tuple[ContentHash, date], RulePack] = {}
        self._loading = threading.Lock()
        self._in_use = self._read()
        self.current(today)

    @property
    def files(self) -> tuple[PackFile, ...]:
        """Return the files in use."""
        return self._in_use.files

    @property
    def pack_hash(self) -> ContentHash:
        """Return the hash of the pack in use."""
        return self._in_use.pack_hash

    def current(self, day: date) -> RulePack:
        """Return the pack in use with the thresholds of a day."""
        in_use = self._in_use
        return self._load(in_use.files, in_use.pack_hash, day)

    def archived(self, wanted: ContentHash, day: date) -> RulePack:
        """Return the pack that has this hash, from the archive unless it is the one in use.

        Raises:
            NotFound: the archive has no such pack.
            PackAltered: the archive's bytes no longer have that hash.
        """
        in_use = self._in_use
        if wanted == in_use.pack_hash:
            return self._load(in_use.files, in_use.pack_hash, day)
        files = self._archived(wanted)
        if pack_hash(files) != wanted:
            raise PackAltered(
                f"the archived rule pack {wanted[:12]} no longer has the hash it was archived under.",
                hint="Tell the safety officer; verify the audit chain.",
            )
        return self._load(files, wanted, day)

    def on_disk(self) -> None:
        """Compare the folders with what is in use, byte by byte: each answer asks, and hashing takes longer.

        Raises:
            PackAltered: a file was changed since the packs were opened.
        """
        if read_packs(self._folders, sealed=False) != self.files:
            self._read()
            raise PackAltered(
                "the rules on disk are others than those in use.",
                hint="Reload the rules to use the new ones.",
                place=self._place,
            )

    def reload(self, day: date, warm: Callable[[RulePack], None]) -> RulePack:
        """Read, check and warm what is on disk now, then put it in use, all at once.

        Whatever fails on the way leaves in use what was.

        Args:
            day: whose thresholds are to be warmed.
            warm: makes a pack ready in everything that will use it; it may refuse it.

        Raises:
            PackAltered: a file differs from its seal.
            PackRejected: there is an error in the packs.
        """
        found = self._read()
        pack = self._load(found.files, found.pack_hash, day)
        warm(pack)
        self._in_use = found
        return pack

    def _read(self) -> _InUse:
        files = read_packs(self._folders, sealed=True)
        return _InUse(files=files, pack_hash=pack_hash(files))

    @property
    def _place(self) -> str:
        return ", ".join(map(str, self._folders))

    def _load(self, files: tuple[PackFile, ...], key: ContentHash, day: date) -> RulePack:
        with self._loading:
            if (key, day) not in self._loaded:
                pack, diagnostics = load_pack(files, day, cases=False, extra_checks=EXTRA_CHECKS)
                if pack is None:
                    raise rejected(diagnostics, self._place)
                self._loaded[key, day] = pack
            return self._loaded[key, day]


class FactsByPack:
    """One facts floor a pack: the words of a vocabulary are indexed once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[ContentHash, Facts] = {}

    def __call__(self, pack: RulePack) -> Facts:
        """Return the facts floor that speaks a pack's words."""
        made = self._made.get(pack.pack_hash)
        if made is None:
            made = self._made[pack.pack_hash] = Facts(pack.vocabulary)
        return made


def check_folder(*folders: Path) -> tuple[Diagnostic, ...]:
    """Return everything to be said of the packs in some folders together, their seals included."""
    files = read_packs(folders, sealed=False)
    _, diagnostics = load_pack(files, SystemClock().now().date(), extra_checks=EXTRA_CHECKS)
    seals = [item for folder in folders for item in _seal_diagnostics(folder, alone=len(folders) == 1)]
    return (*seals, *diagnostics)


def run_folder_cases(*folders: Path, only: str, progress: Progress) -> CaseReport:
    """Run the cases of the packs in some folders through both evaluators.

    Raises:
        NotFound: only the cases of one file are asked for, and the packs have no such file.
    """
    files = read_packs(folders, sealed=False)
    paths = [file.path for file in files]
    if only and only not in paths:
        raise NotFound(
            f'the rule pack has no file "{only}".',
            hint=did_you_mean(only, paths, listed_by="Name it as seen from the folder of the pack."),
        )
    with open_engine() as engine:
        return run_cases(
            files,
            SystemClock().now().date(),
            RuleAssessor(FactsByPack(), engine),
            progress,
            only=only,
            extra_checks=EXTRA_CHECKS,
        )


def breadth_of_folder(*folders: Path) -> tuple[Breadth, ...]:
    """Return how broad the packs in some folders are together, counted from themselves.

    Raises:
        PackRejected: there is an error in them.
    """
    loaded = load(read_packs(folders, sealed=False), SystemClock().now().date(), extra_checks=EXTRA_CHECKS)
    if loaded.pack is None:
        raise rejected(loaded.diagnostics, ", ".join(map(str, folders)))
    return breadth_of(loaded.pack, len(loaded.cases), loaded.criteria)


def survey_folders(
    folders: Sequence[Path], question: Question, progress: Progress, *, against: Sequence[Path] = ()
) -> Survey | Comparison:
    """Survey the packs in some folders, or say what they tell otherwise than the packs in others.

    The patients are those of the first, also for the others.

    Raises:
        PackRejected: there is an error in the packs.
        NotFound: there is no such indication or standard patient.
    """
    now = _for_survey(folders, question.on)
    before = _for_survey(against, question.on) if against else None
    with open_engine() as engine:
        assessor = RuleAssessor(FactsByPack(), engine)
        surveys = [
            surveyed(each.pack, now.patients, question, assessor, progress)
            for each in (before, now)
            if each is not None and each.pack is not None
        ]
    return compared(*surveys) if before is not None else surveys[0]


def standard_patients(folders: Sequence[Path], on: date) -> tuple[str, ...]:
    """Return the names of the standard patients of some packs, in their order.

    Raises:
        PackRejected: there is an error in the packs.
    """
    return tuple(patient.name for patient in _for_survey(folders, on).patients)


def _for_survey(folders: Sequence[Path], on: date) -> Loaded:
    where = ", ".join(map(str, folders))
    return load_for_survey(read_packs(folders, sealed=False), on, EXTRA_CHECKS, where=where)


def seal_folder(folder: Path, *, beside: Sequence[Path] = ()) -> ContentHash:
    """Seal the pack in a folder, if it has no error.

    Args:
        folder: where the pack is.
        beside: the packs that it builds upon.

    Raises:
        PackRejected: there is an error in it.
    """
    files = read_packs((*beside, folder), sealed=False)
    pack, diagnostics = load_pack(files, SystemClock().now().date(), extra_checks=EXTRA_CHECKS)
    if pack is None:
        raise rejected(diagnostics, str(folder))
    return seal(folder)


def _seal_diagnostics(folder: Path, *, alone: bool) -> tuple[Diagnostic, ...]:
    try:
        verify_seal(read_pack_files(folder))
    except PackAltered as altered:
        return (
            Diagnostic(
                code=altered.code,
                grade=DiagnosticGrade.ERROR,
                message=altered.message,
                hint=altered.hint,
                span=FileSpan(path=MANIFEST if alone else str(folder / MANIFEST), line=1),
            ),
        )
    return ()
