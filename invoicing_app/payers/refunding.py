"""A refund of a covered item takes the payer's share back too, as long as nobody has settled it."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from client_wallet.ledger import Line
from client_wallet.ledger.receivables import receivable_account
from hospital.core.money import ZERO, money_text, with_currency
from invoicing_app.payers.errors import ClaimSettled
from invoicing_app.payers.locks import lock_claims
from invoicing_app.payers.models import Claim, ClaimSettlement

Shares = Mapping[int, Decimal]  # bill item id → how much of the payer's share goes back, above zero


def receivable_credits(shares: Shares) -> list[Line]:
    """
    Return the credits that a refund's entry needs for the payers' shares of these items.

    Locks the claims in id order, after the consultation and before wallets; hand the entry's id to
    ``take_claims_back`` once it is posted.

    :raises ClaimSettled: if less of a claim is open than goes back
    """
    credits: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for claim, amount in _claims(shares):
        if claim.open_amount < amount:
            raise ClaimSettled(
                f"{with_currency(claim.open_amount)} of the payer's share is open;"
                f" {with_currency(amount)} was to go back.",
                claim_id=claim.pk,
                open=money_text(claim.open_amount),
                requested=money_text(amount),
            )
        credits[receivable_account(claim.payer.code)] += amount
    return [Line(account, amount) for account, amount in sorted(credits.items())]


def take_claims_back(shares: Shares, *, entry_id: int) -> None:
    """Lessen the claims by what a refund's entry credits their payers."""
    ClaimSettlement.objects.bulk_create(
        ClaimSettlement(
            claim=claim,
            kind=ClaimSettlement.Kind.REFUNDED,
            amount=amount,
            entry_id=entry_id,
        )
        for claim, amount in _claims(shares)
    )


def _claims(shares: Shares) -> list[tuple[Claim, Decimal]]:
    of_items = Claim.objects.filter(payment_line__bill_item__in=shares)
    items = dict(of_items.values_list("pk", "payment_line__bill_item"))
    locked = lock_claims(items)
    return [(claim, shares[items[claim.pk]]) for claim in locked.values()]
