"""A person becomes a patient online, claims an account with a code, forgets a password."""

import re

from smcapp1.models import PatientProfile
from tests.browser.cashier import button, make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.smcapp1.online import ANOTHER, PASSWORD, make_online

CODE = re.compile(r"^[A-Z2-9]{5}-[A-Z2-9]{5}$")


def choose(page, password=PASSWORD, label="Password:") -> None:
    page.get_by_label(label, exact=True).fill(password)
    page.get_by_label("The same password again").fill(password)


def code_for(arrive, patient: PatientProfile) -> str:
    """Let a cashier print a code, and return it from the paper."""
    cashier = arrive(role="Cashier")
    cashier.go(f"/admin/smcapp1/patientprofile/{patient.pk}/change/")
    cashier.page.locator(f'a[href*="/{patient.pk}/one-time-code"]:visible').first.click()
    cashier.look()
    button(cashier, "Print the code").dblclick(delay=BETWEEN_CLICKS)
    code: str = cashier.page.get_by_text(CODE).inner_text()
    cashier.look()
    return code


def test_somebody_new_signs_up_once_and_sees_where_they_are_signed_in(arrive):
    somebody = arrive()
    page = somebody.page

    somebody.go("/")
    somebody.look()
    page.get_by_role("link", name="Sign up").last.click()
    somebody.look()
    page.get_by_label("First name").fill("Chukwuemeka Oluwaseun")
    page.get_by_label("Last name").fill("Nnamdi-Azikiwe")
    page.get_by_label("Date of birth").fill("1988-02-29")
    page.get_by_label("Sex").select_option("M")
    page.get_by_label("Username").fill("emeka")
    page.get_by_label("Password:", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill("something else")
    button(somebody, "Sign up").click()
    page.get_by_text("The two passwords are not the same.").wait_for()
    somebody.look()
    choose(page)
    button(somebody, "Sign up").dblclick(delay=BETWEEN_CLICKS)
    page.wait_for_url("**/portal/")
    page.get_by_text("Your hospital number is").wait_for()
    somebody.look()
    page.get_by_role("link", name="Account").click()
    somebody.look()
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("You are logged out.").wait_for()
    somebody.look()

    assert PatientProfile.objects.filter(user__username="emeka").count() == 1


def test_a_patient_opens_the_account_with_the_paper_from_the_desk(arrive):
    patient = make_patient("Okafor")
    patient.refresh_from_db()
    code = code_for(arrive, patient)
    here = arrive()
    page = here.page

    here.go("/accounts/claim/")
    page.get_by_label("Hospital number").fill(patient.hospital_number)
    page.get_by_label("Code").fill("AAAAA-AAAAA")
    page.get_by_label("Username").fill("okafor")
    choose(page)
    button(here, "Open my account").click()
    page.get_by_text("This code is not valid").wait_for()
    here.look()
    page.get_by_label("Code").fill(code.lower())
    choose(page)
    button(here, "Open my account").click()
    page.get_by_text("Welcome.").wait_for()

    patient.refresh_from_db()
    assert patient.user is not None


def test_a_forgotten_password_is_set_anew_and_another_window_is_signed_out(arrive):
    patient = make_online("funmi")
    code = code_for(arrive, patient)
    elsewhere = arrive(patient.user)
    elsewhere.go("/portal/account/")
    here = arrive()
    page = here.page

    here.go("/accounts/login/")
    page.get_by_role("link", name="Password forgotten?").click()
    here.look()
    page.get_by_label("Hospital number").fill(patient.hospital_number)
    page.get_by_label("Code").fill(code)
    choose(page, ANOTHER, "New password:")
    button(here, "Set the new password").click()
    page.get_by_text("Your new password is set.").wait_for()
    elsewhere.go("/portal/account/")
    elsewhere.page.get_by_label("Username").wait_for()
    elsewhere.page.get_by_label("Username").fill("funmi")
    elsewhere.page.get_by_label("Password").fill(ANOTHER)
    button(elsewhere, "Log in").click()
    elsewhere.page.get_by_role("heading", name="Account").wait_for()
    here.go("/portal/account/")
    here.look()
    page.get_by_role("button", name="Sign out there").click()
    page.get_by_text("That session has ended.").wait_for()
    page.get_by_role("link", name="Change password").click()
    here.look()
