"""``manage.py test`` runs the pytest suite."""

from typing import Any

import pytest


class PytestRunner:
    def __init__(self, *, verbosity: int = 1, failfast: bool = False, **options: Any) -> None:
        self.arguments = ["-q"] * (verbosity == 0) + ["-x"] * failfast

    def run_tests(self, test_labels: list[str], **options: Any) -> int:
        """Return pytest's exit code: 0 if all tests passed."""
        return int(pytest.main([*self.arguments, *test_labels]))
