"""A model orders at a site only after an approver took it into use there; going back needs its hash alone."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from clinic import AF, DOSE, Clinic, patient_named
from fakes import Silent
from generated_cohort import write_generated
from stores import PASSPHRASE

from engine.bootstrap.local import LocalEngine
from engine.cli.root import cli
from engine.domain.audit import AuditKind
from engine.domain.decision import Decision, ModelInUse, RankingStatus
from engine.domain.ids import ContentHash, ModelId
from engine.domain.options import OrderedBy
from engine.domain.replies import ReplayResult
from engine.errors import InputError, NotFound, NotPermitted
from engine.intake import demo
from engine.training import boosting, carding, validation
from engine.training.site_validation import site_validation

MODEL = ModelId("warfarin-dose")
FILES = Path(demo.__file__).with_name("demo_files")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Clinic]:
    """Return a clinic of real patients, with models of its own."""
    made = Clinic(tmp_path, demo=False, models=tmp_path / "models")
    shutil.copytree(Clinic(tmp_path).models, made.models)
    yield made
    made.close()


def _import_all(engine: LocalEngine) -> None:
    for file in sorted(FILES.glob("*.json")):
        with suppress(InputError):  # some show what is refused
            engine.import_files((str(file),), Silent())


def _dosed(engine: LocalEngine) -> Decision:
    """Return a dose decision about a patient whom the model orders for, once it is in use."""
    if not engine.patients("", "", 1).rows:
        _import_all(engine)
    for row in engine.patients("", "", 50).rows:
        decision = engine.recommend(row.patient_id, DOSE, Silent())
        if any(item.score is not None for item in decision.ranked):
            return decision
    pytest.fail("the model scores no patient of the demonstration files")


def _as_approver(engine: LocalEngine, content: ContentHash | None = None) -> None:
    engine.sign_in("approver", PASSPHRASE)
    engine.desk.adopt_model(MODEL, content, "tried on 300 patients of this site")
    engine.sign_in("clinician", PASSPHRASE)


def test_a_model_that_nobody_took_into_use_orders_nothing_and_its_scores_are_said_to_be_unused(
    site: Clinic,
) -> None:
    engine = site.open()
    decision = _dosed(engine)

    assert decision.request.model_in_use == ModelInUse(model_hash=None)
    assert decision.ranking.status is RankingStatus.NOT_ADOPTED
    assert "no approver has taken this model into use" in decision.ranking.reason
    assert decision.explanations == ()
    assert not decision.ranking.changed_order
    assert {item.ordered_by for item in decision.ranked} == {OrderedBy.EVIDENCE}
    assert engine.replay(decision.decision_id, Silent()).result is ReplayResult.IDENTICAL


def test_an_approver_takes_it_into_use_and_it_orders_from_then_on(site: Clinic) -> None:
    engine = site.open()
    before = _dosed(engine)
    _as_approver(engine)
    after = _dosed(engine)

    assert after.ranking.status is RankingStatus.ORDERED
    assert after.request.model_in_use == ModelInUse(model_hash=after.versions.model_hash)
    assert after.explanations
    for decision in (before, after):
        assert engine.replay(decision.decision_id, Silent()).result is ReplayResult.IDENTICAL
    (event,) = engine.desk.adoptions.history(MODEL)
    assert (event.kind, event.by, event.content) == (
        AuditKind.MODEL_ADOPTED,
        "approver",
        after.versions.model_hash,
    )


def test_another_model_on_disk_changes_nothing_until_it_is_adopted_and_the_first_can_come_back(
    site: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = site.open()
    _as_approver(engine)
    first = _dosed(engine)
    _train_another(site.models / MODEL, monkeypatch)
    still = _dosed(engine)
    assert still.versions.model_hash == first.versions.model_hash
    assert still.ranking.status is RankingStatus.ORDERED

    _as_approver(engine)
    second = _dosed(engine)
    assert second.ranking.status in {RankingStatus.ORDERED, RankingStatus.WITHHELD}
    assert second.versions.model_hash != first.versions.model_hash

    _as_approver(engine, first.versions.model_hash)
    again = _dosed(engine)
    assert again.versions.model_hash == first.versions.model_hash
    assert [item.score for item in again.ranked] == [item.score for item in first.ranked]
    for decision in (first, still, second, again):
        assert engine.replay(decision.decision_id, Silent()).result is ReplayResult.IDENTICAL
    assert engine.verify(Silent()).problems == ()


def _train_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boosting, "ROUNDS", 6)
    monkeypatch.setattr(boosting, "TEACHING_ROUNDS", 6)
    monkeypatch.setattr(validation, "FOLDS", 2)
    monkeypatch.setattr(carding, "_EXPLAINED", 2)
    data = folder.parent / "patients.csv"
    write_generated(data, patients=250)
    said = CliRunner().invoke(
        cli, ["train", "warfarin-dose", "--data", str(data), "--out", str(folder), "--seed", "4"]
    )
    assert said.exit_code == 0, said.output


def test_the_switch_is_signed_by_the_approver_and_the_line_shows_where_the_log_was_cut(site: Clinic) -> None:
    engine = site.open()
    engine.sign_in("approver", PASSPHRASE)
    event, signed = engine.desk.adopt_model(MODEL, None, "tried on 300 patients of this site")
    assert engine.desk.adoptions.history(MODEL) == (event,)
    assert engine.desk.check(signed) == ()
    engine.sign_in("second administrator", PASSPHRASE)
    approver = next(user for user in engine.desk.users.all() if user.name == "approver")
    assert signed.public_key == approver.public_key
    forged = replace(signed, head=ContentHash("0" * 64))
    assert engine.desk.check(forged) != ()


def test_taken_out_of_use_it_orders_no_longer(site: Clinic) -> None:
    engine = site.open()
    _as_approver(engine)
    engine.sign_in("approver", PASSPHRASE)
    engine.desk.withdraw_model(MODEL, "it drifted")
    with pytest.raises(InputError, match="No model warfarin-dose is in use"):
        engine.desk.withdraw_model(MODEL, "once more")
    engine.sign_in("clinician", PASSPHRASE)

    assert _dosed(engine).ranking.status is RankingStatus.NOT_ADOPTED


def test_only_an_approver_takes_models_into_use_and_says_what_by(site: Clinic) -> None:
    engine = site.open()
    for name in ("clinician", "author", "auditor", "second administrator"):
        engine.sign_in(name, PASSPHRASE)
        with pytest.raises(NotPermitted, match="take models into use"):
            engine.desk.adopt_model(MODEL, None, "I like it")
        with pytest.raises(NotPermitted):
            engine.desk.withdraw_model(MODEL, "I do not like it")
    engine.sign_in("approver", PASSPHRASE)
    with pytest.raises(InputError, match="needs a note"):
        engine.desk.adopt_model(MODEL, None, " ")
    with pytest.raises(NotFound):
        engine.desk.adopt_model(MODEL, ContentHash("0" * 64), "from nowhere")
    engine.desk.adopt_model(MODEL, None, "tried")
    with pytest.raises(InputError, match="in use already"):
        engine.desk.adopt_model(MODEL, None, "tried again")


def test_in_a_demonstration_every_installed_model_orders(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = engine.recommend(patient_named(engine, "Alder"), AF, Silent())

    assert decision.request.model_in_use is None
    assert decision.ranking.status is RankingStatus.ORDERED


def test_the_command_line_validates_adopts_shows_and_withdraws(tmp_path: Path, site: Clinic) -> None:
    site.open()
    site.close()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    data = tmp_path / "ours.csv"
    write_generated(data, patients=250)

    def run(*arguments: str) -> tuple[int, str]:
        common = ["--database", str(site.database), "--models", str(site.models)]
        signed = ["--user", "approver", "--passphrase-file", str(secret), "model", *arguments]
        found = CliRunner().invoke(cli, [*common, *signed])
        return found.exit_code, found.output

    code, said = run("validate", MODEL, "--data", str(data))
    assert code == 0, said
    assert " patients of this site: right in " in said.splitlines()[0]
    assert "published clinical equation" in said
    assert run("show", MODEL) == (0, "never taken into use\n")
    code, said = run("adopt", MODEL, "--note", "250 patients")
    assert code == 0, said
    assert "is in use" in said
    code, said = run("show", MODEL)
    assert "model taken into use by approver" in said
    assert run("withdraw", MODEL, "--note", "no more")[0] == 0
    assert "model taken out of use" in run("show", MODEL)[1]


def test_patients_of_whom_it_knows_nothing_do_not_hide_among_the_others(tmp_path: Path, site: Clinic) -> None:
    data = tmp_path / "ours.csv"
    write_generated(data, patients=300)
    with data.open(encoding="utf-8", newline="") as stream:
        patients = list(csv.DictReader(stream))
    for patient in patients[:60]:
        for column in patient:
            if column.startswith(("CYP2C9", "VKORC1")):
                patient[column] = "NA"
        patient["Therapeutic Dose of Warfarin"] = "90"
    with data.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(patients[0]))
        writer.writeheader()
        writer.writerows(patients)

    found = site_validation(site.models / MODEL, "warfarin-dose", data)
    with_genotype, without = (
        next(line for line in found.text.splitlines() if line.startswith(word) and "not below" in line)
        for word in ("with genotype", "without genotype")
    )
    assert with_genotype.endswith("holds.")
    assert without.endswith("FAILS.")
    assert not found.holds
    said = CliRunner().invoke(
        cli, ["--models", str(site.models), "model", "validate", MODEL, "--data", str(data)]
    )
    assert said.exit_code == 1
    assert "do not take it into use" in said.output


def test_too_few_patients_or_a_recipe_for_something_else_validate_nothing(
    tmp_path: Path, site: Clinic
) -> None:
    data = tmp_path / "ours.csv"
    write_generated(data, patients=60)
    with pytest.raises(InputError, match="fewer than 100 say nothing of a site"):
        site_validation(site.models / MODEL, "warfarin-dose", data)
    with pytest.raises(InputError, match="does not have the inputs"):
        site_validation(site.models / MODEL, "actg175", data)
