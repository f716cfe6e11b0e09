"""What can be done with the money in a wallet. Admin, REST and commands all come through here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import (
    AlreadyReversed,
    BalanceLimit,
    DayClosed,
    InsufficientFunds,
    WalletFrozen,
)
from client_wallet.ledger import Line, Posted, wallet_line
from client_wallet.models import JournalEntry, PaymentMethod, WalletAccount, WalletDeposit
from client_wallet.receipts import DEPOSIT, numbered_if
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from hospital.core.idempotency import (
    KEEP,
    SPENT,
    earlier_answer,
    keep_answer,
    key_values,
    require_kept,
)
from hospital.core.money import money_text, require_amount
from hospital.core.statements import MAX_ID, Part, Statement, run
from hospital.core.times import wire_time
from smcapp1.models import PatientProfile

TILLS: Mapping[str, str] = {  # the account that receives money of a method
    PaymentMethod.CASH: ledger.CASH,
    PaymentMethod.CARD: ledger.CARD_CLEARING,
    PaymentMethod.TRANSFER: ledger.BANK,
}


@dataclass(frozen=True)
class DepositTaken(Answer):
    """A deposit: amounts as text with two places, times in RFC 3339."""

    deposit_id: int
    receipt_number: str
    patient_id: int
    wallet_id: str
    amount: str
    account_balance: str
    created_at: str
    replayed: bool = False


@dataclass(frozen=True)
class DepositReversed(Answer):
    """A reversal: the deposit's id and what the wallet holds now."""

    reversal_of: int
    account_balance: str
    replayed: bool = False


@dataclass(frozen=True)
class WalletOpened:
    """A patient's wallet, and whether this call opened it."""

    wallet: WalletAccount
    created: bool


@transaction.atomic
def open_wallet(*, patient_id: int) -> WalletOpened:
    """
    Return the patient's wallet, opening it if there is none. Repeating it changes nothing.

    :raises NotFound: if there is no such patient
    """
    if not PatientProfile.objects.filter(pk=patient_id).exists():
        raise NotFound("There is no patient with this id.")
    wanted = WalletAccount(patient_id=patient_id)
    WalletAccount.objects.bulk_create([wanted], ignore_conflicts=True)
    wallet = WalletAccount.objects.get(patient_id=patient_id)
    return WalletOpened(wallet, created=wallet.pk == wanted.pk)


@transaction.atomic
def deposit_to_wallet(
    *,
    patient_id: int,
    amount: Decimal,
    act: Act,
    payment_method: str = PaymentMethod.CASH,
    external_reference: str = "",
    note: str = "",
) -> DepositTaken:
    """
    Take money from a patient into the wallet, opening the wallet on first use.

    ``amount`` is in CURRENCY, two places, above zero; ``payment_method`` CASH, CARD or TRANSFER.
    Locks the business day, the wallet and the cashier's receipt counter. Repeating a call with the
    same key returns the first answer and moves no money.

    :raises InvalidRequest: if the amount is not money or the method takes none
    :raises NotFound: if there is no such patient
    :raises WalletFrozen: if the wallet is closed
    :raises BalanceLimit: if the wallet would hold more than a balance can express
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another deposit
    """
    amount = require_amount(amount)
    if payment_method not in TILLS:
        raise InvalidRequest("payment_method", "A deposit is taken by CASH, CARD or TRANSFER.")
    details = {
        "payment_method": str(payment_method),
        "external_reference": external_reference,
        "note": note,
    }
    facts: dict[str, Any] = {
        "patient_id": patient_id,
        "amount": money_text(amount),
        **details,
    }
    day = timezone.localdate()
    wallet = _lock_for_deposit(patient_id, day)
    try:
        return _write_deposit(act, wallet, day, facts)
    except (WalletFrozen, BalanceLimit, DayClosed):  # or the key was spent, which comes first
        if kept := earlier_answer(act, "deposit", facts):
            return DepositTaken.again(kept)
        raise


