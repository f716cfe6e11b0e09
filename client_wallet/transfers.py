"""Money from one patient's wallet to another's. A transfer is its own idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import InsufficientFunds, SameWallet, WalletFrozen
from client_wallet.ledger import wallet_line
from client_wallet.models import JournalEntry, Posting, Transfer, WalletAccount
from hospital.core.acts import Act, Answer
from hospital.core.errors import DomainError, InvalidRequest, KeyReused, NotFound
from hospital.core.money import ZERO, money_text, require_amount
from hospital.core.statements import Part, Statement, rows
from hospital.core.times import wire_time
from hospital.core.transactions import TransactionConflict

MAX_REFERENCE = 100  # characters
MAX_NOTE = 200


@dataclass(frozen=True)
class TransferMade(Answer):
    """A transfer; ``account_balance`` is the sender's. Nothing in it tells about the recipient."""

    id: str
    reference_id: str
    from_wallet: str
    to_wallet: str
    amount: str
    account_balance: str
    created_at: str
    replayed: bool = False


@transaction.atomic
def transfer_between_wallets(
    *,
    from_wallet_id: UUID | None,
    to_wallet_id: UUID,
    amount: Decimal,
    reference_id: str,
    act: Act,
    note: str = "",
) -> TransferMade:
    """
    Move money from one patient's wallet to another's.

    ``amount`` is in CURRENCY, two places, above zero; ``from_wallet_id`` is None for a patient who
    has no wallet yet, which is an empty one. Locks the business day and both wallets in id order.
    Repeating a call with the same ``reference_id`` (of 1 to 100 characters, each actor's own)
    returns the first answer and moves no money; the act's key is not looked at.

    :raises InvalidRequest: if the amount is not money, or reference or note are no such text
    :raises SameWallet: if source and target are one
    :raises NotFound: if there is no such wallet
    :raises WalletFrozen: if the source is frozen or closed, or the target is closed
    :raises InsufficientFunds: if the source holds less than amount
    :raises BalanceLimit: if the target would hold more than a balance can express
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the reference was used for another transfer
    """
    amount = require_amount(amount)
    _require_text("reference_id", reference_id, least=1, most=MAX_REFERENCE)
    _require_text("note", note, least=0, most=MAX_NOTE)
    if from_wallet_id == to_wallet_id:
        raise SameWallet
    facts = {
        "reference_id": reference_id,
        "from_wallet": str(from_wallet_id),
        "to_wallet": str(to_wallet_id),
        "amount": money_text(amount),
        "note": note,
    }
    day = timezone.localdate()
    source, target = _lock_pair(from_wallet_id, to_wallet_id, day, amount)
    try:
        return _write(act, source, target, day, facts)
    except DomainError:  # or the transfer was made before, which comes first
        if made := _made_before(act, facts):
            return made
        raise


_COLUMNS = [field.attname for field in WalletAccount._meta.concrete_fields]  # noqa: SLF001 - Django's documented _meta
_LOCK_PAIR = Statement(
    "lock_pair_of_wallets",
    f"""
    SELECT {", ".join(_COLUMNS)} FROM client_wallet_walletaccount
     WHERE id IN (%(source)s::uuid, %(target)s::uuid) ORDER BY id FOR NO KEY UPDATE""",  # noqa: S608 - the model's columns
)
_TRANSFER = ledger.Companions(
    "transfer",
    before=(
        Part(
            "memo",
            """
            SELECT '' AS text, '' AS hashed
             WHERE NOT EXISTS (SELECT FROM client_wallet_transfer made
                                WHERE made.requested_by_id = %(actor_id)s::bigint
                                  AND made.reference_id = %(reference_id)s::text)""",
        ),
    ),
    after=(
        Part(
            "transfer",
            """
            INSERT INTO client_wallet_transfer
                   (id, reference_id, from_wallet_id, to_wallet_id, amount, note,
                    requested_by_id, created_at, entry_id)
            SELECT %(uid)s::uuid, %(reference_id)s::text, %(from_wallet)s::uuid,
                   %(to_wallet)s::uuid, %(amount)s::numeric, %(note)s::text,
                   entry.actor_id, entry.posted_at, entry.id
              FROM entry
            ON CONFLICT (requested_by_id, reference_id) DO NOTHING
            RETURNING id""",
        ),
    ),
    answers="(SELECT id FROM transfer)",
)


