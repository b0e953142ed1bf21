"""Several packs at once, and new rules without a restart: no decision ever rests on some of both."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest
from clinic import AF, NOW, Clinic, patient_named, verdicts
from fakes import Silent
from questions import demo_patient
from site_pack import rules_text, write_site_pack

from engine.bootstrap.packs import FactsByPack, PackShelf
from engine.bootstrap.setup import shipped_rulesets
from engine.decision.assessment import RuleAssessor
from engine.domain.audit import AuditKind
from engine.domain.ids import ContentHash, RuleId
from engine.domain.options import Assessment, Verdict
from engine.domain.pack import PackFile, RulePack
from engine.domain.replies import EngineState
from engine.domain.rules import Jurisdiction
from engine.errors import PackAltered, PackRejected, RuleEngineFailed
from engine.inference.crosscheck import open_engine
from engine.knowledge.manifest import seal

DAY = NOW.date()


@pytest.fixture
def site(clinic: Clinic) -> Path:
    """A site's own pack beside the shipped one."""
    folder = write_site_pack(clinic.folder / "site")
    clinic.beside = (folder,)
    return folder


def no_archive(_: ContentHash) -> tuple[PackFile, ...]:
    raise AssertionError("nothing was archived")


def nothing(_: RulePack) -> None:
    """Warm nothing."""


def test_a_decision_by_two_packs_names_one_hash_and_replays_from_the_archive(
    clinic: Clinic, site: Path
) -> None:
    engine = clinic.open()
    decision = engine.recommend(patient_named(engine, "Alder"), AF, Silent())
    assert verdicts(decision)["apixaban"] is Verdict.EXCLUDED
    assert decision.versions.pack_id == "whyrx-starter+site"
    assert engine.status().pack_hash == decision.versions.pack_hash
    write_site_pack(site, "second")
    engine.reload_rules()
    assert engine.replay(decision.decision_id, Silent()).result.value == "identical"


def test_new_rules_are_used_from_the_next_recommendation_on(clinic: Clinic, site: Path) -> None:
    engine = clinic.open()
    patient = patient_named(engine, "Alder")
    before = engine.recommend(patient, AF, Silent())
    write_site_pack(site, "second")

    (problem,) = engine.status().problems
    assert problem.endswith("Reload the rules to use the new ones.")
    with pytest.raises(PackAltered, match="others than those in use"):
        engine.recommend(patient, AF, Silent())

    report = engine.reload_rules()
    assert (report.before, report.version) == (before.versions.pack_hash, engine.status().pack_version)
    assert report.version.endswith("with second")
    assert engine.status().state is EngineState.READY
    after = engine.recommend(patient, AF, Silent())
    assert after.versions.pack_hash == report.after != report.before
    assert verdicts(after)["apixaban"] is not Verdict.EXCLUDED
    (event,) = [e for e in engine._store.events(report.after) if e.kind is AuditKind.RULES_RELOADED]
    assert f"in place of {report.before[:12]}" in event.detail


def test_reloading_what_has_not_changed_changes_nothing(clinic: Clinic) -> None:
    engine = clinic.open()
    report = engine.reload_rules()
    assert report.before == report.after == engine.status().pack_hash


@pytest.mark.parametrize("mistake", ["a rule in error", "a broken seal", "no pack at all"])
def test_rules_that_are_refused_leave_in_use_what_was(clinic: Clinic, site: Path, mistake: str) -> None:
    engine = clinic.open()
    patient = patient_named(engine, "Alder")
    before = engine.status().pack_hash
    match mistake:
        case "a rule in error":
            write_site_pack(site, rules=rules_text("second").replace("quantity: age", "quantity: aeg"))
        case "a broken seal":
            (site / "rules.yaml").write_text(rules_text("second"), encoding="utf-8")
        case _:
            shutil.rmtree(site)
    with pytest.raises((PackAltered, PackRejected)) as refusal:
        engine.reload_rules()
    assert engine.status().pack_hash == before
    (event,) = [e for e in engine._store.events(before) if e.kind is AuditKind.RULES_REFUSED]
    assert str(refusal.value) in event.detail

    if not site.exists():
        site.mkdir()
    write_site_pack(site)
    assert engine.recommend(patient, AF, Silent()).versions.pack_hash == before


