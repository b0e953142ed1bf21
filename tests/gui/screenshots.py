"""Pictures of every state of the window, in every scheme and several sizes: to be looked at side by side.

    python tests/gui/screenshots.py [STATES [LOOKS]]

writes into ``screenshots/`` (not kept in the repository); names are joined by commas, all
without. The engine is scripted, so the pictures show states that are hard to come by.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT), str(_ROOT / "tests" / "support")]

import samples  # noqa: E402 - the platform and the path are chosen first
from answers import a_why_not, worth_of  # noqa: E402 - the platform and the path are chosen first
from PySide6.QtWidgets import QApplication  # noqa: E402 - the platform and the path are chosen first
from scripted_engine import AF, DOSE, ScriptedEngine, gone, now, unscripted  # noqa: E402 - the platform and the path are chosen first
from scripted_pack import APIXABAN, DABIGATRAN, NESTED  # noqa: E402 - the platform and the path are chosen first
from still_runner import StillRunner  # noqa: E402 - the platform and the path are chosen first

from engine.domain.ids import OptionId, PatientId  # noqa: E402 - the platform and the path are chosen first
from engine.errors import IntegrityError, InternalError, NotFhir  # noqa: E402 - the platform and the path are chosen first
from gui.main_window import MainWindow  # noqa: E402 - the platform and the path are chosen first
from gui.presenters.audit_dossier import Sheet  # noqa: E402 - the platform and the path are chosen first
from gui.presenters.decision_page import Pane  # noqa: E402 - the platform and the path are chosen first
from gui.presenters.rules import Tab  # noqa: E402 - the platform and the path are chosen first
from gui.presenters.session import Page, Place  # noqa: E402 - the platform and the path are chosen first
from gui.presenters.workbench import Workbench, assemble  # noqa: E402 - the platform and the path are chosen first
from gui.settings import Scheme, Settings  # noqa: E402 - the platform and the path are chosen first
from gui.tasks import InlineRunner  # noqa: E402 - the platform and the path are chosen first
from gui.theme.look import Look  # noqa: E402 - the platform and the path are chosen first

State = Callable[[ScriptedEngine], Workbench]


def _bench(engine: ScriptedEngine) -> Workbench:
    bench = assemble(InlineRunner(engine), now)
    bench.session.begin()
    return bench


def _open(engine: ScriptedEngine) -> Workbench:
    bench = _bench(engine)
    bench.session.open_patient(PatientId("pat-0001"))
    return bench


def _recommend(engine: ScriptedEngine) -> Workbench:
    if engine.script is unscripted:
        engine.script = samples.af
    bench = _open(engine)
    bench.recommendation.choose(AF)
    return bench


def _why(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    bench.recommendation.page.open(Pane.WHY, OptionId("dabigatran"))
    return bench


def _modelled(engine: ScriptedEngine) -> Workbench:
    engine.script = samples.modelled
    bench = _open(engine)
    bench.recommendation.choose(DOSE)
    bench.recommendation.page.open(Pane.WHY, OptionId("warfarin-low"))
    return bench


def _table(engine: ScriptedEngine) -> Workbench:
    bench = _modelled(engine)
    bench.recommendation.page.change_form()
    return bench


def _withheld(engine: ScriptedEngine) -> Workbench:
    bench = _modelled(engine)
    bench.recommendation.page.open(Pane.WHY, OptionId("warfarin-high"))
    return bench


def _sources(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    bench.recommendation.page.open(Pane.SOURCES, OptionId("dabigatran"))
    return bench


def _why_not(engine: ScriptedEngine) -> Workbench:
    engine.silent[OptionId("rivaroxaban")] = a_why_not(rules=12)
    bench = _recommend(engine)
    bench.recommendation.page.open(Pane.WHY_NOT, OptionId("rivaroxaban"))
    bench.recommendation.page.why_not.choose("rivaroxaban.crcl-floor")
    return bench


def _weighed(engine: ScriptedEngine) -> Workbench:
    engine.worth = worth_of(samples.af(samples.cleo(), AF, "dec-0001"))
    return _recommend(engine)


def _weighing(engine: ScriptedEngine) -> Workbench:
    engine.script = samples.af
    bench = _open(engine)
    bench.recommendation.settling._runner = StillRunner(engine)
    bench.recommendation.choose(AF)
    return bench


def _not_weighed(engine: ScriptedEngine) -> Workbench:
    engine.fails["information"] = InternalError("This decision no longer comes out as recorded.")
    return _recommend(engine)


def _why_not_none(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    bench.recommendation.page.open(Pane.WHY_NOT, OptionId("edoxaban"))
    return bench


def _why_not_fails(engine: ScriptedEngine) -> Workbench:
    engine.fails["why_not"] = InternalError("This decision no longer comes out as recorded.")
    return _why_not_none(engine)


def _why_not_waits(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    page = bench.recommendation.page
    page.why_not._runner = StillRunner(engine)
    page.open(Pane.WHY_NOT, OptionId("edoxaban"))
    return bench


def _choose(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    bench.recommendation.open_choice(OptionId("rivaroxaban"))
    return bench


def _override(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    bench.recommendation.open_choice(OptionId("dabigatran"))
    bench.recommendation.respond(OptionId("dabigatran"), None, "")
    return bench


def _answered(engine: ScriptedEngine) -> Workbench:
    bench = _recommend(engine)
    bench.recommendation.respond(OptionId("apixaban"), None, "")
    return bench


def _scripted(script: Callable[..., object]) -> State:
    def state(engine: ScriptedEngine) -> Workbench:
        engine.script = script  # type: ignore[assignment] # each sample is a script
        return _recommend(engine)

    return state


def _record(engine: ScriptedEngine) -> Workbench:
    bench = _open(engine)
    bench.session.turn_to(Page.RECORD)
    bench.record.show_provenance(shown=True)
    return bench


def _history(engine: ScriptedEngine) -> Workbench:
    bench = _answered(engine)
    bench.recommendation.choose(AF)
    bench.recommendation.choose(AF)
    bench.session.turn_to(Page.DECISIONS)
    return bench


def _recorded(engine: ScriptedEngine) -> Workbench:
    bench = _history(engine)
    bench.history.open("dec-0001")
    return bench


def _imported(engine: ScriptedEngine) -> Workbench:
    bench = _bench(engine)
    bench.importing.take(("/home/ward/Example-Cedar, Cleo.json",))
    return bench


def _refused(engine: ScriptedEngine) -> Workbench:
    engine.fails["import_files"] = NotFhir(
        "This is a FHIR R5 bundle; WhyRx reads R4.",
        hint="Export it again as FHIR R4 (4.0.1).",
        place="ward-7.json, Bundle.meta.profile[0]",
    )
    return _imported(engine)


def _gone(engine: ScriptedEngine) -> Workbench:
    engine.fails["status"] = gone()
    return _bench(engine)


def _integrity(engine: ScriptedEngine) -> Workbench:
    engine.fails["recommend"] = IntegrityError("rules/renal.yaml differs from the hash it was sealed with.")
    return _recommend(engine)


def _palette(engine: ScriptedEngine) -> Workbench:
    bench = _open(engine)
    bench.palette.open()
    bench.palette.search("a")
    return bench


def _at(place: Place) -> State:
    def state(engine: ScriptedEngine) -> Workbench:
        bench = _bench(engine)
        bench.session.go(place)
        return bench

    return state


def _rule(engine: ScriptedEngine) -> Workbench:
    bench = _at(Place.RULES)(engine)
    bench.rules.choose("rule:dabigatran.crcl")
    return bench


def _draft(engine: ScriptedEngine) -> Workbench:
    bench = _rule(engine)
    bench.rules.turn(Tab.YAML)
    draft = bench.rules.draft
    draft.edit_copy()
    draft.edit(draft.state.text.replace("severity: contraindicated", "severity: sever"))
    bench.rules.choose(f"file:{APIXABAN}")
    bench.rules.choose("rule:dabigatran.crcl")
    bench.rules.turn(Tab.YAML)
    return bench


def _form(after: str | None = NESTED) -> State:
    """Return the state with a rule as a form: only read, or in a draft of this text."""

    def state(engine: ScriptedEngine) -> Workbench:
        engine.pack.texts[DABIGATRAN] = NESTED
        bench = _rule(engine)
        bench.rules.turn(Tab.FORM)
        if after is not None:
            bench.rules.draft.edit_copy()
            bench.rules.draft.put(after)
            bench.rules.draft.check()
        return bench

    return state


def _cases(engine: ScriptedEngine) -> Workbench:
    bench = _rule(engine)
    draft = bench.rules.draft
    draft.edit_copy()
    draft.edit(f"{draft.state.text}# fails: true\n")
    bench.rules.turn(Tab.CASES)
    bench.rules.cases.run()
    return bench


def _audited(engine: ScriptedEngine) -> Workbench:
    bench = _history(engine)
    bench.session.close_patient()
    bench.session.go(Place.AUDIT)
    return bench


def _replayed(engine: ScriptedEngine) -> Workbench:
    bench = _audited(engine)
    bench.audit.open("dec-0001")
    bench.audit.dossier.replay()
    return bench


def _differs(engine: ScriptedEngine) -> Workbench:
    engine.differences = (
        "ranked[0].place: recorded 1, replayed 2",
        "versions.whyrx: recorded '0.1.0', replayed '0.2.0'",
    )
    bench = _replayed(engine)
    bench.audit.dossier.turn(Sheet.VERSIONS)
    return bench


def _extracted(engine: ScriptedEngine) -> Workbench:
    bench = _audited(engine)
    with tempfile.TemporaryDirectory() as folder:
        bench.audit.extracts.export(str(Path(folder) / "ward.log.jsonl"))
    return bench


def _broken(engine: ScriptedEngine) -> Workbench:
    engine.chain_problems = ("event 17: its hash does not follow from event 16",)
    bench = _audited(engine)
    bench.audit.verify()
    return bench


def _gate(engine: ScriptedEngine) -> Workbench:
    engine.locked_for(**{"Cleo Clinician": "", "Ada Admin": ""})
    return _bench(engine)


def _gate_refused(engine: ScriptedEngine) -> Workbench:
    bench = _gate(engine)
    bench.gate.sign_in("Cleo Clinician", "not it")
    return bench


def _gate_new(engine: ScriptedEngine) -> Workbench:
    engine.locked_for()
    return _bench(engine)


def _let_in(engine: ScriptedEngine) -> Workbench:
    bench = _gate(engine)
    bench.gate.sign_in("Cleo Clinician", "")
    return bench


STATES: dict[str, State] = {
    "gate": _gate,
    "gate-refused": _gate_refused,
    "gate-new": _gate_new,
    "let-in": _let_in,
    "empty": lambda _: _bench(ScriptedEngine()),
    "patients": _bench,
    "open": _open,
    "recommendation": _recommend,
    "why": _why,
    "why-model": _modelled,
    "why-table": _table,
    "why-withheld": _withheld,
    "weighed": _weighed,
    "weighing": _weighing,
    "not-weighed": _not_weighed,
    "why-not": _why_not,
    "why-not-none": _why_not_none,
    "why-not-fails": _why_not_fails,
    "why-not-waits": _why_not_waits,
    "sources": _sources,
    "choose": _choose,
    "override": _override,
    "answered": _answered,
    "many": _scripted(samples.many),
    "two-doses": _scripted(samples.twice_dosed),
    "all-excluded": _scripted(samples.all_excluded),
    "all-unknown": _scripted(samples.all_unknown),
    "engine-fault": _scripted(samples.faulty),
    "record": _record,
    "history": _history,
    "recorded": _recorded,
    "imported": _imported,
    "refused": _refused,
    "engine-gone": _gone,
    "integrity": _integrity,
    "palette": _palette,
    "rules": _at(Place.RULES),
    "rule": _rule,
    "draft": _draft,
    "form": _form(),
    "form-read": _form(None),
    "form-wrong": _form(NESTED.replace("severity: contraindicated", "severity: sever")),
    "form-unreadable": _form(f"{NESTED}  - ["),
    "cases": _cases,
    "audit-empty": _at(Place.AUDIT),
    "audit": _audited,
    "audit-extracted": _extracted,
    "replayed": _replayed,
    "replay-differs": _differs,
    "chain-broken": _broken,
    "models": _at(Place.MODELS),
    "settings": _at(Place.SETTINGS),
}

#: Scheme, scale, width, height.
LOOKS = {
    "light": (Scheme.LIGHT, 100, 1280, 832),
    "dark": (Scheme.DARK, 100, 1280, 832),
    "contrast": (Scheme.CONTRAST, 100, 1280, 832),
    "light-wide": (Scheme.LIGHT, 100, 1920, 1080),
    "dark-150": (Scheme.DARK, 150, 1600, 1000),
    "light-150": (Scheme.LIGHT, 150, 1600, 1000),
    "light-200": (Scheme.LIGHT, 200, 1920, 1080),
    "light-80": (Scheme.LIGHT, 80, 1280, 832),
}


def shoot(folder: Path, wanted: tuple[str, ...], looks: tuple[str, ...]) -> int:
    """Write one picture a state and look; return how many."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for look_name in looks:
        scheme, scale, width, height = LOOKS[look_name]
        look = Look(replace(Settings(), scheme=scheme, scale=scale))
        look.apply()
        for name in wanted:
            engine = ScriptedEngine(*samples.people())
            bench = STATES[name](engine)
            window = MainWindow(look, bench)
            window.resize(width, height)
            window.show()
            for _ in range(4):
                application.processEvents()
            window.grab().save(str(folder / f"{name}-{look_name}.png"))
            window.close()
            window.deleteLater()
            application.processEvents()
            count += 1
    return count


if __name__ == "__main__":
    states = tuple(sys.argv[1].split(",")) if len(sys.argv) > 1 and sys.argv[1] else tuple(STATES)
    chosen = tuple(sys.argv[2].split(",")) if len(sys.argv) > 2 else tuple(LOOKS)
    print(shoot(_ROOT / "screenshots", states, chosen), "pictures")
