"""The QR code on a receipt: the address at which anybody who holds the paper can check it."""

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from client_wallet.models import ReceiptPrint

QUIET_ZONE = 4  # modules around the code, as ISO/IEC 18004 asks


def check_url(request: HttpRequest, printed: ReceiptPrint) -> str:
    """
    Return the public address of a print, below PUBLIC_URL or else the host that was asked.

    That host is one of ALLOWED_HOSTS: no other gets as far as a view.
    """
    path = reverse("receipt-check", args=[printed.token])
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    return request.build_absolute_uri(path)


def qr_code(text: str) -> SafeString:
    """Return the text as an SVG element that needs neither style attributes nor scripts."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - segno draws a path; the text does not stand in it
