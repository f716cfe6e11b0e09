"""What paying does in the departments: drugs leave the shelf, tests await a result."""

import pytest

from hospital.core.errors import DomainError
from invoicing_app.department_effects import EFFECTS, ask_for_lab_results, take_drugs_off_the_shelf
from invoicing_app.models import DispensedStock
from smcapp1.models import Department, LabResult, StockBatch, StockMovement
from tests.factories import add_to_bill, make_bill, make_drug, make_item, make_stock
from tests.invoicing_app.desk import items_of, pay
from tests.rows import everything


def movements_out():
    """Return what left the shelf: batch, how many, how many it left behind, and by whom."""
    taken = StockMovement.objects.filter(kind="DISPENSED").order_by("pk")
    return list(taken.values_list("batch__batch_number", "quantity", "quantity_after", "moved_by"))


def on_the_shelf():
    return dict(StockBatch.objects.values_list("batch_number", "quantity_on_hand"))


def served():
    """Return which item was served from which batch, with how many."""
    links = DispensedStock.objects.order_by("movement")
    return list(
        links.values_list("bill_item", "movement__batch__batch_number", "movement__quantity")
    )


def test_drugs_leave_the_shelf_first_expiring_first(cashier):
    drug = make_drug()
    make_stock(drug, 50, days_left=300, batch="LATE")
    make_stock(drug, 3, days_left=30, batch="SOON")
    make_stock(drug, 2, days_left=90, batch="NEXT")
    consultation = make_bill((drug, 6))
    (item,) = items_of(consultation)

    pay(consultation, cashier, "CASH", "600.00")

    assert movements_out() == [
        ("SOON", 3, 0, cashier.pk),
        ("NEXT", 2, 0, cashier.pk),
        ("LATE", 1, 49, cashier.pk),
    ]
    assert served() == [(item.pk, "SOON", 3), (item.pk, "NEXT", 2), (item.pk, "LATE", 1)]
    assert on_the_shelf() == {"LATE": 49, "SOON": 0, "NEXT": 0}


def test_expired_batches_are_skipped_and_one_that_expires_today_is_not(cashier):
    drug = make_drug()
    make_stock(drug, 100, days_left=-1, batch="EXPIRED YESTERDAY")
    make_stock(drug, 1, days_left=0, batch="EXPIRES TODAY")
    make_stock(drug, 5, days_left=1, batch="EXPIRES TOMORROW")
    consultation = make_bill((drug, 2))

    pay(consultation, cashier, "CASH", "200.00")

    assert movements_out() == [
        ("EXPIRES TODAY", 1, 0, cashier.pk),
        ("EXPIRES TOMORROW", 1, 4, cashier.pk),
    ]
    assert on_the_shelf()["EXPIRED YESTERDAY"] == 100


def test_batches_of_one_expiry_are_taken_in_the_order_they_came(cashier):
    drug = make_drug()
    make_stock(drug, 1, days_left=30, batch="FIRST")
    make_stock(drug, 1, days_left=30, batch="SECOND")
    consultation = make_bill(drug)

    pay(consultation, cashier, "CASH", "100.00")

    assert movements_out() == [("FIRST", 1, 0, cashier.pk)]


def test_items_of_one_drug_share_its_batches(cashier):
    drug = make_drug()
    make_stock(drug, 3, days_left=30, batch="SOON")
    make_stock(drug, 9, days_left=90, batch="LATE")
    consultation = make_bill((drug, 2), (drug, 2), (drug, 1))
    first, second, third = items_of(consultation)

    pay(consultation, cashier, "CASH", "500.00")

    assert served() == [
        (first.pk, "SOON", 2),
        (second.pk, "SOON", 1),
        (second.pk, "LATE", 1),
        (third.pk, "LATE", 1),
    ]
    assert on_the_shelf() == {"SOON": 0, "LATE": 7}


def test_each_item_is_served_from_its_own_drug(cashier):
    malaria, cough = make_drug(holding=0), make_drug(holding=0)
    make_stock(malaria, 5, batch="MALARIA")
    make_stock(cough, 5, batch="COUGH")
    consultation = make_bill((cough, 2), (malaria, 3))
    for_cough, for_malaria = items_of(consultation)

    pay(consultation, cashier, "CASH", "500.00")

    assert served() == [(for_cough.pk, "COUGH", 2), (for_malaria.pk, "MALARIA", 3)]
    assert on_the_shelf() == {"MALARIA": 2, "COUGH": 3}


