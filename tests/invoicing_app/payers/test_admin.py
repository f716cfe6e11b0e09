"""Payers at the desk: one act per form, refusals beside their field, doors for who may."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from invoicing_app.payers.models import ClaimBatch, Cover, PatientCover, Payer, Remittance
from tests.admin_pages import signed_in
from tests.factories import DepartmentFactory, PatientFactory, UserFactory
from tests.invoicing_app.payers.desk import cover, make_claim, make_payer, sent_claim
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("db")

TODAY = str(timezone.localdate())


def page(model, name, *arguments):
    return reverse(f"admin:invoicing_app_{model}_{name}", args=arguments)


@pytest.fixture
def accountant(db):
    return signed_in(UserFactory(role="Accountant"))


def keyed(**typed):
    return {"one_time_key": str(uuid4()), **typed}


def without_sessions(rows):
    return {table: held for table, held in rows.items() if "session" not in table}


def test_a_payer_is_added_once_by_one_form_and_changed(accountant):
    form = keyed(code="AXA", name="AXA", kind="HMO")

    first = accountant.post(page("payer", "add"), form)
    again = accountant.post(page("payer", "add"), form)
    payer = Payer.objects.get()
    no_rows = {"covers-TOTAL_FORMS": "0", "covers-INITIAL_FORMS": "0"}  # what is only seen
    change = keyed(name="AXA Mansard", kind="INSURER", is_active="on", **no_rows)
    accountant.post(page("payer", "change", payer.pk), change)

    assert (first.status_code, again.status_code) == (302, 302)
    payer.refresh_from_db()
    assert (payer.code, payer.name, payer.kind, payer.is_active) == (
        "AXA",
        "AXA Mansard",
        "INSURER",
        True,
    )


def test_a_code_that_is_taken_is_said_beside_its_field(accountant):
    make_payer("AXA")
    before = without_sessions(everything())

    shown = accountant.post(page("payer", "add"), keyed(code="AXA", name="Other", kind="HMO"))

    form = shown.context["adminform"].form
    assert form.errors == {"code": ["There is a payer with this code."]}
    assert without_sessions(everything()) == before


def test_what_is_covered_is_set_and_replaced(accountant):
    payer, department = make_payer(), DepartmentFactory(code="PROCEDURE")
    path = page("payer", "set_what_is_covered", payer.pk)
    typed = {"department": department.pk, "limit_per": "", "is_active": "on"}

    accountant.post(path, keyed(**typed, percent="80"))
    accountant.post(path, keyed(**typed, percent="70.5"))
    refused = accountant.post(path, keyed(**typed, percent="70", limit_amount="5"))

    assert [str(one.percent) for one in Cover.objects.all()] == ["70.50"]
    assert "limit_per" in refused.context["form"].errors


def test_a_cover_is_recorded_once_and_ended():
    desk, payer, patient = signed_in(UserFactory(role="Cashier")), make_payer(), PatientFactory()
    typed = {"patient": patient.pk, "payer": payer.pk, "member_number": "A/1", "valid_from": TODAY}
    form = keyed(**typed)

    desk.post(page("patientcover", "add"), form)
    desk.post(page("patientcover", "add"), form)
    again = desk.post(page("patientcover", "add"), keyed(**typed))
    held = PatientCover.objects.get()
    desk.post(page("patientcover", "end", held.pk), keyed(last_day=TODAY))

    assert "valid_from" in again.context["adminform"].form.errors
    held.refresh_from_db()
    assert str(held.valid_until) == TODAY


def test_a_batch_is_made_once_printed_and_exported(accountant):
    payer = make_payer(PROCEDURE="80")
    claim = make_claim(payer)
    form = keyed(payer=payer.pk, period_from=TODAY, period_to=TODAY)

    accountant.post(page("claimbatch", "add"), form)
    accountant.post(page("claimbatch", "add"), form)
    batch = ClaimBatch.objects.get()
    paper = accountant.get(page("claimbatch", "paper", batch.pk)).content.decode()
    file = b"".join(accountant.get(page("claimbatch", "csv", batch.pk)).streaming_content)

    assert "AXA-0001" in paper
    assert claim.cover.patient.last_name in paper
    assert "80.00" in paper
    assert f"AXA-0001,{claim.pk},M-1" in file.decode()


@pytest.mark.parametrize("role", ["Cashier", "Pharmacist", "Laboratory"])
@pytest.mark.parametrize("name", ["paper", "csv"])
def test_claims_are_not_for_everybody_to_read(role, name):
    claim = sent_claim(make_payer(PROCEDURE="80"))

    shown = signed_in(UserFactory(role=role)).get(page("claimbatch", name, claim.batch_id))

    assert shown.status_code == 403


def test_a_remittance_is_recorded_once_by_one_form(accountant):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    path = page("claimbatch", "record_remittance", claim.batch_id)
    form = keyed(
        reference="TRF 1", received_on=TODAY, amount="50.00", **{f"claim_{claim.pk}": "50.00"}
    )

    accountant.post(path, form)
    accountant.post(path, form)
    other = accountant.post(path, {**keyed(), **{k: v for k, v in form.items() if k[0] != "o"}})

    assert Remittance.objects.count() == 1
    assert "reference" in other.context["form"].errors


def test_who_asked_for_a_write_off_is_not_offered_the_decision():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    asker, other = (signed_in(UserFactory(role="Supervisor")) for _ in range(2))
    asker.post(
        page("claim", "ask_write_off", claim.pk), keyed(amount="5.00", reason="Asked too late")
    )
    short = claim.short_payments.get()
    own, theirs = (
        one.get(page("shortpayment", "change", short.pk)).content.decode() for one in (asker, other)
    )

    refused = asker.post(page("shortpayment", "approve", short.pk), keyed())

    approve = page("shortpayment", "approve", short.pk)
    assert (approve in own, approve in theirs) == (False, True)
    assert "cannot decide on it" in refused.content.decode()
    other.post(page("shortpayment", "approve", short.pk), keyed())
    short.refresh_from_db()
    assert short.status == "APPROVED"


def test_a_patient_s_page_says_who_covers():
    desk, payer, patient = signed_in(UserFactory(role="Cashier")), make_payer(), PatientFactory()
    path = reverse("admin:smcapp1_patientprofile_change", args=[patient.pk])

    before = desk.get(path).content.decode()
    cover(payer, patient)

    assert "Record a cover" in before
    assert "AXA Health" in desk.get(path).content.decode()