_WALLET_COLUMNS = [field.attname for field in WalletAccount._meta.concrete_fields]  # noqa: SLF001 - Django's documented _meta
_LOCK_WALLET = Statement(
    "hold_day_and_lock_wallet",
    f"""
    SELECT {", ".join(_WALLET_COLUMNS)} FROM client_wallet_walletaccount
     WHERE patient_id = %(patient_id)s::bigint AND {ledger.DAY_IS_HELD}
       FOR NO KEY UPDATE""",  # noqa: S608 - the model's columns
)
_DEPOSIT = ledger.Companions(
    "deposit",
    before=(numbered_if(f"NOT EXISTS (SELECT FROM core_idempotencykey spent WHERE {SPENT})"),),
    after=(
        Part(
            "deposit",
            """
            INSERT INTO client_wallet_walletdeposit
                   (wallet_id, amount, payment_method, external_reference, note, receipt_number,
                    taken_by_id, created_at, business_date, entry_id, balance_after,
                    reversal_reason)
            SELECT link.wallet, %(amount)s::numeric, %(payment_method)s::text,
                   %(external_reference)s::text, %(note)s::text, entry.memo, entry.actor_id,
                   entry.posted_at, entry.business_date, entry.id, link.balance, ''
              FROM entry, link
            RETURNING id, receipt_number""",
        ),
        Part(
            "answer",
            """
            SELECT %(answer)s::jsonb || jsonb_build_object(
                       'deposit_id', id, 'receipt_number', receipt_number) AS facts
              FROM deposit""",
        ),
        KEEP,
    ),
    answers="(SELECT id FROM deposit), (SELECT key FROM kept)",
)


def _lock_for_deposit(patient_id: int, day: date) -> WalletAccount:
    """Hold the day and lock the patient's wallet, opening it if there is none. One statement."""
    values = {**ledger.held_day(day), "patient_id": patient_id}
    found = run([_LOCK_WALLET], values) if patient_id <= MAX_ID else None
    if found is None:
        ledger.hold_business_day()  # before anything else is locked
        open_wallet(patient_id=patient_id)
        found = run([_LOCK_WALLET], values)
    if found is None:  # wallets are never deleted
        raise NotFound("There is no wallet for this patient.")
    return WalletAccount.from_db(None, _WALLET_COLUMNS, found)


def _write_deposit(
    act: Act, wallet: WalletAccount, day: date, facts: Mapping[str, Any]
) -> DepositTaken:
    """
    Number, post and record a deposit, and keep its answer, in one statement.

    :raises DayClosed: if the business day was closed, or the key was spent: nothing was written
    """
    if wallet.status == WalletAccount.Status.CLOSED:
        raise WalletFrozen(
            "This wallet is closed; it takes no deposits.", wallet_status=wallet.status
        )
    amount = Decimal(facts["amount"])
    entry = ledger.draft(
        act,
        kind=JournalEntry.Kind.DEPOSIT,
        business_date=day,
        debits=[Line(TILLS[facts["payment_method"]], amount)],
        credits=[wallet_line(wallet, amount)],
    )
    shown: dict[str, Any] = {
        "patient_id": wallet.patient_id,
        "wallet_id": str(wallet.pk),
        "amount": facts["amount"],
        "account_balance": money_text(entry.new_balances[wallet.pk]),
        "created_at": wire_time(entry.posted_at),
    }
    values = {
        **facts,
        **key_values(act, "deposit", facts),
        "series": DEPOSIT,
        "answer": json.dumps(shown),
    }
    posted, (deposit_id, key) = ledger.write(entry, _DEPOSIT, values)
    require_kept(act, kept=key is not None)
    return DepositTaken(deposit_id=deposit_id, receipt_number=posted.memo, **shown)