def _require_text(field: str, text: str, *, least: int, most: int) -> None:
    if not least <= len(text) <= most or "\0" in text:
        raise InvalidRequest(field, f"Write {least} to {most} characters.")


def _lock_pair(
    source_id: UUID | None, target_id: UUID, day: date, amount: Decimal
) -> tuple[WalletAccount, WalletAccount]:
    """Hold the day and lock source and target in id order, in one round trip."""
    values = {**ledger.held_day(day), "source": source_id, "target": target_id}
    found = rows([ledger.HOLD_DAY, _LOCK_PAIR], values)
    wallets = {row[0]: WalletAccount.from_db(None, _COLUMNS, row) for row in found}
    if target_id not in wallets:
        raise NotFound("There is no wallet with this id to transfer to.")
    if source_id is None:
        raise InsufficientFunds(available="0.00", requested=money_text(amount))
    if source_id not in wallets:
        raise NotFound("There is no wallet with this id to transfer from.")
    return wallets[source_id], wallets[target_id]


def _write(
    act: Act, source: WalletAccount, target: WalletAccount, day: date, facts: Mapping[str, str]
) -> TransferMade:
    """
    Post the entry and record the transfer, in one statement.

    :raises DayClosed: if the business day was closed, or the reference was used: nothing is written
    :raises TransactionConflict: if another transfer used the reference meanwhile
    """
    _require_open(source, target)
    amount = Decimal(facts["amount"])
    entry = ledger.draft(
        act,
        kind=JournalEntry.Kind.TRANSFER,
        business_date=day,
        debits=[wallet_line(source, amount)],
        credits=[wallet_line(target, amount)],
    )
    _, (transfer_id,) = ledger.write(entry, _TRANSFER, facts)
    if transfer_id is None:
        raise TransactionConflict
    return _answer(facts, transfer_id, source.account_balance, entry.posted_at)


def _require_open(source: WalletAccount, target: WalletAccount) -> None:
    if source.status != WalletAccount.Status.ACTIVE:
        raise WalletFrozen(wallet_status=source.status)
    if target.status == WalletAccount.Status.CLOSED:
        raise WalletFrozen(
            "The wallet to transfer to is closed; it takes no money.", wallet_status=target.status
        )


def _made_before(act: Act, facts: Mapping[str, str]) -> TransferMade | None:
    """
    Return the answer of the actor's transfer of this reference, or None if there is none.

    :raises KeyReused: if it was a transfer of other facts
    """
    made = Transfer.objects.filter(requested_by=act.actor, reference_id=facts["reference_id"])
    transfer = made.first()
    if transfer is None:
        return None
    if {name: str(getattr(transfer, column)) for name, column in _FACTS.items()} != facts:
        raise KeyReused("This reference_id was already used for a different transfer.")
    debit = Posting.objects.get(entry_id=transfer.entry_id, wallet_id=transfer.from_wallet_id)
    balance = debit.balance_after or ZERO
    return _answer(facts, transfer.pk, balance, transfer.created_at, replayed=True)


_FACTS = {  # each by the attribute of a Transfer
    "reference_id": "reference_id",
    "from_wallet": "from_wallet_id",
    "to_wallet": "to_wallet_id",
    "amount": "amount",
    "note": "note",
}


def _answer(
    facts: Mapping[str, str],
    transfer_id: UUID,
    balance: Decimal,
    created_at: datetime,
    *,
    replayed: bool = False,
) -> TransferMade:
    return TransferMade(
        id=str(transfer_id),
        reference_id=facts["reference_id"],
        from_wallet=facts["from_wallet"],
        to_wallet=facts["to_wallet"],
        amount=facts["amount"],
        account_balance=money_text(balance),
        created_at=wire_time(created_at),
        replayed=replayed,
    )
