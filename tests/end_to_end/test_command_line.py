"""The command line as its users meet it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from site_pack import write_site_pack

from engine.bootstrap.setup import shipped_rulesets

ROOT = Path(__file__).resolve().parents[2]

#: Stops the program at the first socket of any family; an audit hook cannot be taken out again.
_NO_SOCKET = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"a socket was opened: {event} {arguments}")
sys.addaudithook(refuse)
sys.argv[0] = "main.py"
import main
main.main()
"""


_COMMANDS = (
    *("import", "patients", "recommend", "respond", "decisions", "replay", "export", "verify"),
    *("check", "cases", "seal", "train", "window", "demo"),
    *("checkpoint", "replay-all", "what-would-change", "users", "backup", "restore", "erase", "hold"),
    *("retention", "promises", "release", "finding"),
)


class Terminal:
    """Runs the program on one demonstration database, or on one of real patients."""

    def __init__(self, folder: Path, *, before: tuple[str, ...] = ()) -> None:
        """Take a folder, and what stands before the program: a command that takes the network away, say."""
        self.folder = folder
        self.before = before

    def run(
        self, *words: str, code: int = 0, demo: bool = True, user: str = "clinician", passphrase: str = ""
    ) -> str:
        """Run a command and return what it printed; the exit code must be the given one."""
        options = ["--database", str(self.folder / "demo.sqlite"), "--user", user]
        command = [*self.before, sys.executable, "-c", _NO_SOCKET, *options, *(["--demo"] if demo else [])]
        environment = os.environ | ({"WHYRX_PASSPHRASE": passphrase} if passphrase else {})
        result = subprocess.run(
            [*command, *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout + result.stderr


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Return a terminal over a fresh demonstration."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    assert "10 demonstration patients" in terminal.run("demo", "--no-window")
    return terminal


def test_the_whole_job_runs_without_a_socket(terminal: Terminal) -> None:
    _whole_job(terminal)


def test_the_whole_job_runs_where_there_is_no_network_interface_at_all(tmp_path: Path) -> None:
    alone = ("unshare", "--net")
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this user may not make a network namespace")
    listed = subprocess.run(
        [*alone, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True, timeout=10
    ).stdout
    assert [line.split(":")[0].strip() for line in listed.splitlines()[2:]] in ([], ["lo"])
    terminal = Terminal(tmp_path, before=alone)
    terminal.run("demo", "--no-window")
    _whole_job(terminal)


def _whole_job(terminal: Terminal) -> None:
    patient = terminal.run("patients", "Birch").split()[0]

    decision = json.loads(terminal.run("recommend", patient, "atrial-fibrillation", "--format", "json"))
    decision_id = decision["content"]["decision_id"]
    replayed = terminal.run("replay", decision_id)
    listed = [json.loads(line) for line in terminal.run("decisions", "--format", "json").splitlines()]
    answered = terminal.run("respond", decision_id, "warfarin")
    report = terminal.folder / "dossier.html"
    terminal.run("export", decision_id, "--out", str(report))
    verified = terminal.run("verify")

    assert replayed.startswith("identical: ")
    assert decision_id in {row["decision_id"] for row in listed}
    assert "accepted" in answered
    assert "Example-Birch" in report.read_text(encoding="utf-8")
    assert "the chain is whole" in verified


def test_a_recommendation_in_text_names_tiers_reasons_and_what_it_is_not(terminal: Terminal) -> None:
    patient = terminal.run("patients", "Cedar").split()[0]

    text = " ".join(terminal.run("recommend", patient, "atrial-fibrillation").split())

    assert "Cannot be assessed" in text
    assert "Synthetic" in text
    assert "Not clinically reviewed" in text
    assert "To settle first" in text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("recommend", "pat-nobody", "atrial-fibrillation"), 2, "pat-nobody"),
        (("recommend", "{patient}", "toothache"), 2, "atrial-fibrillation"),
        (("replay", "dec-nothing"), 2, "dec-nothing"),
        (("respond", "dec-nothing", "warfarin"), 2, "dec-nothing"),
        (("import", "no-such-file.json"), 2, "no-such-file.json"),
        (("recommend", "no-such-file.json", "gout"), 2, "the file cannot be read: No such file or directory"),
        (("recommend", "{patient}", "got"), 2, 'Did you mean "gout"?'),
        (("patients", "Zzz"), 0, "No patient's name or id contains 'Zzz'"),
        (("decisions", "--patient", "nobody"), 0, "No decision fits"),
        (("challenge", "rulesets"), 2, "there is no model in this folder"),
        (("what-would-change", "--models", "rulesets"), 2, "there is no model in this folder"),
        (("model", "show", "warfrin"), 2, 'Did you mean "warfarin-dose"?'),
        (("verify", "--checkpoint", "rulesets/manifest.yaml"), 2, "This is not a checkpoint"),
        (("import", "pyproject.toml"), 2, "pyproject.toml"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(
    terminal: Terminal, words: tuple[str, ...], code: int, says: str
) -> None:
    patient = terminal.run("patients", "Alder").split()[0]

    told = terminal.run(*(word.replace("{patient}", patient) for word in words), code=code)

    assert says in told
    assert "Traceback" not in told


def test_the_record_of_real_patients_is_kept_on_the_command_line(tmp_path: Path) -> None:
    site, secret = Terminal(tmp_path), "correct horse battery"
    first = tmp_path / "first"
    first.write_text(secret)
    kept, backup = tmp_path / "day.checkpoint", tmp_path / "day.whyrx"

    def run(user: str, *words: str, code: int = 0) -> str:
        return site.run(*words, demo=False, user=user, passphrase=secret, code=code)

    assert "users first" in site.run("patients", demo=False, code=5)
    assert "first administrator" in run("Ada", "users", "first", "Ada")
    assert "--passphrase-file" in site.run("patients", demo=False, user="Ada", code=5)
    for name, role in (("Cleo", "clinician"), ("Ida", "auditor")):
        run("Ada", "users", "add", name, "--role", role, "--new-passphrase-file", str(first))
    bundle = ROOT / "engine" / "intake" / "demo_files" / "clean.json"
    patient = run("Cleo", "import", str(bundle)).split("(")[1].split(")")[0]
    run("Cleo", "recommend", patient, "atrial-fibrillation")
    assert "may not read patients" in run("Ada", "patients", code=5)
    assert "name or the passphrase" in site.run(
        "patients", demo=False, user="Cleo", passphrase="something else", code=5
    )
    assert "wrote" in run("Ida", "checkpoint", "--out", str(kept))
    assert kept.read_text().startswith("whyrx-checkpoint 1 ")
    assert "the chain is whole" in run("Ada", "backup", str(backup))
    assert "can never be read again" in run("Ada", "erase", patient, "--reason", "asked for", "--yes")
    assert "was erased" in run("Cleo", "recommend", patient, "atrial-fibrillation", code=2)
    verified = run("Ida", "verify", "--checkpoint", str(kept))
    assert f"{kept}: holds" in verified
    assert "is now" in run("Ada", "restore", str(backup))
    assert patient not in run("Cleo", "patients")


def test_a_demonstration_database_is_refused_where_patients_are_real(terminal: Terminal) -> None:
    told = terminal.run("patients", demo=False, code=3)

    assert "demonstration" in told


def test_a_broken_rule_pack_is_told_with_places_and_ends_with_1(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("pack: {id: x, title: X, version: '1', status: draft}\n")
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yaml").write_text("rules:\n  a.b:\n    titel: wrong key\n")

    told = terminal.run("check", str(tmp_path), code=1)

    assert "rules/a.yaml:3" in told
    assert "title" in told


def test_help_teaches_every_command(terminal: Terminal) -> None:
    help_text = terminal.run("--help")

    for command in _COMMANDS:
        assert command in help_text
        page = terminal.run(command, "--help")
        assert len(page.split()) > 12, f"{command} says nothing of itself"


def test_a_pack_is_sealed_checked_and_tried_beside_the_one_it_builds_upon(
    terminal: Terminal, tmp_path: Path
) -> None:
    shipped, folder = str(shipped_rulesets()), str(write_site_pack(tmp_path / "site", sealed=False))
    terminal.run("check", folder, code=1)
    terminal.run("seal", folder, code=2)
    assert "sealed" in terminal.run("seal", folder, "--beside", shipped)
    assert "\n0 errors," in "\n" + terminal.run("check", shipped, folder)
    assert "3 passed, 0 failed" in terminal.run("cases", shipped, folder, "--file", "site/rules.yaml")


def test_two_packs_are_used_together(terminal: Terminal, tmp_path: Path) -> None:
    packs = ("--rulesets", str(shipped_rulesets()), "--rulesets", str(write_site_pack(tmp_path / "site")))
    patient = terminal.run("patients", "Birch").split()[0]
    decision = json.loads(
        terminal.run(*packs, "recommend", patient, "atrial-fibrillation", "--format", "json")
    )
    assert decision["content"]["versions"]["pack_id"] == "whyrx-starter+site"
    assert "identical" in terminal.run("replay", decision["content"]["decision_id"])


def test_a_panel_is_screened_for_people_and_for_programs(terminal: Terminal, tmp_path: Path) -> None:
    lines = terminal.run("screen", "atrial-fibrillation", "--processes", "2").splitlines()
    assert len(lines) == 10
    assert all(line.endswith("SYNTHETIC") and "warfarin: " in line for line in lines)
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (row,) = terminal.run(
        "screen", "atrial-fibrillation", str(tmp_path), "--format", "json", "--processes", "1", code=1
    ).splitlines()
    assert json.loads(row)["refused"]
