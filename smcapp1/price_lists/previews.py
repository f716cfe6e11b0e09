"""What a preview promises: a signed copy of the list and of the plan that was shown."""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core import signing

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from smcapp1.price_lists.applying import import_price_list, preview_price_list
from smcapp1.price_lists.columns import Chosen
from smcapp1.price_lists.planning import Plan
from smcapp1.price_lists.reading import PriceList, read_price_list

VALID_SECONDS = 3600
_SALT = "smcapp1.price_lists.previews"
_ROOM_FOR_THE_REST = 100_000  # bytes of a request beside the signed copy


class TooLarge(InvalidRequest):
    """A list whose signed copy would not fit into a request."""


@dataclass(frozen=True)
class Preview:
    """A list that somebody looked at; ``shown`` is the fingerprint of the plan they saw."""

    written: bytes
    file: str
    department_code: str
    effective_from: date
    chosen: Chosen
    shown: str = ""

    @property
    def listed(self) -> PriceList:
        return read_price_list(self.written, self.file, self.chosen)

    def plan(self) -> Plan:
        """Return what the import would do now; raises what ``preview_price_list`` does."""
        return preview_price_list(
            self.listed, department_code=self.department_code, effective_from=self.effective_from
        )

    def carry_out(self, act: Act) -> Plan:
        """
        Import the list, without the rows that were shown as rejected; raises what
        ``import_price_list`` does, ``PlanChanged`` if it would do other than was shown.
        """
        return import_price_list(
            self.listed,
            department_code=self.department_code,
            effective_from=self.effective_from,
            skip_rejected=True,
            expected=self.shown,
            act=act,
        )


def sign(preview: Preview, plan: Plan, user: Any) -> str:
    """
    Return the preview as a text that nobody can change, for this user.

    :raises TooLarge: if it would not fit into a request
    """
    chosen = preview.chosen
    facts = [
        user.pk,
        b64encode(zlib.compress(preview.written, level=9)).decode(),
        preview.file,
        preview.department_code,
        preview.effective_from.isoformat(),
        [chosen.name, chosen.price, chosen.code],
        plan.fingerprint,
    ]
    signed = signing.dumps(facts, salt=_SALT)
    room = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if room is not None and len(signed) > room - _ROOM_FOR_THE_REST:
        raise TooLarge("file", "This list is too large for this page.")
    return signed


def unsign(signed: str, user: Any) -> Preview:
    """
    Return the preview that was signed for this user, within the hour.

    :raises InvalidRequest: if it was not
    """
    try:
        owner, packed, file, department_code, day, columns, shown = signing.loads(
            signed, salt=_SALT, max_age=VALID_SECONDS
        )
    except signing.BadSignature:
        owner = None
    if owner != user.pk:
        message = "This preview is too old, or not yours. Nothing was done; hand the list in again."
        raise InvalidRequest("preview", message)
    written = zlib.decompress(b64decode(packed))
    day_of_prices = date.fromisoformat(day)
    return Preview(written, file, department_code, day_of_prices, Chosen(*columns), shown)
