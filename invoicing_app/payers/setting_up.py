"""Payers are added, and what they cover in each department is set."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from client_wallet.ledger.receivables import open_receivable
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import CENT, money_text, require_amount
from hospital.core.transactions import hold_job
from invoicing_app.payers.errors import PayerExists
from invoicing_app.payers.locks import lock_payer
from invoicing_app.payers.models import Cover, Payer
from smcapp1.models import Department

# What payers left unpaid and patients are billed for: no payer covers it once more.
BILLED_BACK = "BILLED_BACK"
LONGEST_NAME = 100
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,19}", re.ASCII)


@dataclass(frozen=True)
class PayerSaved:
    """A payer, and whether an earlier call with the same key saved it so."""

    payer: Payer
    replayed: bool = False


@dataclass(frozen=True)
class CoverSet:
    """What a payer covers in a department, and whether an earlier call with the same key set it."""

    cover: Cover
    replayed: bool = False


@dataclass(frozen=True)
class Terms:
    """
    What is covered: ``percent`` of each item, up to ``limit_amount`` (or without end) for each
    member and visit, or calendar year. Not ``is_active``: nothing new is covered.
    """

    percent: Decimal
    limit_amount: Decimal | None = None
    limit_per: str = ""
    is_active: bool = True


@transaction.atomic
def add_payer(*, code: str, name: str, kind: str, act: Act) -> PayerSaved:
    """
    Add a payer and open its account in the journal. Keeps other additions waiting.

    Repeating a call with the same key returns the same payer.

    :raises InvalidRequest: if the code, name or kind is none
    :raises PayerExists: if another payer has the code
    :raises KeyReused: if the key was used for another payer
    """
    if not _CODE.fullmatch(code):
        raise InvalidRequest("code", "A code is up to 20 of A to Z, 0 to 9 and _, a letter first.")
    _require_payer(name, kind)
    facts = {"code": code, "name": name, "kind": str(kind)}
    hold_job("payers")
    if kept := earlier_answer(act, "add-payer", facts):
        return PayerSaved(Payer.objects.get(pk=kept["payer_id"]), replayed=True)
    if Payer.objects.filter(code=code).exists():
        raise PayerExists
    open_receivable(code, name)
    payer = Payer.objects.create(code=code, name=name, kind=kind)
    keep_answer(act, "add-payer", facts, {"payer_id": payer.pk})
    return PayerSaved(payer)


@transaction.atomic
def change_payer(*, payer_id: int, name: str, kind: str, is_active: bool, act: Act) -> PayerSaved:
    """
    Rename a payer, or let it pay for nothing new. Locks the payer; its code stays.

    Repeating a call with the same key changes nothing.

    :raises InvalidRequest: if the name or kind is none
    :raises NotFound: if there is no such payer
    :raises KeyReused: if the key was used for another change
    """
    _require_payer(name, kind)
    facts = {"payer_id": payer_id, "name": name, "kind": str(kind), "is_active": is_active}
    payer = lock_payer(payer_id)
    if earlier_answer(act, "change-payer", facts):
        return PayerSaved(payer, replayed=True)
    payer.name, payer.kind, payer.is_active = name, kind, is_active
    payer.save(update_fields=["name", "kind", "is_active"])
    keep_answer(act, "change-payer", facts, {"payer_id": payer.pk})
    return PayerSaved(payer)


@transaction.atomic
def set_cover(*, payer_id: int, department_id: int, terms: Terms, act: Act) -> CoverSet:
    """
    Set what a payer covers in a department from now on. Locks the payer.

    What was paid before stays as it was. Repeating a call with the same key changes nothing.

    :raises InvalidRequest: if percentage or limit are none, or the department's items are what
        payers refused to pay
    :raises NotFound: if there is no such payer or department
    :raises KeyReused: if the key was used for other terms
    """
    _require_terms(terms)
    facts = {"payer_id": payer_id, "department_id": department_id, **_facts(terms)}
    payer = lock_payer(payer_id)
    department = Department.objects.filter(pk=department_id).first()
    if department is None:
        raise NotFound("There is no department with this id.")
    if department.code == BILLED_BACK:
        raise InvalidRequest("department", "What a payer refused is not covered once more.")
    if kept := earlier_answer(act, "set-cover", facts):
        return CoverSet(Cover.objects.get(pk=kept["cover_id"]), replayed=True)
    cover, _ = Cover.objects.update_or_create(
        payer=payer, department=department, defaults=dict(vars(terms))
    )
    keep_answer(act, "set-cover", facts, {"cover_id": cover.pk})
    return CoverSet(cover)


def _require_payer(name: str, kind: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidRequest("name", f"Write 1 to {LONGEST_NAME} characters.")
    if kind not in Payer.Kind.values:
        raise InvalidRequest("kind", f"A payer is one of {', '.join(Payer.Kind.values)}.")


def _require_terms(terms: Terms) -> None:
    percent = terms.percent
    if not percent.is_finite() or not 0 < percent <= 100 or percent != percent.quantize(CENT):
        raise InvalidRequest("percent", "A percentage is above 0 and at most 100, like 80 or 12.5.")
    if terms.limit_amount is not None:
        require_amount(terms.limit_amount, "limit_amount")
    if (terms.limit_amount is None) != (terms.limit_per == ""):
        raise InvalidRequest("limit_per", "A limit is an amount, of a visit or of a year.")
    if terms.limit_per not in ("", *Cover.Limit.values):
        raise InvalidRequest("limit_per", f"A limit is of {' or '.join(Cover.Limit.values)}.")


def _facts(terms: Terms) -> dict[str, object]:
    limit = terms.limit_amount
    return {
        "percent": money_text(terms.percent),
        "limit_amount": None if limit is None else money_text(limit),
        "limit_per": str(terms.limit_per),
        "is_active": terms.is_active,
    }
