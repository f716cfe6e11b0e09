"""What a browser may load: one strict policy on every answer, and no page that it would break."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse
from rest_framework.test import APIClient

from tests.admin_pages import signed_in
from tests.factories import UserFactory

STRICT = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "font-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
ADMIN = {**STRICT, "script-src": {"'self'", "'unsafe-eval'"}, "connect-src": {"'self'"}}
DOCS = {**STRICT, "img-src": {"'self'", "data:"}, "connect-src": {"'self'"}}
SAMPLES = {"wallet_id": "0b5c2a5e-8f0e-4f0e-9a51-0d6a3a1f2b3c", "url": "nowhere/"}
REGISTERED = sorted(admin.site._registry, key=lambda model: model.__name__)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|<[^>]*\s(?:style|on[a-z]+)=\"", re.I)


def policy_of(response: Any) -> dict[str, set[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {directive: set(sources) for directive, *sources in parts}


def every_path() -> list[str]:
    """Return one address of every pattern there is, with made-up arguments."""
    root = get_resolver()
    resolvers = [("", root), *root.namespace_dict.values()]
    return sorted(
        {
            "/" + prefix + path % {name: SAMPLES.get(name, "1") for name in names}
            for prefix, resolver in resolvers
            for key in resolver.reverse_dict
            for possibilities, *_ in resolver.reverse_dict.getlist(key)
            for path, names in possibilities
        }
    )


def test_every_address_answers_with_the_policy(db):
    client = signed_in(UserFactory(is_superuser=True))
    client.raise_request_exception = False
    paths = [path for path in every_path() if path != reverse("admin:logout")]

    policies = {path: policy_of(client.get(path)) for path in paths}

    assert policies == {
        path: DOCS if path.startswith("/api/docs") else ADMIN if "/admin/" in path else STRICT
        for path in paths
    }
    assert {"/", "/admin/", "/admin/core/user/1/change/", "/api/docs", "/api/token"} <= set(paths)


@pytest.mark.parametrize(
    ("path", "status", "policy"),
    [
        ("/nowhere/", 404, STRICT),
        ("/api/nowhere/", 404, STRICT),
        ("/api/patients/", 401, STRICT),
        ("/admin/nowhere/", 302, ADMIN),
        ("/static/core/icon.svg", 200, STRICT),
        ("/admin", 301, STRICT),
    ],
)
def test_refusals_redirects_and_files_have_the_policy(db, path, status, policy):
    response = Client().get(path)
    response.close()  # a file's

    assert (response.status_code, policy_of(response)) == (status, policy)


def test_a_wrong_host_a_bug_and_a_page_too_old_have_the_policy(db, monkeypatch):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ValueError

    monkeypatch.setattr("hospital.core.health.what_is_missing", broken)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answers = [
        client.get("/", headers={"host": "elsewhere.example"}),
        client.get("/health/ready"),
        client.post("/admin/login/"),
    ]

    assert [answer.status_code for answer in answers] == [400, 500, 403]
    assert [policy_of(answer) for answer in answers] == [STRICT, STRICT, ADMIN]


def test_other_headers_keep_pages_to_themselves(db):
    response = APIClient().get("/api/schema/")

    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_no_page_of_the_admin_holds_what_the_policy_forbids(db, model):
    client = signed_in(UserFactory(is_superuser=True))
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    pages = [client.get(reverse(f"{name}_{page}")) for page in ("changelist", "add")]

    assert [INLINE.findall(page.content.decode()) for page in pages] == [[], []]


@pytest.mark.parametrize("path", ["/admin/", "/admin/password_change/", "/api/docs/", "/nowhere/"])
def test_no_other_page_holds_what_the_policy_forbids(db, path):
    page = signed_in(UserFactory(is_superuser=True)).get(path)

    assert INLINE.findall(page.content.decode()) == []


def test_the_api_docs_find_their_script(db):
    client = Client()
    page = client.get("/api/docs/").content.decode()
    (address,) = re.findall(r'src="(/api/docs[^"]*)"', page)

    script = client.get(address)

    assert script["Content-Type"].startswith("application/javascript")
    assert 'url: "/api/schema' in script.content.decode()


def test_the_signs_of_a_broken_page_are_seen():
    broken = ["<script>x</script>", "<style>", '<p style="color: red">', '<a onclick="x()">']

    assert [bool(INLINE.search(page)) for page in broken] == [True] * 4
    assert INLINE.search('<script src="/static/x.js" defer></script>') is None
