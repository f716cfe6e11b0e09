"""What can be done with the money in a wallet. Admin, REST and commands all come through here."""

import json
from collections.abc import Iterable, Mapping, Sequence
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
from client_wallet.ledger.unread import credit_statement, credit_values
from client_wallet.models import JournalEntry, PaymentMethod, WalletAccount, WalletDeposit
from client_wallet.models.deposits import ONLINE
from client_wallet.receipts import DEPOSIT, numbered_if
from client_wallet.shifts.drawers import (
    SHIFT_IS_HELD,
    Till,
    hold_drawers,
    payout_till,
    taking_till,
    till_account,
    till_of,
)
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
from hospital.core.money import MAX_BALANCE, money_text, require_amount
from hospital.core.statements import MAX_ID, Part, Statement, run
from hospital.core.times import wire_time_sql
from smcapp1.models import PatientProfile

AT_THE_DESK = {PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.TRANSFER}


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
    if payment_method not in AT_THE_DESK:
        raise InvalidRequest("payment_method", "A deposit is taken by CASH, CARD or TRANSFER.")
    facts = {
        "patient_id": patient_id,
        "amount": money_text(require_amount(amount)),
        "payment_method": str(payment_method),
        "external_reference": external_reference,
        "note": note,
    }
    return _take(act, patient_id, facts)


@transaction.atomic
def deposit_online_payment(
    *, patient_id: int, amount: Decimal, external_reference: str, act: Act
) -> DepositTaken:
    """
    Take into the wallet what a gateway has received; part of ``credit_online_payment`` alone.

    Amounts, locks, repetition and refusals are those of ``deposit_to_wallet``.
    """
    facts = {
        "patient_id": patient_id,
        "amount": money_text(require_amount(amount)),
        "payment_method": ONLINE,
        "external_reference": external_reference,
        "note": "",
    }
    return _take(act, patient_id, facts)


def _take(act: Act, patient_id: int, facts: Mapping[str, Any]) -> DepositTaken:
    day = timezone.localdate()
    taken = _lock_and_take(act, day, facts) if patient_id <= MAX_ID else None
    if taken is None and _open_what_is_missing(act, patient_id, facts):
        taken = _lock_and_take(act, day, facts)
    return taken or _replay_or_refuse(act, day, facts)


def _open_what_is_missing(act: Act, patient_id: int, facts: Mapping[str, Any]) -> bool:
    """Open the cashier's shift and the patient's wallet, if need be; a repetition needs neither."""
    ledger.hold_business_day()  # before anything else is locked
    if earlier_answer(act, "deposit", facts):
        return False
    if facts["payment_method"] in AT_THE_DESK:
        till_of(act, facts["payment_method"])
    if lock_wallet(patient_id) is None:
        open_wallet(patient_id=patient_id)
    return True


