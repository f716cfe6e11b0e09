from hospital.launcher.cluster import Cluster
from hospital.launcher.environment import (
    CLUSTER_VARIABLE,
    demo_defaults,
    hospital_environment,
    is_production,
    uses_own_cluster,
)
from hospital.launcher.places import Places
from tests.launcher.conftest import answer

FOREIGN = "postgresql://desk:secret@db.example/money"


def test_only_debug_turned_off_without_the_demo_is_production():
    off = [is_production({"DEBUG": value}) for value in ("0", "false", "Off", "no")]
    other = [{}, {"DEBUG": ""}, {"DEBUG": "1"}, {"DEBUG": "0", "DEMO": "1"}, {"DEMO": "0"}]

    assert off == [True] * 4
    assert [is_production(environ) for environ in other] == [False] * 5


def test_production_gets_nothing_that_was_not_given(places: Places):
    given = {"DEBUG": "0"}

    with hospital_environment(places.root, given) as (environ, membership):
        assert (environ, membership) == (given, None)
    assert not places.state.exists()


def test_the_demo_gets_what_is_missing_and_keeps_what_was_given(places: Places):
    environ = demo_defaults(places, {"DEBUG": "1", "ALLOWED_HOSTS": "desk.example", "X": "y"})
    key = environ.pop("SECRET_KEY")

    assert environ == {
        "DEMO": "1",
        "DEBUG": "1",
        "ALLOWED_HOSTS": "desk.example",
        "DEFAULT_PAYOUT_DESTINATION": "058:0123456789:Demo Patient",
        "X": "y",
    }
    assert len(key) >= 50


def test_the_secret_key_is_made_once_and_private(places: Places):
    keys = {demo_defaults(places, {})["SECRET_KEY"] for _ in range(3)}

    assert len(keys) == 1
    assert places.secret_key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in places.state.glob("secret_key*")] == ["secret_key"]


def test_a_database_the_user_names_is_used_and_none_is_started(places: Places):
    with hospital_environment(places.root, {"DATABASE_URL": FOREIGN}) as (environ, membership):
        assert membership is None
        assert environ["DATABASE_URL"] == FOREIGN
        assert "DATABASE_OWNER_URL" not in environ
    assert not places.cluster.exists()


def test_the_own_database_is_there_as_long_as_it_is_used(cluster: Cluster):
    with hospital_environment(cluster.places.root, {}) as (environ, membership):
        assert membership is not None
        sockets = membership.server.sockets
        assert answer(sockets, "SELECT current_user") == "hospital_app"
        assert environ["DATABASE_OWNER_URL"].startswith("postgresql://hospital_owner@/hospital?")
    assert cluster.running() is None


def test_a_child_shares_the_server_and_keeps_its_own_database(cluster: Cluster):
    with hospital_environment(cluster.places.root, {}) as (parents, first):
        tests = {**parents, "DATABASE_URL": parents["DATABASE_URL"].replace("/hospital?", "/t1?")}
        with hospital_environment(cluster.places.root, tests) as (childs, second):
            assert first is not None
            assert second is not None
            assert (childs, second.server.pid) == (tests, first.server.pid)
        assert cluster.running() is not None


def test_a_variable_of_another_project_means_nothing(places: Places):
    environ = {CLUSTER_VARIABLE: "/elsewhere", "DATABASE_URL": FOREIGN}

    assert not uses_own_cluster(places, environ)
