import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from hospital.launcher import processes, sharing
from hospital.launcher.account import server_account
from hospital.launcher.cluster import Cluster, project_cluster
from hospital.launcher.places import Places, prepare_state
from hospital.launcher.problems import Problem
from tests.launcher.conftest import REPOSITORY, answer, as_owner, copy

SURVIVES_POWER_CUTS = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_cluster_keeps_the_house_rules(cluster: Cluster):
    membership = sharing.join(cluster)
    sockets = membership.server.sockets

    settings = [answer(sockets, f"SHOW {name}") for name in SURVIVES_POWER_CUTS]
    assert settings == ["on"] * 4
    assert answer(sockets, "SHOW listen_addresses") == ""
    assert answer(sockets, "SHOW max_connections") == "200"
    assert answer(sockets, "SHOW server_encoding") == "UTF8"
    assert [mode_of(cluster.places.data), mode_of(sockets)] == [0o700, 0o700]
    assert mode_of(sockets / ".s.PGSQL.5432") == 0o700
    membership.leave()


def test_the_application_makes_no_tables_and_the_owner_makes_databases(cluster: Cluster):
    membership = sharing.join(cluster)
    sockets = membership.server.sockets

    for forbidden in ("CREATE TABLE t (x int)", "CREATE TEMP TABLE t (x int)"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            answer(sockets, forbidden)
    rights = "SELECT array[rolsuper, rolcreatedb] FROM pg_roles WHERE rolname = current_user"
    assert answer(sockets, rights) == [False, False]
    assert as_owner(sockets, rights) == [False, True]
    assert as_owner(sockets, "CREATE TABLE t (x int); SELECT 1") == 1
    membership.leave()


def test_starting_twice_starts_one_server(cluster: Cluster):
    first = sharing.join(cluster)
    second = sharing.join(cluster)

    assert first.server.pid == second.server.pid
    assert [first.leave(), second.leave()] == [False, True]


def test_the_last_one_out_stops_the_server_and_reaps_it(cluster: Cluster):
    membership = sharing.join(cluster)
    pid = membership.server.pid

    assert membership.leave()

    assert not processes.is_alive(pid)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def test_a_user_that_was_killed_does_not_keep_the_server(cluster: Cluster):
    membership = sharing.join(cluster)
    lock = str(cluster.places.state / "users.lock")
    hold = (
        "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_SH); print(1); input()"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", hold, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with user:
        assert user.stdout is not None
        user.stdout.readline()
        assert not membership.leave()
        other = sharing.join(cluster)
        user.kill()
        user.wait()
    assert other.leave()


def test_a_server_that_was_killed_starts_again_with_its_data(cluster: Cluster):
    membership = sharing.join(cluster)
    as_owner(membership.server.sockets, "CREATE TABLE kept AS SELECT 7 AS x; SELECT 1")
    os.kill(membership.server.pid, signal.SIGKILL)
    processes.wait_until_gone(membership.server.pid, seconds=5)

    again = sharing.join(cluster)

    assert as_owner(again.server.sockets, "SELECT x FROM kept") == 7
    assert [membership.leave(), again.leave()] == [False, True]


def test_a_pid_file_whose_number_belongs_to_another_process_is_stale(
    cluster: Cluster, stranger: subprocess.Popen[bytes]
):
    data = cluster.places.data
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n0\n5432\n\n\n\nready\n")
    cluster.account.own(data / "postmaster.pid")

    membership = sharing.join(cluster)

    assert membership.server.pid != stranger.pid
    membership.leave()
    assert stranger.poll() is None


def test_stop_leaves_another_projects_server_alone(cluster: Cluster, spoilable: Cluster):
    mine, theirs = sharing.join(cluster), sharing.join(spoilable)

    assert [sharing.stop(cluster), sharing.stop(cluster)] == [True, False]

    assert not processes.is_alive(mine.server.pid)
    assert answer(theirs.server.sockets, "SELECT 1") == 1
    assert [mine.leave(), theirs.leave()] == [False, True]


def test_what_an_attempt_that_broke_off_left_behind_is_cleared_away(places: Places):
    prepare_state(places)
    half_done = places.state / "cluster.new-x1" / "data"
    half_done.mkdir(parents=True)
    (half_done / "PG_VERSION").write_text("15\n")
    places.cluster.mkdir()

    membership = sharing.join(project_cluster(places))

    assert answer(membership.server.sockets, "SELECT 1") == 1
    assert list(places.state.glob("cluster.new-*")) == []
    membership.leave()


def test_a_killed_initdb_does_not_block_the_next_start(places: Places):
    program = (
        "import sys, pathlib; from hospital.launcher import sharing, places, cluster\n"
        "here = places.places_of(pathlib.Path(sys.argv[1]))\n"
        "sharing.join(cluster.project_cluster(here))"
    )
    command = [sys.executable, "-c", program, str(places.root)]
    with subprocess.Popen(command, cwd=REPOSITORY) as starter:
        while not list(places.state.glob("cluster.new-*/data/PG_VERSION")):
            assert starter.poll() is None
        starter.kill()

    membership = sharing.join(project_cluster(places))

    assert answer(membership.server.sockets, "SELECT 1") == 1
    membership.leave()


def test_a_foreign_directory_is_refused_and_untouched(places: Places):
    prepare_state(places)
    places.cluster.mkdir()
    (places.cluster / "letters.txt").write_text("mine")

    for act in (sharing.join, sharing.reset):
        with pytest.raises(Problem, match="was not made by run.py"):
            act(project_cluster(places))

    assert [path.name for path in places.cluster.iterdir()] == ["letters.txt"]


@pytest.mark.parametrize("lost", ["PG_VERSION", "global/pg_control"])
def test_a_broken_cluster_is_refused_and_untouched(spoilable: Cluster, lost: str):
    (spoilable.places.data / lost).unlink()
    before = sorted(spoilable.places.cluster.rglob("*"))

    with pytest.raises(Problem, match="is broken and is left alone"):
        sharing.join(spoilable)

    assert sorted(spoilable.places.cluster.rglob("*")) == before


def test_a_server_that_refuses_to_start_says_why(spoilable: Cluster):
    settings = spoilable.places.data / "postgresql.auto.conf"
    settings.write_text("shared_buffers = 'plenty'\n")

    with pytest.raises(Problem, match=r"PostgreSQL did not start: .*postgres\.log"):
        sharing.join(spoilable)


def test_data_of_a_version_without_programs_is_named(spoilable: Cluster):
    (spoilable.places.data / "PG_VERSION").write_text("13\n")

    with pytest.raises(Problem, match="was made by PostgreSQL 13, but of its programs"):
        sharing.join(spoilable)


def test_a_reset_is_refused_while_somebody_uses_the_database(cluster: Cluster):
    membership = sharing.join(cluster)

    with pytest.raises(Problem, match="in use"):
        sharing.reset(cluster)

    assert answer(membership.server.sockets, "SELECT 1") == 1
    membership.leave()


def test_a_reset_deletes_the_data_and_the_next_start_makes_it_anew(spoilable: Cluster):
    sharing.reset(spoilable)

    assert spoilable.version() is None
    assert list(spoilable.places.state.glob("cluster.*")) == []


def test_a_path_too_long_for_a_socket_still_starts(folder: Path, lasting: Cluster):
    deep = Places(root=folder, state=folder / ("long-" * 20))
    deep.state.mkdir()
    cluster = Cluster(deep, server_account())
    copy(lasting, cluster)

    membership = sharing.join(cluster)

    sockets = membership.server.sockets
    assert answer(sockets, "SELECT 1") == 1
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 107
    assert mode_of(sockets) == 0o700
    membership.leave()
    shutil.rmtree(sockets)