@transaction.atomic
def reverse_deposit(*, deposit_id: int, reason: str, act: Act) -> DepositReversed:
    """
    Undo a deposit by a new entry that points at the old one, if the wallet still holds the money.

    Locks the business day, the deposit and its wallet. Repeating a call with the same key returns
    the first answer. A frozen wallet can be corrected.

    :raises InvalidRequest: if the reason is empty
    :raises NotFound: if there is no such deposit
    :raises SelfApproval: if the actor took the deposit
    :raises AlreadyReversed: if it was reversed before
    :raises InsufficientFunds: if the money was spent
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another reversal
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("reason", "Say why the deposit is reversed.")
    facts = {"deposit_id": deposit_id, "reason": reason}
    day = ledger.hold_business_day()
    deposit = _lock_deposit(deposit_id)
    wallet = ledger.lock_wallets([deposit.wallet_id])[deposit.wallet_id]
    if kept := earlier_answer(act, "reverse-deposit", facts):
        return DepositReversed.again(kept)
    if deposit.taken_by_id == act.actor.pk:
        raise SelfApproval("Whoever took a deposit cannot reverse it.")
    if deposit.reversed_by_id is not None:
        raise AlreadyReversed

    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.REVERSAL,
        business_date=day,
        debits=[wallet_line(wallet, deposit.amount)],
        credits=[Line(TILLS[deposit.payment_method], deposit.amount)],
        memo=deposit.receipt_number,
        reverses=deposit.entry_id,
    )
    deposit.reversed_by = act.actor
    deposit.reversed_at = posted.posted_at
    deposit.reversal_reason = reason
    deposit.reversal_id = posted.entry_id
    deposit.save(update_fields=["reversed_by", "reversed_at", "reversal_reason", "reversal"])
    answer = DepositReversed(deposit.pk, money_text(wallet.account_balance))
    keep_answer(act, "reverse-deposit", facts, answer.facts())
    return answer


@dataclass(frozen=True)
class Debited:
    """A wallet after money was taken from it, and the entry that took it."""

    wallet: WalletAccount
    posted: Posted


@transaction.atomic
def debit_wallet(
    *,
    patient_id: int,
    amount: Decimal,
    credits: Sequence[Line],
    act: Act,
    kind: JournalEntry.Kind = JournalEntry.Kind.PAYMENT,
    memo: str = "",
    business_date: date | None = None,
) -> Debited:
    """
    Take ``amount`` (CURRENCY, two places, above zero) from the patient's wallet for ``credits``.

    The one place where a wallet is debited for a payment. Locks the business day, unless the caller
    names the one it holds (past midnight a second one would be taken), and the wallet. It is part
    of a larger act, whose key makes repetition harmless.

    :raises InvalidRequest: if the amount is not money
    :raises InsufficientFunds: if the wallet holds less, or the patient has none
    :raises WalletFrozen: if the wallet is frozen or closed
    :raises DayClosed: if the business day was closed
    """
    amount = require_amount(amount)
    day = business_date or ledger.hold_business_day()
    wallet = lock_wallet(patient_id)
    if wallet is None:
        raise InsufficientFunds(available="0.00", requested=money_text(amount))
    if wallet.status != WalletAccount.Status.ACTIVE:
        raise WalletFrozen(wallet_status=wallet.status)
    if wallet.account_balance < amount:
        raise InsufficientFunds(
            available=money_text(wallet.account_balance), requested=money_text(amount)
        )
    posted = ledger.post(
        act,
        kind=kind,
        business_date=day,
        debits=[wallet_line(wallet, amount)],
        credits=credits,
        memo=memo,
    )
    return Debited(wallet, posted)


def lock_wallet(patient_id: int) -> WalletAccount | None:
    """Lock the patient's wallet and return it as it is under the lock; None if there is none."""
    locked = WalletAccount.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(patient_id=patient_id)
    except WalletAccount.DoesNotExist:
        return None


def wallet_of_id(wallet_id: UUID) -> WalletAccount:
    """
    Return a wallet without locking it.

    :raises NotFound: if there is no such wallet
    """
    try:
        return WalletAccount.objects.get(pk=wallet_id)
    except WalletAccount.DoesNotExist:
        raise NotFound("There is no wallet with this id.") from None


def _lock_deposit(deposit_id: int) -> WalletDeposit:
    locked = WalletDeposit.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=deposit_id)
    except WalletDeposit.DoesNotExist:
        raise NotFound("There is no deposit with this id.") from None
