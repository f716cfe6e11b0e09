"""The laboratory writes the result of a paid test and releases it; of unpaid ones it sees none."""

from smcapp1.models import LabResult
from tests.browser.cashier import button, make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay


def test_a_result_is_entered_and_released(arrive):
    paid = make_bill(
        make_item("LABORATORY", name="Malaria parasite film"), patient=make_patient("Lawal")
    )
    pay(paid, UserFactory(role="Cashier"), "CASH", "100.00")
    unpaid = make_bill(make_item("LABORATORY"), patient=make_patient("Unpaid"))
    user = UserFactory(role="Laboratory")
    laboratory = arrive(user)
    page = laboratory.page

    laboratory.go("/admin/smcapp1/labresult/waiting/")
    page.get_by_role("link", name="Malaria parasite film").click()
    page.get_by_label("Result").wait_for()
    laboratory.look()
    page.get_by_label("Result").fill("Plasmodium falciparum, 2 parasites per 200 leucocytes")
    button(laboratory, "Save result").click()
    page.get_by_text("It is not released yet.").wait_for()
    page.get_by_role("link", name="Release").click()
    page.get_by_text("A released result is final").wait_for()
    laboratory.look()
    button(laboratory, "Release").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("was released.").wait_for()
    laboratory.look()

    result = LabResult.objects.get(consultation=paid)
    assert (result.status, result.resulted_by, result.released_by) == ("RELEASED", user, user)
    assert result.result == "Plasmodium falciparum, 2 parasites per 200 leucocytes"
    assert page.get_by_text("Unpaid").count() == 0
    assert not LabResult.objects.filter(consultation=unpaid).exists()
    laboratory.go(f"/admin/smcapp1/labresult/{result.pk}/change/")
    assert button(laboratory, "Save result").count() == 0
    laboratory.look()
