import os
from pathlib import Path

import pytest

from hospital.launcher.account import Account, server_account
from hospital.launcher.places import (
    ROOT_STATE,
    Places,
    database_url,
    places_of,
    private_directory,
    socket_directory,
)
from hospital.launcher.problems import Problem

OURSELVES = Account("me", os.geteuid(), os.getegid(), switch=False)


def test_root_keeps_state_outside_the_project_and_others_inside(tmp_path: Path):
    state = places_of(tmp_path).state

    assert state == tmp_path / "var" or (os.geteuid() == 0 and state.parent == ROOT_STATE)


def test_two_clones_never_meet_and_a_link_is_no_clone(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "link").symlink_to("a")

    assert places_of(tmp_path / "a").state != places_of(tmp_path / "b").state
    assert places_of(tmp_path / "a") == places_of(tmp_path / "link")


def test_the_socket_path_never_exceeds_107_bytes(tmp_path: Path):
    account = server_account()
    lengths = range(1, 200)

    paths = [socket_directory(Places(tmp_path, Path("/" + "x" * n)), account) for n in lengths]

    assert max(len(os.fsencode(path / ".s.PGSQL.5432")) for path in paths) == 107


def test_no_comma_gets_into_the_socket_path(tmp_path: Path):
    near = Places(tmp_path, Path("/a,b"))

    assert "," not in str(socket_directory(near, server_account()))


@pytest.mark.parametrize("what", ["open", "link", "file"])
def test_a_socket_directory_that_others_could_enter_is_refused(tmp_path: Path, what: str):
    place = tmp_path / "sockets"
    if what == "open":
        place.mkdir(mode=0o755)
    elif what == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        place.symlink_to("elsewhere")
    else:
        place.touch(mode=0o600)

    with pytest.raises(Problem, match="with mode 0700"):
        private_directory(place, OURSELVES)


def test_a_private_directory_may_exist_already(tmp_path: Path):
    private_directory(tmp_path / "sockets", OURSELVES)
    private_directory(tmp_path / "sockets", OURSELVES)

    assert (tmp_path / "sockets").stat().st_mode & 0o777 == 0o700


def test_the_url_quotes_the_folder():
    url = database_url("hospital_app", Path("/a b/c&d"))

    assert url == "postgresql://hospital_app@/hospital?host=%2Fa%20b%2Fc%26d"