def test_drugs_of_a_department_that_is_not_paid_stay_on_the_shelf(cashier):
    drug = make_drug(holding=5)
    consultation = make_bill(drug, make_item("RADIOLOGY", "80.00"))

    pay(consultation, cashier, "CASH", "80.00", department="RADIOLOGY")

    assert (movements_out(), on_the_shelf()) == ([], {"B1": 5})


def test_drugs_leave_the_shelf_once_however_often_the_rest_is_paid(cashier):
    drug = make_drug(holding=5)
    consultation = make_bill((drug, 2))
    pay(consultation, cashier, "CASH", "200.00")
    add_to_bill(consultation, make_item("RADIOLOGY", "80.00"))

    pay(consultation, cashier, "CASH", "80.00")

    assert movements_out() == [("B1", 2, 3, cashier.pk)]


def test_a_paid_test_awaits_one_result_whatever_its_quantity(cashier):
    blood_count, malaria = make_item("LABORATORY", "30.10"), make_item("LABORATORY", "7.00")
    consultation = make_bill(blood_count, (malaria, 3))
    first, second = items_of(consultation)

    pay(consultation, cashier, "CASH", "51.10")

    assert list(
        LabResult.objects.order_by("pk").values_list(
            "bill_item", "consultation", "test", "status", "result"
        )
    ) == [
        (first.pk, consultation.pk, blood_count.pk, "PENDING", ""),
        (second.pk, consultation.pk, malaria.pk, "PENDING", ""),
    ]


def test_the_same_test_ordered_twice_awaits_two_results(cashier):
    blood_count = make_item("LABORATORY", "30.10")
    consultation = make_bill(blood_count, blood_count)
    first, second = items_of(consultation)

    pay(consultation, cashier, "CASH", "60.20")

    assert list(LabResult.objects.order_by("pk").values_list("bill_item", "test")) == [
        (first.pk, blood_count.pk),
        (second.pk, blood_count.pk),
    ]


@pytest.mark.parametrize("department", ["CONSULTATION", "RADIOLOGY", "PROCEDURE", "OTHER"])
def test_other_departments_are_paid_without_an_effect(cashier, department):
    make_drug(holding=5)
    consultation = make_bill(make_item(department, "80.00"))

    pay(consultation, cashier, "CASH", "80.00")

    (item,) = items_of(consultation)
    assert (item.status, item.lab_result) == ("PAID", None)
    assert (movements_out(), LabResult.objects.count()) == ([], 0)


def test_the_effect_follows_the_department_s_kind_and_not_its_code(cashier):
    ward_pharmacy = Department.objects.create(code="WARD_7", name="Ward 7", kind="PHARMACY")
    drug = make_drug(holding=5)
    drug.department = ward_pharmacy
    drug.save()
    consultation = make_bill((drug, 2))

    pay(consultation, cashier, "CASH", "200.00", department="WARD_7")

    assert on_the_shelf() == {"B1": 3}


def test_the_effects_are_these():
    assert dict(EFFECTS) == {
        "LABORATORY": ask_for_lab_results,
        "PHARMACY": take_drugs_off_the_shelf,
    }


def test_a_new_effect_is_one_function_that_gets_the_items_being_paid(cashier, monkeypatch):
    seen = []
    monkeypatch.setitem(
        EFFECTS, "RADIOLOGY", lambda items, occasion: seen.append((items, occasion))
    )
    consultation = make_bill(make_item("RADIOLOGY"), make_item("LABORATORY"))
    scan, _ = items_of(consultation)

    pay(consultation, cashier, "CASH", "200.00", key="tap-1")

    ((items, occasion),) = seen
    assert items == [scan]
    assert (occasion.act.actor, occasion.act.key) == (cashier, "tap-1")


def test_an_effect_that_refuses_undoes_the_whole_payment(cashier, monkeypatch):
    class MachineBroken(DomainError):
        code = "machine-broken"
        title = "The scanner is broken."

    def refuse(items, occasion):
        Department.objects.create(code="WRITTEN", name="By the effect itself", kind="OTHER")
        raise MachineBroken

    monkeypatch.setitem(EFFECTS, "RADIOLOGY", refuse)
    consultation = make_bill(make_item("RADIOLOGY"), make_drug(holding=5), make_item("LABORATORY"))
    before = everything()

    with pytest.raises(MachineBroken):
        pay(consultation, cashier, "CASH", "300.00")

    assert everything() == before
