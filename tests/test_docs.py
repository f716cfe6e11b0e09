"""What the documents list is what there is."""

import re
from importlib import import_module
from pathlib import Path

from django.conf import settings

from hospital.core.errors import DomainError
from tests.test_roles import ENDPOINTS, ROLES, Endpoint

ROOT = Path(settings.BASE_DIR)


def test_every_refusal_stands_among_the_problem_types_with_its_status():
    page = (ROOT / "docs" / "problem-types.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", page, re.MULTILINE))

    for app in ("client_wallet", "invoicing_app", "smcapp1"):
        import_module(f"{app}.errors")  # a class is seen once its module is imported
    refusals = {refusal.code: str(refusal.status) for refusal in _named(DomainError)}

    assert refusals.items() <= listed.items()
    assert "busy" in refusals


def test_every_setting_stands_in_the_readme():
    text = (ROOT / "hospital" / "settings.py").read_text()
    names = set(re.findall(r'env\.[a-z_]+\(\s*"([A-Z_]+)"', text))

    readme = (ROOT / "README.md").read_text()

    assert {name for name in names if f"`{name}`" not in readme} == set()
    assert "SECRET_KEY" in names


def test_the_roles_page_shows_what_the_role_tests_prove():
    page = (ROOT / "docs" / "roles.md").read_text()

    rows = [line for line in page.splitlines() if line.startswith("| `")]

    assert rows == [_row(endpoint) for endpoint in ENDPOINTS]


def _row(endpoint: Endpoint) -> str:
    name = endpoint.name.replace("_", "-")
    marks = ["yes" if role in endpoint.allowed else "–" for role in ROLES if role != "Patient"]
    patient = {403: "–", 404: "own", 200: "own"}[endpoint.foreign]
    return f"| `{endpoint.method}` {name} | {' | '.join([*marks, patient])} |"


def _named(refusal: type[DomainError]) -> list[type[DomainError]]:
    below = [named for child in refusal.__subclasses__() for named in _named(child)]
    return below if refusal is DomainError else [refusal, *below]
