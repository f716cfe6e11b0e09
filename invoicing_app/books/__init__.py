"""
Proves from rows alone that every unit of money, every drug and every receipt is where it should be.

``check_books()`` reads one snapshot; an empty answer means that the books are sound.
"""

from invoicing_app.books.examination import CHECKS, check_books
from invoicing_app.books.findings import Check, Finding, Outcome

__all__ = ["CHECKS", "Check", "Finding", "Outcome", "check_books"]