_THE_WALLET = "wallet.patient_id = %(patient_id)s::bigint"
_LOCK_WALLET = Statement(
    "hold_day_and_lock_wallet",
    f"""
    SELECT FROM client_wallet_walletaccount wallet
     WHERE {_THE_WALLET} AND {ledger.DAY_IS_HELD} AND {SHIFT_IS_HELD} FOR NO KEY UPDATE""",  # noqa: S608 - no input in it
)
_DEPOSIT = ledger.Companions(
    "deposit",
    before=(numbered_if("EXISTS (SELECT FROM found)"),),
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
            RETURNING id, receipt_number, wallet_id, balance_after, created_at""",
        ),
        Part(
            "answer",
            f"""
            SELECT jsonb_build_object(
                       'deposit_id', id, 'receipt_number', receipt_number,
                       'patient_id', %(patient_id)s::bigint, 'wallet_id', wallet_id,
                       'amount', %(amount)s::text, 'account_balance', balance_after::text,
                       'created_at', {wire_time_sql("created_at")}) AS facts
              FROM deposit""",  # noqa: S608 - no input in it
        ),
        KEEP,
    ),
    answers="(SELECT facts FROM answer), (SELECT key FROM kept)",
)
_TAKE_DEPOSIT = credit_statement(
    _DEPOSIT,
    f"""{_THE_WALLET} AND wallet.status <> 'CLOSED'
           AND NOT EXISTS (SELECT FROM core_idempotencykey spent WHERE {SPENT})""",  # noqa: S608 - no input in it
)


def _lock_and_take(act: Act, day: date, facts: Mapping[str, Any]) -> DepositTaken | None:
    """
    Hold the day, lock the wallet, and then number, post and record the deposit under its key.

    One round trip. None where nothing was written: there is no wallet, the key was spent, or the
    wallet or the day takes no deposit.

    :raises TransactionConflict: if the key was spent meanwhile on another wallet
    """
    entry = credit_values(
        act,
        kind=JournalEntry.Kind.DEPOSIT,
        account=_account(act, facts["payment_method"]),
        amount=facts["amount"],
        business_date=day,
        in_shift=facts["payment_method"] in AT_THE_DESK,
    )
    values = {**facts, **entry, **key_values(act, "deposit", facts), "series": DEPOSIT}
    written = run([_LOCK_WALLET, _TAKE_DEPOSIT], values)
    if written is None:
        return None
    answer, key = written
    require_kept(act, kept=key is not None)
    return DepositTaken(**json.loads(answer))


def _account(act: Act, payment_method: str) -> str:
    """Return the account that a deposit is debited to; none of the desk's is for an online one."""
    if payment_method == ONLINE:
        return ledger.GATEWAY_CLEARING
    return till_account(payment_method, act.actor.pk)


def _replay_or_refuse(act: Act, day: date, facts: Mapping[str, Any]) -> DepositTaken:
    """Give the first answer again if the key was spent, or say why nothing was written."""
    if kept := earlier_answer(act, "deposit", facts):
        return DepositTaken.again(kept)
    wallet = lock_wallet(facts["patient_id"])
    if wallet is None:  # wallets are never deleted
        raise NotFound("There is no wallet for this patient.")
    if wallet.status == WalletAccount.Status.CLOSED:
        raise WalletFrozen(
            "This wallet is closed; it takes no deposits.", wallet_status=wallet.status
        )
    if wallet.account_balance + Decimal(facts["amount"]) > MAX_BALANCE:
        raise BalanceLimit
    raise DayClosed(business_date=str(day))


@transaction.atomic
def reverse_deposit(*, deposit_id: int, reason: str, act: Act) -> DepositReversed:
    """
    Undo a deposit by a new entry that points at the old one, if the wallet still holds the money.

    Cash goes out of the drawer that took it while its shift is open and holds so much, else out of
    the actor's own. Locks the business day, both drawers, the deposit and its wallet. Repeating a
    call with the same key returns the first answer. A frozen wallet can be corrected.

    :raises InvalidRequest: if the reason is empty
    :raises NotFound: if there is no such deposit
    :raises SelfApproval: if the actor took the deposit
    :raises AlreadyReversed: if it was reversed before
    :raises InsufficientFunds: if the money was spent
    :raises NoOpenShift: if the actor's own drawer is needed and SHIFT_OPENS_ITSELF is off
    :raises DrawerShort: if neither drawer holds the cash
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another reversal
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("reason", "Say why the deposit is reversed.")
    facts = {"deposit_id": deposit_id, "reason": reason}
    day = ledger.hold_business_day()
    hold_drawers([act.actor.pk, *_takers_of(deposit_id)])
    deposit = _lock_deposit(deposit_id)
    wallet = ledger.lock_wallets([deposit.wallet_id])[deposit.wallet_id]
    if kept := earlier_answer(act, "reverse-deposit", facts):
        return DepositReversed.again(kept)
    if deposit.taken_by_id == act.actor.pk:
        raise SelfApproval("Whoever took a deposit cannot reverse it.")
    if deposit.reversed_by_id is not None:
        raise AlreadyReversed
    if wallet.account_balance < deposit.amount:
        raise InsufficientFunds(
            available=money_text(wallet.account_balance), requested=money_text(deposit.amount)
        )

    till = _till_that_gives_back(deposit, act)
    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.REVERSAL,
        business_date=day,
        debits=[wallet_line(wallet, deposit.amount)],
        credits=[Line(till.account, deposit.amount)],
        memo=deposit.receipt_number,
        reverses=deposit.entry_id,
        shift_id=till.shift_id,
    )
    deposit.reversed_by = act.actor
    deposit.reversed_at = posted.posted_at
    deposit.reversal_reason = reason
    deposit.reversal_id = posted.entry_id
    deposit.save(update_fields=["reversed_by", "reversed_at", "reversal_reason", "reversal"])
    answer = DepositReversed(deposit.pk, money_text(wallet.account_balance))
    keep_answer(act, "reverse-deposit", facts, answer.facts())
    return answer


def _takers_of(deposit_id: int) -> Iterable[int]:
    """Return whose drawer took a deposit; nobody's where it was taken online or before shifts."""
    taken = WalletDeposit.objects.filter(pk=deposit_id, entry__shift__isnull=False)
    return taken.values_list("entry__shift__cashier_id", flat=True)


def _till_that_gives_back(deposit: WalletDeposit, act: Act) -> Till:
    """Return the till that a deposit goes out of; the caller holds both drawers."""
    if deposit.payment_method == ONLINE:
        return Till(ledger.GATEWAY_CLEARING, None)
    return taking_till(deposit.entry_id, deposit.payment_method, deposit.amount) or payout_till(
        act, deposit.payment_method, deposit.amount
    )


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
    further_debits: Sequence[Line] = (),
    shift_id: int | None = None,
) -> Debited:
    """
    Take ``amount`` (CURRENCY, two places, above zero) from the patient's wallet for ``credits``.

    ``further_debits`` are what else pays for them in the same entry, such as cash in the drawer of
    the shift ``shift_id``.

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
        debits=[wallet_line(wallet, amount), *further_debits],
        credits=credits,
        memo=memo,
        shift_id=shift_id,
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
