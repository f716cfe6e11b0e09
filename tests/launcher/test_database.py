import dataclasses
import socket
import sys
from pathlib import Path

import pytest

from hospital.launcher.cluster import Cluster
from hospital.launcher.database import redacted, require_reachable, unreachable_because
from hospital.launcher.environment import hospital_environment
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql://u@h:5433/d"),
        ("postgres://u:p%40ss%2F@h/d?sslmode=require", "postgres://u@h/d?sslmode=require"),
        ("postgresql://u@/d?host=%2Frun", "postgresql://u@/d?host=%2Frun"),
        ("postgresql:///d?user=u&password=p&port=1", "postgresql:///d?user=u&password=***&port=1"),
        (
            "postgresql://u:p@[::1]:5432/d?sslpassword=p",
            "postgresql://u@[::1]:5432/d?sslpassword=***",
        ),
        ("postgresql://u:a@b@h/d", "postgresql://u@h/d"),
        ("host=h password=p", "(not a postgresql:// URL)"),
        ("mysql://u:p@h/d", "(not a postgresql:// URL)"),
        ("postgresql://u:p@[broken/d", "(not a URL)"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str):
    assert redacted(url) == shown


@pytest.fixture
def installed(places: Places) -> Places:
    """A project whose .venv is the one that runs the tests."""
    places.venv.symlink_to(sys.prefix)
    return places


def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(installed: Places):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses, and nobody else takes it
        port = taken.getsockname()[1]
        url = f"postgresql://desk:s3cr%40t@127.0.0.1:{port}/money"

        with pytest.raises(Problem, match="cannot be reached: .*refused") as caught:
            require_reachable(installed, {"DATABASE_URL": url})

    assert "s3cr" not in str(caught.value)
    assert str(caught.value).startswith(f"The database postgresql://desk@127.0.0.1:{port}/money of")


@pytest.mark.parametrize(
    "url", ["postgresql://u:hush@h:notaport/d", "nonsense hush", "host=h x=hush"]
)
def test_a_url_that_cannot_be_read_keeps_its_secrets(installed: Places, url: str):
    reason = unreachable_because(installed, {"DATABASE_URL": url})

    assert reason
    assert "hush" not in reason


def test_a_database_that_answers_is_reachable(cluster: Cluster):
    with hospital_environment(cluster.places.root, {}) as (environ, _membership):
        places = dataclasses.replace(cluster.places, root=Path(sys.prefix).parent)

        assert unreachable_because(places, environ) == ""
