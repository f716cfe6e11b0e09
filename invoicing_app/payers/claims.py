"""A payment of a covered bill makes a claim of each item's share on the payer."""

from collections.abc import Mapping

from invoicing_app.models import DepositReceiving, PaymentLine
from invoicing_app.payers.models import Claim
from invoicing_app.shares import Share


def record_claims(payment: DepositReceiving, shares: Mapping[int, Share]) -> None:
    """
    Make the claims of a payment that was just taken: one for each line with a payer's share.

    The caller holds the patient's covers and posts the shares on the payer's account.
    """
    if not shares:
        return
    lines = PaymentLine.objects.filter(payment=payment, payer_amount__gt=0)
    Claim.objects.bulk_create(
        Claim(
            payment_line=line,
            cover_id=shares[line.bill_item_id].cover_id,
            payer_id=shares[line.bill_item_id].payer_id,
            consultation_id=payment.consultation_id,
            department_id=line.bill_item.department_id,
            amount=line.payer_amount,
            business_date=payment.business_date,
        )
        for line in lines.select_related("bill_item").order_by("pk")
    )
