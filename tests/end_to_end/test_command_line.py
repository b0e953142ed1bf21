"""The command line as its users meet it: a process, its output, its exit code."""

from __future__ import annotations

import json
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
)


class Terminal:
    """Runs the program on one demonstration database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, code: int = 0, demo: bool = True) -> str:
        """Run a command and return what it printed; the exit code must be the given one."""
        options = ["--database", str(self.folder / "demo.sqlite"), "--user", "clinician"]
        command = [sys.executable, "-c", _NO_SOCKET, *options, *(["--demo"] if demo else []), *words]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout + result.stderr


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Return a terminal over a fresh demonstration."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    assert "10 demonstration patients" in terminal.run("demo", "--no-window")
    return terminal


def test_the_whole_job_runs_without_a_socket(terminal: Terminal) -> None:
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
