"""Every page of the admin: who may open it, and what its lists cost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.urls import reverse
from rest_framework.test import APIClient

from client_wallet.closing import close_day
from client_wallet.models import (
    BusinessDayClosure,
    GatewayEvent,
    GatewayPayout,
    HandOver,
    JournalEntry,
    LedgerAccount,
    OnlinePayment,
    ReceiptPrint,
    Shift,
    Transfer,
    WalletAccount,
    WalletDeposit,
    Withdrawal,
)
from client_wallet.receipt_prints import print_receipt
from client_wallet.services import reverse_deposit
from client_wallet.transfers import transfer_between_wallets
from hospital.core.acts import Act
from hospital.core.models import Change, FailedSignIn, SecondFactor, User
from invoicing_app.hand_outs import hand_out_drugs
from invoicing_app.models import BillItem, DepositReceiving, DrugHandOut
from invoicing_app.payers.models import (
    Claim,
    ClaimBatch,
    PatientCover,
    Payer,
    Remittance,
    ShortPayment,
)
from invoicing_app.payers.short_payments import ask_write_off
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService
from invoicing_app.refunds.models import Refund
from invoicing_app.services import void_item
from invoicing_app.waivers.models import Waiver, WaiverLimit, WaiverReason
from smcapp1.models import (
    Consultation,
    Department,
    LabResult,
    PatientCode,
    PatientProfile,
    ServiceItem,
    StockBatch,
    StockCount,
    StockMovement,
)
from smcapp1.services import open_stock_count
from tests.admin_pages import links_of, signed_in
from tests.client_wallet.gateways.desk import ask, hear, paid, pay_out
from tests.client_wallet.shifts.desk import give, make_shift
from tests.client_wallet.withdrawals.desk import withdraw
from tests.factories import UserFactory, make_bill, make_drug, make_item, make_wallet
from tests.invoicing_app.desk import pay
from tests.invoicing_app.payers.desk import make_payer, remit, sent_claim
from tests.invoicing_app.refunds.desk import ask as ask_refund
from tests.invoicing_app.waivers.desk import ask as ask_waiver
from tests.rows import statements
from tests.smcapp1.online import make_code

# model → the permissions to see it, to add to it, to post its page; None: nobody, not the superuser
ACCESS: dict[type[models.Model], tuple[str, str | None, str | None]] = {
    PatientProfile: (
        "smcapp1.view_patientprofile",
        "smcapp1.add_patientprofile",
        "smcapp1.change_patientprofile",
    ),
    PatientCode: ("smcapp1.view_patientcode", None, None),
    Department: (
        "smcapp1.view_department",
        "smcapp1.add_department",
        "smcapp1.change_department",
    ),
    ServiceItem: (
        "smcapp1.view_serviceitem",
        "smcapp1.add_serviceitem",
        "smcapp1.change_serviceitem",
    ),
    StockBatch: ("smcapp1.view_stockbatch", "smcapp1.add_stockbatch", None),
    StockMovement: ("smcapp1.view_stockmovement", None, None),
    StockCount: ("smcapp1.view_stockcount", "smcapp1.count_stock", None),
    LabResult: ("smcapp1.view_labresult", None, "smcapp1.change_labresult"),
    Consultation: (
        "smcapp1.view_consultation",
        "smcapp1.add_consultation",
        "invoicing_app.order_items",
    ),
    WalletAccount: ("client_wallet.view_walletaccount", None, None),
    WalletDeposit: ("client_wallet.view_walletdeposit", "client_wallet.take_deposit", None),
    Transfer: ("client_wallet.view_transfer", None, None),
    OnlinePayment: ("client_wallet.view_onlinepayment", None, None),
    GatewayEvent: ("client_wallet.view_gatewayevent", None, None),
    GatewayPayout: ("client_wallet.view_gatewaypayout", None, None),
    Withdrawal: ("client_wallet.view_withdrawal", "client_wallet.request_withdrawal", None),
    JournalEntry: ("client_wallet.view_journalentry", None, None),
    BusinessDayClosure: ("client_wallet.view_businessdayclosure", "client_wallet.close_day", None),
    ReceiptPrint: ("client_wallet.view_receiptprint", None, None),
    LedgerAccount: ("client_wallet.view_ledgeraccount", None, None),
    Shift: ("client_wallet.view_shift", "client_wallet.open_shift", None),
    HandOver: ("client_wallet.view_handover", "client_wallet.give_cash", None),
    BillItem: ("invoicing_app.view_billitem", None, None),
    DrugHandOut: ("invoicing_app.view_drughandout", None, None),
    DepositReceiving: ("invoicing_app.view_depositreceiving", "invoicing_app.take_payment", None),
    Payer: (
        "invoicing_app.view_payer",
        "invoicing_app.set_payer_terms",
        "invoicing_app.set_payer_terms",
    ),
    PatientCover: ("invoicing_app.view_patientcover", "invoicing_app.record_patientcover", None),
    Claim: ("invoicing_app.view_claim", None, None),
    ClaimBatch: ("invoicing_app.view_claimbatch", "invoicing_app.make_claimbatch", None),
    Remittance: ("invoicing_app.view_remittance", None, None),
    ShortPayment: ("invoicing_app.view_shortpayment", None, None),
    Refund: ("invoicing_app.view_refund", None, None),
    Waiver: ("invoicing_app.view_waiver", "invoicing_app.grant_waiver", None),
    WaiverReason: (
        "invoicing_app.view_waiverreason",
        "invoicing_app.add_waiverreason",
        "invoicing_app.change_waiverreason",
    ),
    WaiverLimit: (
        "invoicing_app.view_waiverlimit",
        "invoicing_app.add_waiverlimit",
        "invoicing_app.change_waiverlimit",
    ),
    User: ("core.view_user", "core.add_user", "core.change_user"),
    Change: ("core.view_change", None, None),
    Group: ("auth.view_group", "auth.add_group", "auth.change_group"),
    FailedSignIn: ("core.view_failedsignin", None, None),
    SecondFactor: ("core.view_secondfactor", None, None),
}
LED_TO_A_VISIT = {Waiver}  # it is added on a visit's bill; without one the page leads to the visits
STAFF = ["Cashier", "Supervisor", "Pharmacist", "Laboratory", "Accountant", "Auditor"]
REGISTERED = sorted(admin.site._registry, key=lambda model: model.__name__)


def grow(number: int) -> None:
    """Make one more row of every model that the admin lists, told apart by the number."""
    cashier = UserFactory(role="Cashier")
    close_day(day=date(2020, 1, number), today=date(2020, 2, 1), act=Act(cashier))
    wallet = make_wallet(holding="1000.00")
    drug = make_drug(holding=10, name=f"Drug {number}")
    counted_drug = make_drug(holding=10)
    open_stock_count(
        batch_ids=counted_drug.batches.values_list("pk", flat=True),
        act=Act(UserFactory(role="Pharmacist")),
    )
    test = make_item("LABORATORY", name=f"Test {number}")
    bill = make_bill(drug, test, make_item(f"WARD_{number}"), patient=wallet.patient)
    PaymentProcessingService(actor=cashier).process_transaction(PaymentIntent(bill.pk, "WALLET"))
    given = BillItem.objects.filter(consultation=bill).order_by("pk")[0]
    hand_out_drugs(
        consultation_id=bill.pk,
        bill_item_ids=[given.pk],
        act=Act(UserFactory(role="Pharmacist")),
    )
    other = make_bill(make_item(), make_item())
    first = BillItem.objects.filter(consultation=other).order_by("pk")[0]
    void_item(bill_item_id=first.pk, reason="Ordered twice", act=Act(cashier))
    make_wallet(holding="5.00")
    deposit = WalletDeposit.objects.order_by("pk").last()
    assert deposit is not None
    reverse_deposit(
        deposit_id=deposit.pk, reason="Miscounted", act=Act(UserFactory(role="Supervisor"))
    )
    print_receipt(entry_id=deposit.entry_id, act=Act(cashier))
    give(make_shift().cashier, "1.00")
    withdraw(wallet, "5.00")
    transfer_between_wallets(
        from_wallet_id=wallet.pk,
        to_wallet_id=deposit.wallet_id,
        amount=Decimal("5.00"),
        reference_id="rent",
        act=Act(cashier),
    )
    group = Group.objects.create(name=f"Group {number}")
    WaiverLimit.objects.create(role=group, day_amount=Decimal("1.00"))
    WaiverReason.objects.create(code=f"REASON_{number}", name=f"Reason {number}")
    ask_waiver(other, cashier, "1.00")
    APIClient().post("/api/token/", {"username": f"nobody{number}", "password": "x"}, format="json")
    SecondFactor.objects.create(user=cashier, name="App")
    make_code(other.patient)
    hear(paid(ask("30.00")))
    pay_out(UserFactory(role="Supervisor"), f"setl_{number}")
    ask_refund(pay(make_bill(make_item()), cashier, "CARD", "100.00"))
    claim = sent_claim(make_payer(f"PAYER_{number}", PROCEDURE="80"))
    remit(claim.payer, (claim, "5.00"))
    accountant = Act(UserFactory(role="Accountant"))
    ask_write_off(claim_id=claim.pk, amount=Decimal("5.00"), reason="Late", act=accountant)


def url_of(model: type[models.Model], page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def row_of(model: type[models.Model]) -> Any:
    return model._default_manager.order_by("-pk").first()


def statuses(client: Any, model: type[models.Model]) -> dict[str, int]:
    pk = row_of(model).pk
    pages = {
        "list": client.get(url_of(model, "changelist")),
        "add": client.get(url_of(model, "add")),
        "see": client.get(url_of(model, "change", pk)),
        "post an addition": client.post(url_of(model, "add"), {}),
        "post a change": client.post(url_of(model, "change", pk), {}),
        "delete": client.post(url_of(model, "delete", pk), {"post": "yes"}),
    }
    return {page: response.status_code for page, response in pages.items()}


def expected(user: Any, model: type[models.Model]) -> dict[str, int]:
    def answer(*permissions: str | None) -> int:
        return 200 if any(user.has_perm(one) for one in permissions if one) else 403

    see, add, change = ACCESS[model]
    adding = answer(add)
    if model in LED_TO_A_VISIT and adding == 200:
        adding = 302
    return {
        "list": answer(see, change),
        "add": adding,
        "see": answer(see, change),
        "post an addition": adding,
        "post a change": answer(change),
        "delete": 403,
    }


def test_every_page_stands_in_the_table_of_access():
    assert set(ACCESS) == set(REGISTERED)


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_a_list_costs_no_more_with_three_rows_than_with_one(db, model):
    client = signed_in(UserFactory(is_superuser=True))
    url = url_of(model, "changelist")
    grow(1)
    client.get(url)  # what is looked up once per process
    few, rows = statements(lambda: client.get(url)), model._default_manager.count()

    grow(2)
    grow(3)

    # Fewer, where newer rows are of fewer kinds: changes are told kind by kind.
    assert statements(lambda: client.get(url)) <= few
    assert model._default_manager.count() >= rows + 2


@pytest.mark.parametrize("search", ["Ada", "HN0000001", "DEP-0001-000001", "12", "'\"%"])
@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_every_list_can_be_searched(db, model, search):
    client = signed_in(UserFactory(is_superuser=True))

    response = client.get(url_of(model, "changelist"), {"q": search})

    assert response.status_code == 200


@pytest.mark.parametrize("role", [*STAFF, "superuser"])
def test_each_role_opens_what_the_table_of_access_says(db, role):
    grow(1)
    make_bill(make_item())  # an open visit, the newest
    user = UserFactory(is_superuser=True) if role == "superuser" else UserFactory(role=role)
    if role == "Cashier":  # who sees the own shifts and hand-overs
        give(make_shift(user).cashier, "1.00")
    client = signed_in(user)

    opened = {model.__name__: statuses(client, model) for model in REGISTERED}

    assert opened == {model.__name__: expected(user, model) for model in REGISTERED}


@pytest.mark.slow
@pytest.mark.parametrize("role", ["Cashier", "Laboratory", "Auditor"])
def test_no_link_leads_to_a_closed_door(db, role):
    grow(1)
    make_bill(make_item())
    client = signed_in(UserFactory(role=role))
    pages = [
        url
        for model in REGISTERED
        for url in (url_of(model, "changelist"), url_of(model, "change", row_of(model).pk))
    ]

    links = set().union(*[links_of(client.get(page)) for page in ["/admin/", *pages]])
    closed = {link for link in links if client.get(link).status_code not in (200, 302)}

    assert len(links) > 10
    assert closed == set()


def test_a_patient_finds_no_way_in(db):
    grow(1)
    client = signed_in(UserFactory(is_staff=False, role="Patient"))

    opened = {status for model in REGISTERED for status in statuses(client, model).values()}

    assert opened == {302}


@pytest.mark.parametrize("role", ["Accountant", "Auditor"])
def test_who_reads_the_books_acts_nowhere(db, role):
    user = UserFactory(role=role)

    acts = [
        "client_wallet.take_deposit",
        "client_wallet.reverse_deposit",
        "invoicing_app.take_payment",
        "invoicing_app.void_billitem",
        "invoicing_app.order_items",
        "smcapp1.add_stockbatch",
    ]

    assert [act for act in acts if user.has_perm(act)] == []


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_nothing_is_done_in_bulk(db, model):
    grow(1)
    client = signed_in(UserFactory(is_superuser=True))
    before = model._default_manager.count()

    client.post(
        url_of(model, "changelist"),
        {"action": "delete_selected", "_selected_action": row_of(model).pk, "post": "yes"},
    )

    assert model._default_manager.count() == before


def test_no_page_asks_another_host_for_anything(db):
    client = signed_in(UserFactory(is_superuser=True))

    page = client.get(url_of(WalletDeposit, "add")).content.decode()

    assert 'src="http' not in page
    assert 'src="//' not in page
    assert 'rel="stylesheet" href="http' not in page


def test_the_hospitals_name_is_on_the_first_page(db, settings):
    page = signed_in(UserFactory(is_superuser=True)).get("/admin/").content.decode()

    assert settings.HOSPITAL_NAME in page


def test_tokens_that_sign_in_as_somebody_else_are_not_shown(db):
    response = signed_in(UserFactory(is_superuser=True)).get("/admin/token_blacklist/")

    assert response.status_code == 404


def test_a_new_user_gets_a_password_and_a_role(db):
    client = signed_in(UserFactory(is_superuser=True))
    password = "a long and unusual text"

    client.post(
        url_of(User, "add"),
        {
            "username": "ada",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )

    assert User.objects.get(username="ada").check_password(password)


def test_every_permission_that_an_action_names_exists(db):
    registered: list[Any] = list(admin.site._registry.values())  # noqa: SLF001 - all there is
    named = {
        permission
        for model_admin in registered
        for action in [
            *model_admin._get_base_actions_detail(),  # noqa: SLF001 - unfold offers no other way
            *model_admin._get_base_actions_list(),  # noqa: SLF001 - unfold offers no other way
        ]
        for permission in getattr(action.method, "allowed_permissions", ())
    }

    existing = Permission.objects.values_list("content_type__app_label", "codename")

    assert named
    assert named <= {f"{label}.{codename}" for label, codename in existing}


@pytest.mark.parametrize(
    ("model", "title"),
    [("invoicing_app_depositreceiving", "Payments"), ("core_user", "Users")],
)
def test_a_list_is_called_by_what_it_lists(db, model, title):
    answer = signed_in(UserFactory(is_superuser=True)).get(reverse(f"admin:{model}_changelist"))

    assert f"<title> {title} | " in " ".join(answer.content.decode().split())


def test_a_list_on_one_page_leads_to_no_other(db):
    answer = signed_in(UserFactory(role="Auditor")).get(
        reverse("admin:invoicing_app_depositreceiving_changelist")
    )

    assert answer.status_code == 200
    assert "Previous" not in answer.content.decode()
