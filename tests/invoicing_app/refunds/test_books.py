"""The books are sound after refunds of every kind."""

import pytest

from invoicing_app.books.examination import check_books
from tests.invoicing_app.refunds.kinds import refunds_of_every_kind

pytestmark = pytest.mark.usefixtures("real_commits")


def test_the_books_are_sound_after_refunds_of_every_kind():
    refunds_of_every_kind()

    assert check_books() == []
