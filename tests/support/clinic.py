"""A clinic for end-to-end tests: the shipped pack and models over a database of one's own."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import faulty_worker
from fakes import FixedClock
from stores import ADMINISTRATOR, CHEAP, PASSPHRASE

from engine.bootstrap.local import LocalEngine, open_engine
from engine.bootstrap.setup import EngineSetup, shipped_models, shipped_rulesets
from engine.domain.access import AccessState, Role
from engine.domain.decision import Decision
from engine.domain.ids import IndicationId, PatientId, UserName
from engine.domain.options import Verdict
from engine.domain.rules import Jurisdiction
from engine.inference.crosscheck import open_engine as open_rule_engine

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
AF = IndicationId("atrial-fibrillation")
DOSE = IndicationId("warfarin-dose")
STAFF = {
    "clinician": Role.CLINICIAN,
    "author": Role.AUTHOR,
    "approver": Role.APPROVER,
    "auditor": Role.AUDITOR,
    "second administrator": Role.ADMINISTRATOR,
}


@dataclass(slots=True)
class Clinic:
    """Opens engines over one database; closes them all."""

    folder: Path
    demo: bool = True
    rulesets: Path = field(default_factory=shipped_rulesets)
    beside: tuple[Path, ...] = ()
    models: Path = field(default_factory=shipped_models)
    jurisdiction: Jurisdiction = Jurisdiction.EU
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    _open: list[LocalEngine] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """Return the database file."""
        return self.folder / "clinic.sqlite"

    def open(self, *, fault: str = "") -> LocalEngine:
        """Open an engine; a named fault is planted in its durable-rules worker."""
        command = [sys.executable, str(Path(faulty_worker.__file__)), fault] if fault else None
        setup = EngineSetup(
            database=self.database,
            rulesets=(self.rulesets, *self.beside),
            models=self.models,
            jurisdiction=self.jurisdiction,
            user=UserName("clinician"),
            demo=self.demo,
        )
        rules = open_rule_engine(command) if command else None
        engine = open_engine(setup, self.clock, rules=rules, stretching=CHEAP)
        self._open.append(engine)
        if not self.demo:
            self._let_in(engine)
        return engine

    def _let_in(self, engine: LocalEngine) -> None:
        """Sign the clinician in, after making the database with everybody in it where there is none."""
        if engine.access().state is AccessState.NEW:
            engine.create_database(ADMINISTRATOR, PASSPHRASE)
            for name, role in STAFF.items():
                engine.vault.add_user(name, frozenset({role}), PASSPHRASE)
        engine.sign_in("clinician", PASSPHRASE)

    def close(self) -> None:
        """Close every engine that was opened."""
        while self._open:
            self._open.pop().close()


def patient_named(engine: LocalEngine, name: str) -> PatientId:
    """Return the one patient whose name contains this."""
    (row,) = engine.patients(name, "", 2).rows
    return row.patient_id


def verdicts(decision: Decision) -> dict[str, Verdict]:
    """Return the verdict of each option."""
    return {item.option.option_id: item.verdict for item in decision.assessments}
