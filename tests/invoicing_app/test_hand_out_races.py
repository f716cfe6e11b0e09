"""Two people hand out one drug at once; the race is lost without the consultation's lock."""

from functools import partial

import pytest
from django.db import IntegrityError

from hospital.core.acts import Act
from invoicing_app.errors import AlreadyHandedOut
from invoicing_app.hand_outs import HandedOut, hand_out_drugs
from invoicing_app.models import DrugHandOut
from tests.factories import UserFactory, make_bill, make_drug
from tests.invoicing_app.desk import items_of, pay
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_HAND_OUT = 'INSERT INTO "invoicing_app_drughandout"'


def hand_out_twice(*keys):
    bill = make_bill(make_drug(holding=5))
    pay(bill, UserFactory(role="Cashier"), "CASH", "100.00")
    pharmacist = UserFactory(role="Pharmacist")
    ids = [item.pk for item in items_of(bill)]
    return run_together(
        *(
            partial(
                hand_out_drugs,
                consultation_id=bill.pk,
                bill_item_ids=ids,
                act=Act(pharmacist, key),
            )
            for key in keys
        ),
        pause_before=BEFORE_THE_HAND_OUT,
    )


def test_two_hand_outs_of_one_drug_are_one_and_a_refusal():
    first, second = hand_out_twice("", "")

    assert isinstance(first, HandedOut)
    assert isinstance(second, AlreadyHandedOut)
    assert DrugHandOut.objects.count() == 1


def test_a_double_click_hands_out_once_and_answers_twice():
    first, second = hand_out_twice("tap-1", "tap-1")

    assert (first.replayed, second.replayed) == (False, True)
    assert second.hand_outs == first.hand_outs
    assert DrugHandOut.objects.count() == 1


def test_without_the_lock_only_the_database_stops_the_second():
    with without_row_locks():
        first, second = hand_out_twice("", "")

    assert isinstance(first, HandedOut)
    assert isinstance(second, IntegrityError)
    assert DrugHandOut.objects.count() == 1