def test_rules_that_an_evaluator_cannot_take_are_not_put_in_use(tmp_path: Path) -> None:
    shelf = PackShelf([shipped_rulesets(), write_site_pack(tmp_path / "site")], DAY, no_archive)
    before = shelf.pack_hash
    write_site_pack(tmp_path / "site", "second")

    def refuse(_: RulePack) -> None:
        raise RuleEngineFailed("the worker is gone.")

    with pytest.raises(RuleEngineFailed):
        shelf.reload(DAY, refuse)
    assert shelf.pack_hash == before
    assert shelf.reload(DAY, nothing).pack_hash == shelf.pack_hash != before


def test_words_of_new_rules_are_understood_after_a_reload(clinic: Clinic, tmp_path: Path) -> None:
    clinic.rulesets = tmp_path / "rulesets"
    shutil.copytree(shipped_rulesets(), clinic.rulesets)
    engine = clinic.open()
    words = clinic.rulesets / "vocabulary" / "conditions.yaml"
    extra = "  test_condition:\n    title: A condition of the tests\n    icd10: [Q99.8]\n"
    words.write_text(words.read_text(encoding="utf-8").rstrip() + "\n" + extra, encoding="utf-8")
    seal(clinic.rulesets)
    assert all("test_condition" not in field.choices for field in engine.entry_fields())
    engine.reload_rules()
    assert engine._work.records._index.vocabulary.conditions.keys() >= {"test_condition"}


def assessed(pack: RulePack, assessor: RuleAssessor) -> tuple[Assessment, ...]:
    return assessor.assess(pack, demo_patient("Alder"), AF, Jurisdiction.EU, NOW)


@contextmanager
def hammered(work: Callable[[], None]) -> Iterator[None]:
    """Do the work over and over in three threads until the block ends."""
    done = threading.Event()

    def loop() -> None:
        while not done.is_set():
            work()

    threads = [threading.Thread(target=loop) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_no_assessment_under_way_ever_mixes_rules(tmp_path: Path) -> None:
    versions = ("first", "second")
    folders = [shipped_rulesets(), write_site_pack(tmp_path / "site")]
    with open_engine(answer_seconds=30) as engine:
        assessor = RuleAssessor(FactsByPack(), engine)
        alone: dict[ContentHash, tuple[Assessment, ...]] = {}
        for version in versions:
            write_site_pack(tmp_path / "site", version)
            pack = PackShelf(folders, DAY, no_archive).current(DAY)
            alone[pack.pack_hash] = assessed(pack, assessor)
        one, other = alone.values()
        assert one != other
        shelf = PackShelf(folders, DAY, no_archive)
        seen: list[tuple[ContentHash, tuple[Assessment, ...]]] = []
        arrived: SimpleQueue[ContentHash] = SimpleQueue()

        def assess() -> None:
            pack = shelf.current(DAY)
            seen.append((pack.pack_hash, assessed(pack, assessor)))
            arrived.put(pack.pack_hash)

        # Each version comes and goes three times, and is waited for, however slow the machine.
        with hammered(assess):
            for reload in range(6):
                write_site_pack(tmp_path / "site", versions[reload % 2])
                shelf.reload(DAY, assessor.warm)
                while arrived.get(timeout=120) != shelf.pack_hash:
                    pass
    assert {pack_hash for pack_hash, _ in seen} == set(alone)
    assert all(alone[pack_hash] == found for pack_hash, found in seen)
    assert {RuleId("site.apixaban"), RuleId("site.warfarin")} <= {
        finding.rule_id for _, found in seen for each in found for finding in each.findings
    }
