"""Role × endpoint × own or foreign row, generated: a new endpoint has to be entered here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver
from rest_framework.test import APIClient

from client_wallet.services import deposit_to_wallet
from client_wallet.withdrawals import schedule_withdrawal
from hospital.core.acts import Act
from invoicing_app.payers.short_payments import ask_write_off
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService
from tests.api import client_of, make_patient_user
from tests.client_wallet.shifts.desk import give, shift_of
from tests.client_wallet.shifts_at_the_desk import shift_rows
from tests.factories import UserFactory, add_to_bill, make_bill, make_item, make_wallet
from tests.invoicing_app.desk import pay
from tests.invoicing_app.payers.desk import make_claim, make_payer, sent_claim
from tests.invoicing_app.refunds.desk import approve as approve_refund
from tests.invoicing_app.refunds.desk import ask as ask_refund
from tests.invoicing_app.stock.drugs import paid_drug
from tests.invoicing_app.waivers.desk import ask as waive
from tests.smcapp1.stock_counts.counting import count_of, counted, pharmacist, shelf

ROLES = ["Cashier", "Supervisor", "Pharmacist", "Laboratory", "Accountant", "Auditor", "Patient"]
DESK = {"Cashier", "Supervisor"}
STAFF = {*DESK, "Pharmacist", "Laboratory"}
READERS = {"Accountant", "Auditor"}
BACK_OFFICE = {"Supervisor", *READERS}
SHIFT_READERS = DESK | READERS
COUNT_READERS = {"Supervisor", "Pharmacist", *READERS}
DESTINATION = {"bank_code": "058", "account_number": "0123456789", "account_name": "Ada Obi"}


@dataclass(frozen=True)
class Endpoint:
    """
    An endpoint as a role meets it; ``own`` says what a patient gets for the own row, ``of_another``
    what a colleague gets who may do it for rows of their own only.
    """

    name: str
    method: str
    path: Callable[[Any], str]
    allowed: set[str]
    body: Callable[[Any], dict[str, Any]] = lambda row: {}
    own: int = 403
    foreign: int = 403
    of_another: int = 0
    ready: Callable[[Any, Any], None] = lambda row, user: None  # makes a row of the user's own


def _refund_of_payment(row: Any) -> dict[str, Any]:
    return {"payment_id": row.payment.payment_id, "kind": "CANCEL", "reason": "wrong patient"}


ENDPOINTS = [
    Endpoint(
        "patients", "GET", lambda row: "/api/patients/", STAFF | READERS, own=200, foreign=200
    ),
    Endpoint(
        "patients",
        "POST",
        lambda row: "/api/patients/",
        DESK,
        lambda row: {
            "first_name": "Ada",
            "last_name": "Obi",
            "date_of_birth": "1990-01-31",
            "sex": "F",
        },
    ),
    Endpoint(
        "patient",
        "GET",
        lambda row: f"/api/patients/{row.patient.pk}/",
        STAFF | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint("departments", "GET", lambda row: "/api/departments/", STAFF | READERS),
    Endpoint("service-items", "GET", lambda row: "/api/service-items/", STAFF | READERS),
    Endpoint("consultations", "GET", lambda row: "/api/consultations/", STAFF | READERS),
    Endpoint(
        "consultations",
        "POST",
        lambda row: "/api/consultations/",
        STAFF,
        lambda row: {"patient_id": row.patient.pk},
    ),
    Endpoint("stock", "GET", lambda row: "/api/stock/", {*DESK, "Pharmacist", *READERS}),
    Endpoint(
        "lab-results", "GET", lambda row: "/api/lab-results/", {*DESK, "Laboratory", *READERS}
    ),
    Endpoint(
        "order-items",
        "POST",
        lambda row: f"/api/consultations/{row.bill.pk}/items/",
        STAFF,
        lambda row: {"items": [{"service_item_id": row.item.pk, "quantity": 1}]},
    ),
    Endpoint(
        "void-item",
        "POST",
        lambda row: f"/api/bill-items/{row.unpaid.pk}/void/",
        STAFF,
        lambda row: {"reason": "ordered twice"},
    ),
    Endpoint(
        "wallet-deposit",
        "POST",
        lambda row: "/invoicing_app/wallet/deposit/",
        DESK,
        lambda row: {"patient_id": row.patient.pk, "amount": "5.00"},
    ),
    Endpoint(
        "reverse-deposit",
        "POST",
        lambda row: f"/invoicing_app/wallet/deposits/{row.deposit.deposit_id}/reverse/",
        {"Supervisor"},
        lambda row: {"reason": "wrong patient"},
    ),
    Endpoint(
        "bill",
        "GET",
        lambda row: f"/invoicing_app/consultations/{row.bill.pk}/bill/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "create_payment",
        "POST",
        lambda row: "/invoicing_app/payments/create/",
        DESK,
        lambda row: {
            "consultation_id": row.bill.pk,
            "department": "ALL",
            "payment_method": "WALLET",
        },
        own=201,
        foreign=404,
    ),
    Endpoint(
        "payments",
        "GET",
        lambda row: "/invoicing_app/payments/",
        DESK | READERS,
        own=200,
        foreign=200,
    ),
    Endpoint(
        "payment",
        "GET",
        lambda row: f"/invoicing_app/payments/{row.payment.payment_id}/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "wallets",
        "POST",
        lambda row: "/wallets/",
        DESK,
        lambda row: {"patient_id": row.patient.pk},
        own=200,
        foreign=404,
    ),
    Endpoint(
        "wallet",
        "GET",
        lambda row: f"/wallets/{row.wallet.pk}/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "deposit-into-wallet",
        "POST",
        lambda row: f"/wallets/{row.wallet.pk}/deposit",
        DESK,
        lambda row: {"amount": "5.00"},
    ),
    Endpoint(
        "freeze-wallet",
        "POST",
        lambda row: f"/wallets/{row.wallet.pk}/freeze",
        {"Supervisor"},
        lambda row: {"reason": "the card was stolen"},
    ),
    Endpoint(
        "unfreeze-wallet",
        "POST",
        lambda row: f"/wallets/{row.frozen.pk}/unfreeze",
        {"Supervisor"},
        lambda row: {"reason": "the card was found"},
    ),
    Endpoint(
        "withdraw",
        "POST",
        lambda row: f"/wallets/{row.wallet.pk}/withdraw",
        DESK,
        lambda row: {"amount": "5.00", "destination": DESTINATION},
        own=201,
        foreign=404,
    ),
    Endpoint(
        "cancel-withdrawal",
        "POST",
        lambda row: f"/wallets/{row.wallet.pk}/transactions/{row.withdrawal.id}/cancel",
        DESK,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "transactions",
        "GET",
        lambda row: f"/wallets/{row.wallet.pk}/transactions/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "transaction",
        "GET",
        lambda row: f"/wallets/{row.wallet.pk}/transactions/{row.withdrawal.id}/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "transfers",
        "POST",
        lambda row: "/api/transfers/",
        DESK,
        lambda row: {
            "from_wallet": str(row.wallet.pk),
            "to_wallet": str(row.frozen.pk),
            "amount": "5.00",
            "reference_id": "a reference",
        },
        own=201,
        foreign=404,
    ),
    Endpoint(
        "running-bill",
        "GET",
        lambda row: f"/invoicing_app/consultations/{row.bill.pk}/running-bill/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "hand-out",
        "POST",
        lambda row: f"/api/bill-items/{row.paid_drug.pk}/hand-out/",
        {"Pharmacist"},
        lambda row: {"quantity": 1},
    ),
    Endpoint(
        "recall",
        "GET",
        lambda row: f"/api/stock/batches/{row.batch.pk}/recall/",
        {*DESK, "Pharmacist", *READERS},
    ),
    Endpoint(
        "recall-file",
        "GET",
        lambda row: f"/api/stock/batches/{row.batch.pk}/recall/csv/",
        {*DESK, "Pharmacist", *READERS},
    ),
    Endpoint("stock-counts", "GET", lambda row: "/api/stock-counts/", COUNT_READERS),
    Endpoint(
        "stock-counts",
        "POST",
        lambda row: "/api/stock-counts/",
        {"Pharmacist"},
        lambda row: {"batch_ids": [row.batch.pk]},
    ),
    Endpoint(
        "stock-count",
        "GET",
        lambda row: f"/api/stock-counts/{row.counted.pk}/",
        COUNT_READERS,
    ),
    Endpoint(
        "submit-stock-count",
        "POST",
        lambda row: f"/api/stock-counts/{row.being_counted.pk}/submit/",
        {"Pharmacist"},
        lambda row: {
            "counts": [{"batch_id": row.being_counted.lines.get().batch_id, "counted": 1}]
        },
    ),
    Endpoint(
        "explain-stock-count",
        "POST",
        lambda row: f"/api/stock-counts/{row.counted.pk}/explain/",
        {"Pharmacist"},
        lambda row: {
            "reasons": [{"batch_id": row.counted.lines.get().batch_id, "reason": "broken"}]
        },
        of_another=409,
    ),
    Endpoint(
        "approve-stock-count",
        "POST",
        lambda row: f"/api/stock-counts/{row.counted.pk}/approve/",
        {"Supervisor"},
    ),
    Endpoint(
        "reject-stock-count",
        "POST",
        lambda row: f"/api/stock-counts/{row.counted.pk}/reject/",
        {"Supervisor", "Pharmacist"},
        lambda row: {"reason": "counted at night"},
    ),
    Endpoint("waivers", "GET", lambda row: "/invoicing_app/waivers/", DESK | READERS),
    Endpoint(
        "waivers",
        "POST",
        lambda row: "/invoicing_app/waivers/",
        DESK,
        lambda row: {
            "consultation_id": row.bill.pk,
            "department": "RADIOLOGY",
            "amount": "1.00",
            "reason": "OTHER",
            "note": "a round sum",
        },
    ),
    Endpoint(
        "waiver",
        "GET",
        lambda row: f"/invoicing_app/waivers/{row.waiver.id}/",
        DESK | READERS,
    ),
    Endpoint(
        "approve-waiver",
        "POST",
        lambda row: f"/invoicing_app/waivers/{row.asked_waiver.id}/approve/",
        {"Supervisor"},
        lambda row: {"request_hash": row.asked_waiver.request_hash},
    ),
    Endpoint(
        "reject-waiver",
        "POST",
        lambda row: f"/invoicing_app/waivers/{row.asked_waiver.id}/reject/",
        {"Supervisor"},
        lambda row: {"reason": "can pay"},
    ),
    Endpoint(
        "withdraw-waiver",
        "POST",
        lambda row: f"/invoicing_app/waivers/{row.asked_waiver.id}/withdraw/",
        DESK,
        of_another=409,
    ),
    Endpoint(
        "take-back-waiver",
        "POST",
        lambda row: f"/invoicing_app/waivers/{row.waiver.id}/take-back/",
        DESK,
        lambda row: {"reason": "wrong patient"},
    ),
    Endpoint("waiver-reasons", "GET", lambda row: "/api/waiver-reasons/", DESK | READERS),
    Endpoint("refunds", "GET", lambda row: "/invoicing_app/refunds/", DESK | READERS),
    Endpoint("refunds", "POST", lambda row: "/invoicing_app/refunds/", DESK, _refund_of_payment),
    Endpoint(
        "plan-refund",
        "POST",
        lambda row: "/invoicing_app/refunds/plan/",
        DESK,
        _refund_of_payment,
    ),
    Endpoint(
        "refund",
        "GET",
        lambda row: f"/invoicing_app/refunds/{row.refund.id}/",
        DESK | READERS,
    ),
    Endpoint(
        "refund",
        "PATCH",
        lambda row: f"/invoicing_app/refunds/{row.refund.id}/",
        DESK,
        lambda row: {"kind": "CANCEL", "reason": "wrong patient"},
        of_another=409,
    ),
    Endpoint(
        "approve-refund",
        "POST",
        lambda row: f"/invoicing_app/refunds/{row.refund.id}/approve/",
        {"Supervisor"},
        lambda row: {"request_hash": row.refund.request_hash},
    ),
    Endpoint(
        "reject-refund",
        "POST",
        lambda row: f"/invoicing_app/refunds/{row.refund.id}/reject/",
        {"Supervisor"},
        lambda row: {"reason": "no"},
    ),
    Endpoint(
        "withdraw-refund",
        "POST",
        lambda row: f"/invoicing_app/refunds/{row.refund.id}/withdraw/",
        DESK,
        of_another=409,
    ),
    Endpoint(
        "pay-out-refund",
        "POST",
        lambda row: f"/invoicing_app/refunds/{row.approved_refund.id}/pay-out/",
        DESK,
    ),
    Endpoint("own-wallet", "GET", lambda row: "/api/wallet/", set(), own=200, foreign=404),
    Endpoint(
        "own-transactions", "GET", lambda row: "/api/transactions/", set(), own=200, foreign=200
    ),
    Endpoint("payers", "GET", lambda row: "/api/payers/", DESK | READERS),
    Endpoint(
        "payers",
        "POST",
        lambda row: "/api/payers/",
        {"Accountant"},
        lambda row: {"code": "NHIS", "name": "NHIS", "kind": "INSURER"},
    ),
    Endpoint(
        "change-payer",
        "POST",
        lambda row: f"/api/payers/{row.payer.pk}/change/",
        {"Accountant"},
        lambda row: {"name": "AXA", "kind": "INSURER", "is_active": True},
    ),
    Endpoint(
        "set-cover",
        "POST",
        lambda row: f"/api/payers/{row.payer.pk}/covers/",
        {"Accountant"},
        lambda row: {"department": "PROCEDURE", "percent": "70.00"},
    ),
    Endpoint(
        "patient-covers",
        "GET",
        lambda row: f"/api/patients/{row.patient.pk}/covers/",
        DESK | READERS,
        own=200,
        foreign=404,
    ),
    Endpoint(
        "patient-covers",
        "POST",
        lambda row: f"/api/patients/{row.patient.pk}/covers/",
        DESK,
        lambda row: {
            "payer_id": row.payer.pk,
            "member_number": "M-2",
            "valid_from": "2026-01-01",
        },
    ),
    Endpoint(
        "end-patient-cover",
        "POST",
        lambda row: f"/api/patients/{row.claim.cover.patient_id}/covers/{row.claim.cover_id}/end/",
        DESK,
        lambda row: {"last_day": str(row.claim.business_date)},
    ),
    Endpoint("claims", "GET", lambda row: "/invoicing_app/claims/", BACK_OFFICE),
    Endpoint("claim", "GET", lambda row: f"/invoicing_app/claims/{row.claim.pk}/", BACK_OFFICE),
    Endpoint(
        "bill-patient",
        "POST",
        lambda row: f"/invoicing_app/claims/{row.claim.pk}/bill-patient/",
        {"Accountant"},
        lambda row: {"amount": "5.00", "reason": "not covered"},
    ),
    Endpoint(
        "ask-write-off",
        "POST",
        lambda row: f"/invoicing_app/claims/{row.claim.pk}/write-off/",
        {"Supervisor", "Accountant"},
        lambda row: {"amount": "5.00", "reason": "too late"},
    ),
    Endpoint(
        "approve-write-off",
        "POST",
        lambda row: f"/invoicing_app/claims/{row.write_off.claim_id}/write-off/approve/",
        {"Supervisor"},
        lambda row: {"write_off_id": row.write_off.id},
    ),
    Endpoint(
        "reject-write-off",
        "POST",
        lambda row: f"/invoicing_app/claims/{row.write_off.claim_id}/write-off/reject/",
        {"Supervisor"},
        lambda row: {"write_off_id": row.write_off.id, "reason": "ask again"},
    ),
    Endpoint("claim-batches", "GET", lambda row: "/invoicing_app/claim-batches/", BACK_OFFICE),
    Endpoint(
        "claim-batches",
        "POST",
        lambda row: "/invoicing_app/claim-batches/",
        {"Accountant"},
        lambda row: {
            "payer_id": row.payer.pk,
            "period_from": str(row.claim.business_date),
            "period_to": str(row.claim.business_date),
        },
    ),
    Endpoint(
        "claim-batch",
        "GET",
        lambda row: f"/invoicing_app/claim-batches/{row.claim.batch_id}/",
        BACK_OFFICE,
    ),
    Endpoint(
        "claim-batch-file",
        "GET",
        lambda row: f"/invoicing_app/claim-batches/{row.claim.batch_id}/csv/",
        BACK_OFFICE,
    ),
    Endpoint("remittances", "GET", lambda row: "/invoicing_app/remittances/", BACK_OFFICE),
    Endpoint(
        "remittances",
        "POST",
        lambda row: "/invoicing_app/remittances/",
        {"Accountant"},
        lambda row: {
            "payer_id": row.payer.pk,
            "reference": "R-1",
            "amount": "5.00",
            "received_on": str(row.claim.business_date),
            "allocations": [{"claim_id": row.claim.pk, "amount": "5.00"}],
        },
    ),
    Endpoint("receivables", "GET", lambda row: "/invoicing_app/receivables/", BACK_OFFICE),
    Endpoint("shifts", "GET", lambda row: "/api/shifts/", SHIFT_READERS),
    Endpoint("shifts", "POST", lambda row: "/api/shifts/", DESK),
    Endpoint(
        "current-shift", "GET", lambda row: "/api/shifts/current/", DESK, ready=shift_rows.own_shift
    ),
    Endpoint(
        "shift",
        "GET",
        lambda row: f"/api/shifts/{row.shift.pk}/",
        SHIFT_READERS,
        ready=shift_rows.own_shift,
    ),
    Endpoint(
        "x-report",
        "GET",
        lambda row: f"/api/shifts/{row.shift.pk}/x-report/",
        SHIFT_READERS,
        ready=shift_rows.own_shift,
    ),
    Endpoint(
        "z-report",
        "GET",
        lambda row: f"/api/shifts/{row.shift.pk}/z-report/",
        SHIFT_READERS,
        ready=shift_rows.closed_shift,
    ),
    Endpoint(
        "close-shift",
        "POST",
        lambda row: f"/api/shifts/{row.shift.pk}/close/",
        DESK,
        lambda row: {"counts": []},
        ready=shift_rows.own_shift,
    ),
    Endpoint(
        "recount-shift",
        "POST",
        lambda row: f"/api/shifts/{row.shift.pk}/recount/",
        DESK,
        lambda row: {"counts": []},
        ready=shift_rows.counted_shift,
    ),
    Endpoint(
        "accept-shift",
        "POST",
        lambda row: f"/api/shifts/{row.shift.pk}/accept/",
        {"Supervisor"},
        lambda row: {"reason": "miscounted"},
        ready=shift_rows.others_counted_shift,
    ),
    Endpoint("hand-overs", "GET", lambda row: "/api/hand-overs/", SHIFT_READERS),
    Endpoint(
        "hand-overs",
        "POST",
        lambda row: "/api/hand-overs/",
        DESK,
        lambda row: {"amount": "1.00", "to": "SAFE"},
        ready=shift_rows.own_shift,
    ),
    Endpoint(
        "receive-cash",
        "POST",
        lambda row: f"/api/hand-overs/{row.hand_over}/receive/",
        DESK,
        ready=shift_rows.given_cash,
    ),
    Endpoint(
        "reject-cash",
        "POST",
        lambda row: f"/api/hand-overs/{row.hand_over}/reject/",
        DESK,
        lambda row: {"reason": "too little"},
        ready=shift_rows.given_cash,
    ),
]
PUBLIC = {"front-door", "token", "token-refresh", "schema", "docs", "live", "ready"}
PUBLIC |= {"receipt-check"}  # by a token of 128 bits
PUBLIC |= {"gateway-webhook"}  # by the signature of the gateway
IDS = [f"{endpoint.method} {endpoint.name}" for endpoint in ENDPOINTS]


@pytest.fixture
def row(db: None) -> Any:
    """One patient's rows: a wallet with money, a paid bill, and an unpaid one."""
    user = make_patient_user()
    cashier = UserFactory(role="Cashier")
    wallet = make_wallet(patient=user.patient)
    deposit = deposit_to_wallet(patient_id=user.patient.pk, amount=Decimal("500"), act=Act(cashier))
    item = make_item("RADIOLOGY", "50.00")
    paid = make_bill(item, patient=user.patient)
    payment = PaymentProcessingService(cashier).process_transaction(
        PaymentIntent(paid.pk, "CASH", amount_paid=Decimal("50"))
    )
    bill = make_bill(item, patient=user.patient)
    (unpaid,) = add_to_bill(bill, item)
    dear = make_bill(make_item("RADIOLOGY", "9000.00"))
    payer = make_payer(PROCEDURE="80")
    claim, asked = sent_claim(payer), sent_claim(payer)
    make_claim(payer)
    write_off = ask_write_off(
        claim_id=asked.pk,
        amount=Decimal("5"),
        reason="too late",
        act=Act(UserFactory(role="Accountant")),
    )
    batch, one, other = shelf(5, 10, 10)
    return SimpleNamespace(
        batch=batch,
        paid_drug=paid_drug(3),
        being_counted=count_of([one], pharmacist()),
        counted=counted({other: 8}, pharmacist()),
        shift=shift_of(cashier),
        hand_over=give(cashier, "1.00").hand_over_id,
        payer=payer,
        claim=claim,
        write_off=write_off,
        waiver=waive(bill, cashier, "1.00", bill_item_id=unpaid.pk),
        refund=ask_refund(pay(make_bill(item), cashier, "CARD", "50.00")),
        approved_refund=approve_refund(ask_refund(pay(make_bill(item), cashier, "CARD", "50.00"))),
        asked_waiver=waive(dear, cashier, "9000.00", department="RADIOLOGY"),
        user=user,
        patient=user.patient,
        wallet=wallet,
        deposit=deposit,
        item=item,
        payment=payment,
        bill=bill,
        unpaid=unpaid,
        frozen=make_wallet(status="FROZEN"),
        withdrawal=schedule_withdrawal(
            wallet_id=wallet.pk, amount=Decimal("5"), destination=DESTINATION, act=Act(cashier)
        ),
    )


