"""One code, shown at two doors at once, opens one of them."""

import time
from typing import Any

import pytest
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from hospital.core.second_factor import device_accepting, new_recovery_codes
from tests.factories import UserFactory
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]


@pytest.fixture
def code(real_commits: str) -> tuple[Any, str]:
    """A user, and the code that the user's app shows."""
    device = TOTPDevice.objects.create(user=UserFactory(), name="App")
    app = TOTP(device.bin_key)
    app.time = time.time()
    return device.user, f"{app.token():06d}"


def accepted_at_two_doors(user: Any, code: str, pause_before: str) -> list[bool]:
    def sign_in() -> bool:
        return device_accepting(user, code) is not None

    return sorted(run_together(sign_in, sign_in, pause_before=pause_before))


def test_a_code_is_accepted_once(code):
    user, shown = code

    assert accepted_at_two_doors(user, shown, 'UPDATE "otp_totp_totpdevice"') == [False, True]


def test_without_the_lock_it_would_be_accepted_twice(code):
    user, shown = code

    with without_row_locks():
        assert accepted_at_two_doors(user, shown, 'UPDATE "otp_totp_totpdevice"') == [True, True]


def test_a_recovery_code_is_accepted_once():
    user = UserFactory()
    code = new_recovery_codes(user)[0]

    assert accepted_at_two_doors(user, code, 'DELETE FROM "otp_static') == [False, True]


def test_without_the_lock_a_recovery_code_would_be_accepted_twice():
    user = UserFactory()
    code = new_recovery_codes(user)[0]

    with without_row_locks():
        assert accepted_at_two_doors(user, code, 'DELETE FROM "otp_static') == [True, True]
