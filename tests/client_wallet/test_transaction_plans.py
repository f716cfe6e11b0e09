"""What pages of a long list cost: no page more than the first, and none more with more rows."""

from functools import partial

import pytest

from client_wallet.models import JournalEntry, WalletAccount
from client_wallet.transaction_pages import Cursor, Cut, transactions_page
from client_wallet.transactions import EVERYTHING
from tests.client_wallet.journal import run
from tests.client_wallet.test_history import WRITE_MANY
from tests.databases import owner_cursor
from tests.factories import UserFactory, make_wallet
from tests.plans import buffers_in, indexes_in, plans_of, sorts_in

MANY = 10_000
LIMIT = 2
ASK_FOR_MANY = """
    INSERT INTO client_wallet_withdrawal
           (id, wallet_id, amount, bank_code, account_number, account_name, status, scheduled_for,
            requested_by_id, created_at, bank_reference, attempts, inconclusive_asks, last_call,
            failure_code, failure_detail, evidence)
    SELECT id, %(wallet)s::uuid, 1, '058', '1234567890', 'Ada Obi', 'SCHEDULED', now(),
           %(actor)s, now() - number * interval '1 second', id::text, 0, 0, 0, '', '', ''
      FROM (SELECT gen_random_uuid() AS id, number
              FROM generate_series(1, %(many)s) AS number) AS one
"""


@pytest.fixture
def long_list(real_commits: str) -> WalletAccount:
    """A wallet with many postings and many withdrawals, beside another one; all is analysed."""
    wallets = [make_wallet(), make_wallet()]
    actor = UserFactory()
    for wallet in wallets:
        values = {"actor": actor.pk, "wallet": str(wallet.pk), "many": MANY}
        run(WRITE_MANY, values)
        run(ASK_FOR_MANY, values)
    with owner_cursor(real_commits) as cursor:
        cursor.execute(
            "VACUUM (ANALYZE) client_wallet_journalentry, client_wallet_posting,"
            " client_wallet_withdrawal, client_wallet_transfer"
        )
    return wallets[0]


def test_a_page_deep_in_the_list_costs_what_the_first_does(long_list):
    middle = long_list.withdrawals.order_by("created_at")[MANY // 2]
    cut = Cut(MANY // 2, middle.created_at, middle.pk)
    page = partial(transactions_page, long_list.pk, EVERYTHING, limit=LIMIT)

    first = plans_of(page)
    deep = plans_of(partial(page, cursor=Cursor(cut)))
    back = plans_of(partial(page, cursor=Cursor(cut, is_newer=True)))

    for plans in (first, deep, back):
        postings, withdrawals = plans
        assert "wallet_sequence_is_used_once" in indexes_in(postings)
        assert "withdrawal_of_wallet" in indexes_in(withdrawals)
        assert [sorts_in(plan) for plan in plans] == [0, 0]
    for plans in (deep, back):
        assert sum(map(buffers_in, plans)) <= sum(map(buffers_in, first)) + 12
    assert JournalEntry.objects.count() == 2 * MANY
