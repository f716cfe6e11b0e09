"""Without a Chromium the tests in a browser say so in a sentence."""

import os

import pytest

from tests.browser import chromium


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without a browser; returns where one may be put."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("BROWSER_REQUIRED", raising=False)
    return tmp_path


def put(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o700)
    return str(path)


def test_without_one_the_tests_are_skipped(bare):
    with pytest.raises(pytest.skip.Exception, match="^no Chromium found: apt-get install chromium"):
        chromium.program()


def test_where_there_must_be_one_they_fail(bare, monkeypatch):
    monkeypatch.setenv("BROWSER_REQUIRED", "1")

    with pytest.raises(pytest.fail.Exception, match="^no Chromium found"):
        chromium.program()


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_one_on_the_path_is_found(bare, name):
    program = put(bare / name)

    assert chromium.program() == program


def test_the_one_that_is_named_comes_first(bare, monkeypatch):
    put(bare / "chromium")
    mine = put(bare / "mine")
    monkeypatch.setenv("CHROMIUM", mine)

    assert chromium.program() == mine


def test_one_that_is_named_wrongly_is_not_replaced_by_another(bare, monkeypatch):
    put(bare / "chromium")
    monkeypatch.setenv("CHROMIUM", os.path.join(bare, "mistyped"))

    with pytest.raises(pytest.skip.Exception):
        chromium.program()
