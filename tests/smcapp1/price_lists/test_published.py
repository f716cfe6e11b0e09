"""Three lists that hospitals published: every row accounted for, by a reading of the test's own."""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from smcapp1.models import Price
from tests.factories import DepartmentFactory
from tests.rows import everything
from tests.smcapp1.price_lists.lists import run, run_refused

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "price-lists"

# The published lists stand beside the project and are not copied into it.
pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the published lists are not in {FOLDER}"),
    pytest.mark.django_db,
]


@dataclass(frozen=True)
class Published:
    """A list, where its columns stand, and the counts that were worked out by hand."""

    file: str
    name: int
    price: int
    code: int | None
    new: int
    rejected: int

    def counts(self, *, is_imported: bool) -> str:
        new, unchanged = (0, self.new) if is_imported else (self.new, 0)
        return f"new={new} changed=0 unchanged={unchanged} rejected={self.rejected}"

    def items(self) -> dict[str, Decimal]:
        """Return code, or name in small letters, → the one price of each item."""
        found: defaultdict[str, set[Decimal]] = defaultdict(set)
        with (FOLDER / self.file).open(encoding="utf-8-sig", newline="") as lines:
            for cells in list(csv.reader(lines))[1:]:
                name = " ".join(cells[self.name].split())
                written = re.sub(r"[$, ]", "", cells[self.price])
                if re.fullmatch(r"\d+\.\d\d", written) and len(name) <= 250:
                    key = name.casefold() if self.code is None else cells[self.code]
                    found[key].add(Decimal(written))
        return {key: prices.pop() for key, prices in found.items() if len(prices) == 1}


# Rejected: two words for a price; 140 rows of 69 names with two prices each or more;
# four rows of two such names, and a name of 281 characters.
LISTS = [
    Published("aurora-lakeland-standard-charges.csv", 2, 3, 1, new=1994, rejected=2),
    Published("cooper-CM-list.csv", 1, 2, None, new=8667, rejected=140),
    Published("ochsner-St-Charles.csv", 0, 1, None, new=3184, rejected=5),
]


@pytest.mark.parametrize("published", LISTS, ids=[one.file for one in LISTS])
def test_a_published_list_comes_in_whole_and_once(published):
    DepartmentFactory(code="LABORATORY")
    before = everything()

    shown = run(FOLDER / published.file, dry_run=True)
    refused, _ = run_refused(FOLDER / published.file)
    assert everything() == before

    first = run(FOLDER / published.file, skip_rejected=True)
    after = everything()
    second = run(FOLDER / published.file, skip_rejected=True)

    fresh = published.counts(is_imported=False)
    assert [shown[-1], refused[-1], first[-1]] == [fresh] * 3
    assert second[-1] == published.counts(is_imported=True)
    assert everything() == after
    key = "name" if published.code is None else "code"
    held = Price.objects.values_list(f"service_item__{key}", "unit_price")
    folded = {(text.casefold() if key == "name" else text): price for text, price in held}
    assert folded == published.items()
