"""What a visit has run up against wallet and cover: over REST, at the desk, in the portal."""

from decimal import Decimal

import pytest
from django.urls import reverse

from invoicing_app.running_bill import TopUp, running_bill
from smcapp1.models import Consultation
from tests.admin_pages import signed_in, text_of
from tests.api import client_as, client_of, make_patient_user, problem_of
from tests.factories import UserFactory, make_bill, make_item, make_wallet
from tests.invoicing_app.payers.desk import cover, make_payer
from tests.rows import statements

pytestmark = pytest.mark.django_db


def make_visit(price="100.00", **wallet):
    """Return a visit with one unpaid item, and a wallet that holds so much."""
    held = make_wallet(**wallet)
    return make_bill(make_item(price=price), patient=held.patient)


def path(visit):
    return f"/invoicing_app/consultations/{visit.pk}/running-bill/"


@pytest.mark.parametrize(
    ("holding", "margin", "warning", "short_by"),
    [
        ("99.99", "0.00", TopUp.SHORT, "0.01"),
        ("100.00", "0.00", TopUp.NONE, "0.00"),
        ("100.00", "0.01", TopUp.LOW, "0.00"),
        ("149.99", "50.00", TopUp.LOW, "0.00"),
        ("150.00", "50.00", TopUp.NONE, "0.00"),
        (None, "50.00", TopUp.SHORT, "100.00"),
    ],
)
def test_it_warns_before_the_wallet_is_short(settings, holding, margin, warning, short_by):
    settings.TOP_UP_MARGIN = Decimal(margin)

    running = running_bill(make_visit(holding=holding))

    assert (running.warning, running.short_by) == (warning, Decimal(short_by))


def test_a_frozen_wallet_covers_nothing_whatever_it_holds():
    running = running_bill(make_visit(holding="500.00", status="FROZEN"))

    assert (running.wallet_balance, running.short_by) == (Decimal("500.00"), Decimal("100.00"))


def test_of_a_closed_visit_only_a_short_wallet_is_a_warning(settings):
    settings.TOP_UP_MARGIN = Decimal("50.00")
    visit = make_visit(holding="100.00")
    Consultation.objects.filter(pk=visit.pk).update(status="CLOSED")
    visit.refresh_from_db()

    assert running_bill(visit).warning == TopUp.NONE


def test_the_payer_s_share_is_not_the_wallet_s():
    visit = make_visit(holding="20.00")
    cover(make_payer("AXA", PROCEDURE="80"), visit.patient)

    body = client_as("Cashier").get(path(visit)).json()

    assert body == {
        "consultation_id": visit.pk,
        "patient_id": visit.patient_id,
        "status": "OPEN",
        "total_due": "20.00",
        "payer": "AXA",
        "payer_total": "80.00",
        "wallet_balance": "20.00",
        "wallet_status": "ACTIVE",
        "short_by": "0.00",
        "margin": "0.00",
        "warning": "NONE",
    }


def test_a_patient_without_a_wallet_holds_nothing():
    visit = make_bill(make_item(price="30.00"))

    body = client_as("Auditor").get(path(visit)).json()

    assert (body["wallet_balance"], body["wallet_status"]) == ("0.00", None)
    assert (body["short_by"], body["warning"]) == ("30.00", "SHORT")


def test_a_patient_sees_the_own_and_no_other():
    user = make_patient_user()
    own, other = make_bill(make_item(), patient=user.patient), make_visit()

    assert client_of(user).get(path(own)).status_code == 200
    assert problem_of(client_of(user).get(path(other))) == (404, "not-found")


def test_the_queries_do_not_grow_with_the_items():
    client, visit = client_as("Cashier"), make_visit()
    many = make_bill(make_item(), make_item(), make_item(), patient=visit.patient)
    few = statements(lambda: client.get(path(visit)))

    assert statements(lambda: client.get(path(many))) == few


def test_the_desk_warns_on_the_visit_and_on_the_patient_s_page():
    visit = make_visit(holding="40.00")
    desk = signed_in(UserFactory(role="Cashier"))
    visit_url = reverse("admin:smcapp1_consultation_change", args=[visit.pk])
    patient_url = reverse("admin:smcapp1_patientprofile_change", args=[visit.patient_id])

    said = "NGN 60.00 short of this bill: top up, or take another payment."
    assert said in text_of(desk.get(visit_url))
    assert f"{visit}: {said}" in text_of(desk.get(patient_url))


def test_the_portal_warns_on_the_bill_and_on_the_first_page(settings):
    settings.TOP_UP_MARGIN = Decimal("50.00")
    user = make_patient_user()
    make_wallet(patient=user.patient, holding="120.00")
    visit = make_bill(make_item(price="100.00"), patient=user.patient)
    client = signed_in(user)

    bill = text_of(client.get(reverse("portal-bill", args=[visit.pk])))
    overview = text_of(client.get(reverse("portal")))

    assert "After this bill less than ₦50.00 is left in your wallet." in bill
    assert "After the bill of your newest visit less than ₦50.00 is left" in overview


def test_a_wallet_that_is_enough_is_no_warning():
    user = make_patient_user()
    make_wallet(patient=user.patient, holding="100.00")
    visit = make_bill(make_item(price="100.00"), patient=user.patient)

    bill = text_of(signed_in(user).get(reverse("portal-bill", args=[visit.pk])))

    assert "short of" not in bill
    assert "is left in your wallet" not in bill
