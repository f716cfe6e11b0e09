"""The bank as a program of its own."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

from tests.sandbox.banks import PROGRAM, RunningBank, running


def started(*options: str | Path) -> tuple[int, str]:
    """The exit code of a bank that cannot start, and the end of what it says."""
    command = [sys.executable, "-I", "-S", str(PROGRAM), *map(str, options)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    return answer.returncode, answer.stderr.splitlines()[-1]


def test_it_starts_alone_in_an_empty_folder(tmp_path: Path):
    alone = tmp_path / "elsewhere"
    shutil.copytree(PROGRAM, alone, ignore=shutil.ignore_patterns("__pycache__"))

    with running(tmp_path / "bank.db", program=alone) as bank:
        assert bank.pay("WD-1").status == 201
        assert bank.call("GET", "/page.css").status == 200


def test_it_starts_as_a_module_of_the_project(tmp_path: Path):
    command = [sys.executable, "-m", "hospital.sandbox", "--help"]

    answer = subprocess.run(command, cwd=PROGRAM.parents[1], capture_output=True, check=True)

    assert b"--finality-seconds" in answer.stdout


def test_it_imports_itself_and_the_standard_library_only():
    imported = {
        name
        for path in PROGRAM.glob("**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in names_of(node)
    }

    assert imported - sys.stdlib_module_names == set()
    assert "sqlite3" in imported


def names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level != 1:
        return [(node.module or "").partition(".")[0]]
    return []


def test_it_says_in_a_sentence_why_it_cannot_start(bank: RunningBank, tmp_path: Path):
    spoilt = tmp_path / "spoilt.db"
    spoilt.write_text("This is no database. " * 99)

    answers = [
        started("--data", tmp_path / "new.db", "--port", str(bank.port)),
        started("--data", tmp_path / "missing" / "bank.db"),
        started("--data", spoilt),
    ]

    assert [code for code, _ in answers] == [1, 1, 1]
    assert [sentence.partition(": ")[0] for _, sentence in answers] == ["sandbox bank"] * 3
    assert "address already in use" in answers[0][1]


def test_two_banks_never_share_a_file(data: Path):
    with running(data):
        assert started("--data", data) == (1, "sandbox bank: database is locked")


def test_wrong_options_are_refused(data: Path):
    wrong = [("--finality-seconds", "0"), ("--port", "65536")]

    assert [started("--data", data, *option)[0] for option in wrong] == [2, 2]
