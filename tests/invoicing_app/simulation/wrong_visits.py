"""Visits that are wrong in one way each, so that whoever plays them has to notice; and slow."""

import os
import time
from decimal import Decimal
from functools import partial

from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from invoicing_app.simulation import desk as desks
from invoicing_app.simulation.desk import Desk
from smcapp1.services import register_patient


def _register(desk: Desk) -> int:
    register = partial(register_patient, first_name="Ada", last_name="Eze", sex="F")
    born = desk.plan.started_at.date()
    registered = desk.do("register", lambda act: register(date_of_birth=born, act=act))
    assert registered is not None
    return registered.patient.pk


def expects_a_refusal_that_does_not_come(desk: Desk) -> None:
    patient_id = _register(desk)
    deposit = partial(deposit_to_wallet, patient_id=patient_id, amount=Decimal("100.00"))
    desk.must_be_refused("deposit", "wallet-frozen", lambda act: deposit(act=act))


def expects_to_pass_what_is_refused(desk: Desk) -> None:
    deposit = partial(deposit_to_wallet, patient_id=0, amount=Decimal("100.00"))
    desk.do("deposit", lambda act: deposit(act=act))


def takes_its_time(desk: Desk) -> None:
    """Register somebody under what was read, and leave time to be killed after it."""
    name = desk.note("name", time.monotonic_ns)
    born = desk.plan.started_at.date()
    register = partial(register_patient, first_name=name, last_name="Eze", sex="F")
    desk.do("register", lambda act: register(date_of_birth=born, act=act))
    time.sleep(1)


def breaks(desk: Desk) -> None:
    desk.do("break", lambda act: 1 / 0)


def dies(desk: Desk) -> None:
    os._exit(3)


def forgets_its_keys(desk: Desk) -> None:
    """Deposit twice where an answer is lost, as a client does that sends no key."""
    desks.FAULTY = 1.0
    patient_id = _register(desk)
    deposit = partial(deposit_to_wallet, patient_id=patient_id, amount=Decimal("100.00"))
    desk.do("deposit", lambda act: deposit(act=Act(act.actor)))