def _call(client: APIClient, endpoint: Endpoint, row: Any) -> int:
    if endpoint.method == "GET":
        response = client.get(endpoint.path(row))
        response.close()  # a file stays open until then
        return response.status_code
    send = client.patch if endpoint.method == "PATCH" else client.post
    return send(endpoint.path(row), endpoint.body(row), format="json").status_code


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "Patient"])
def test_staff_get_what_their_role_allows_and_403_for_the_rest(role, endpoint, row):
    user = UserFactory(role=role)
    if role in endpoint.allowed:
        endpoint.ready(row, user)

    status = _call(client_of(user), endpoint, row)

    if role not in endpoint.allowed:
        assert status == 403
    elif endpoint.of_another:
        assert status == endpoint.of_another
    else:
        assert status < 300


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_a_patient_reaches_the_own_rows(endpoint, row):
    assert _call(client_of(row.user), endpoint, row) == endpoint.own


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_a_patient_never_learns_of_a_foreign_row(endpoint, row):
    assert _call(client_of(make_patient_user()), endpoint, row) == endpoint.foreign


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_nobody_gets_in_without_signing_in(endpoint, row):
    assert _call(APIClient(), endpoint, row) == 401


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_a_user_without_a_role_gets_nothing(endpoint, row):
    assert _call(client_of(UserFactory()), endpoint, row) == 403


@pytest.mark.parametrize("path", ["/api/patients/", "/invoicing_app/payments/"])
def test_a_list_shows_a_patient_nothing_of_others(path, row):
    stranger = client_of(make_patient_user())

    ids = {one.get("hospital_number") for one in stranger.get(path).json()["results"]}

    assert row.patient.hospital_number not in ids
    assert stranger.get("/invoicing_app/payments/").json()["results"] == []


def test_every_method_of_every_address_stands_in_the_table():
    written = {(endpoint.name, endpoint.method) for endpoint in ENDPOINTS}

    assert set(_methods(get_resolver().url_patterns)) == written


def _methods(patterns: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and each method of what is not public and not the admin."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name not in {"admin", "reports"}:  # pages of the desk
                yield from _methods(pattern.url_patterns)
        elif pattern.name and not pattern.name.startswith("portal") and pattern.name not in PUBLIC:
            view = pattern.callback.view_class
            known = {"get", "post", "put", "patch", "delete"}
            yield from ((pattern.name, name.upper()) for name in known if hasattr(view, name))
