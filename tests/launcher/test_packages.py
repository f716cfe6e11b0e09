from pathlib import Path

import pytest

from hospital.launcher.packages import STAMP, ensure_packages, find_uv
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem


@pytest.fixture
def project(places: Places) -> Places:
    """A project that needs no packages at all, so that nothing is downloaded."""
    (places.root / "requirements.lock").write_text("# nothing\n")
    return places


def test_packages_are_installed_when_something_is_missing_and_only_then(project: Places):
    results = [ensure_packages(project), ensure_packages(project)]
    (project.venv / STAMP).unlink()  # as an installation that broke off leaves it
    results += [ensure_packages(project), ensure_packages(project)]
    (project.root / "requirements.lock").write_text("# other nothing\n")
    results += [ensure_packages(project), ensure_packages(project)]

    installed = f"installed with {'uv' if find_uv() else 'pip'}"
    assert results == [installed, "up to date"] * 3


def test_a_venv_that_broke_off_is_made_again(project: Places):
    (project.venv / "bin").mkdir(parents=True)
    (project.venv / "bin" / "python").symlink_to("/nowhere/python")

    assert ensure_packages(project).startswith("installed")


def test_a_package_without_its_hash_is_refused_and_retried(project: Places):
    (project.root / "requirements.lock").write_text("granian==2.5.0\n")

    for _ in range(2):
        with pytest.raises(Problem, match="Installing the packages failed"):
            ensure_packages(project)


def test_an_incomplete_copy_of_the_project_is_named(places: Places):
    with pytest.raises(Problem, match=r"requirements\.lock is missing"):
        ensure_packages(places)


def test_the_lock_names_no_place_to_download_from():
    lock = Path(__file__).resolve().parents[2] / "requirements.lock"

    lines = lock.read_text().splitlines()

    assert [line for line in lines if line[:1] == "-" or "://" in line] == []
    assert sum("--hash=sha256:" in line for line in lines) > 100
