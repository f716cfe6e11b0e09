"""Refunds as they are under their lock."""

from hospital.core.errors import NotFound
from invoicing_app.refunds.models import Refund
from smcapp1.services import lock_consultation


def lock_refund(refund_id: int) -> Refund:
    """
    Lock a refund's consultation, and then the refund; return it as it now is.

    :raises NotFound: if there is no such refund
    """
    of_visits = Refund.objects.filter(pk=refund_id)
    consultation_id = of_visits.values_list("payment__consultation_id", flat=True).first()
    if consultation_id is None:
        raise NotFound("There is no refund with this id.")
    lock_consultation(consultation_id)
    refunds = Refund.objects.with_details().select_related("payment__consultation")
    return refunds.select_for_update(of=("self",), no_key=True).get(pk=refund_id)
