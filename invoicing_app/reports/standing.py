"""How things stand at the end of a day: what is owed, on the shelf, undelivered, on its way out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from client_wallet.models import Withdrawal
from hospital.core.money import ZERO, MoneyField
from invoicing_app.models import BillItem, DispensedStock, DrugHandOut
from invoicing_app.reports.period import Period, begin_of, end_of
from invoicing_app.waivers.models import WaiverLine
from smcapp1.models import Department, LabResult, StockBatch, StockMovement

AGES: Mapping[str, tuple[str, int | None]] = {  # → title, days since it was ordered, at most
    "0": ("The same day", 0),
    "7": ("1 to 7 days before", 7),
    "30": ("8 to 30 days before", 30),
    "60": ("31 to 60 days before", 60),
    "90": ("61 to 90 days before", 90),
    "more": ("Earlier", None),
}
LIVES: Mapping[str, str] = {
    "expired": "Expired",
    "near": "Near expiry",
    "good": "Expires later",
}


def outstanding(day: date) -> QuerySet[BillItem]:
    """
    Return what was ordered by the end of a day and then neither paid nor void; its ``age``, and
    what is ``owed`` of it: what was not waived by then.
    """
    items = BillItem.objects.filter(ordered_at__lt=end_of(day))
    if day >= timezone.localdate():
        unpaid = items.unpaid()
    else:
        was_paid_later = Q(payment_line__payment__business_date__gt=day)
        was_void_later = Q(voided_at__gte=end_of(day))
        unpaid = items.filter(Q(status=BillItem.Status.UNPAID) | was_paid_later | was_void_later)
    return unpaid.annotate(age=_age(day), owed=F("line_total") - _waived(day))


def on_shelf(day: date) -> QuerySet[StockBatch]:
    """Return batches with ``units`` on the shelf at the end of a day, their ``value`` and life."""
    batches = StockBatch.objects.annotate(units=_units(day)).filter(units__gt=0)
    near = day + timedelta(days=settings.NEAR_EXPIRY_DAYS)
    life = Case(
        When(expires_on__lt=day, then=Value("expired")),
        When(expires_on__lte=near, then=Value("near")),
        default=Value("good"),
        output_field=CharField(),
    )
    value = ExpressionWrapper(F("units") * F("unit_cost"), output_field=MoneyField())
    return batches.annotate(value=value, life=life)


def resulted_unpaid(day: date) -> QuerySet[LabResult]:
    """Return tests that had a result at the end of a day and were not paid: work given away."""
    resulted = LabResult.objects.filter(resulted_at__lt=end_of(day))
    was_paid = Q(bill_item__payment_line__payment__business_date__lte=day)
    refunded = Q(bill_item__status=BillItem.Status.REFUNDED)
    unpaid = resulted.filter(Q(bill_item=None) | ~was_paid | refunded)
    return unpaid.annotate(amount=F("bill_item__line_total"))


def not_resulted(day: date) -> QuerySet[LabResult]:
    """Return tests paid ``LEAKAGE_DAYS`` or more before a day, then without a result."""
    waiting = LabResult.objects.filter(Q(resulted_at=None) | Q(resulted_at__gte=end_of(day)))
    paid = waiting.filter(
        bill_item__status=BillItem.Status.PAID,
        bill_item__payment_line__payment__business_date__lte=_long_before(day),
    )
    return paid.annotate(amount=F("bill_item__line_total"))


def not_handed_out(day: date) -> QuerySet[BillItem]:
    """
    Return drugs paid ``LEAKAGE_DAYS`` or more before a day of which some were not handed out then.

    ``amount`` is what those came to; what was refunded since is not among them.
    """
    paid = BillItem.objects.filter(
        status=BillItem.Status.PAID,
        department__kind=Department.Kind.PHARMACY,
        payment_line__payment__business_date__lte=_long_before(day),
    )
    if day >= timezone.localdate():
        paid = paid.filter(pk__in=DispensedStock.objects.owed().values("bill_item"))
    given = DrugHandOut.objects.filter(bill_item=OuterRef("pk"), handed_out_at__lt=end_of(day))
    taken = DispensedStock.objects.filter(bill_item=OuterRef("pk"))
    rest = F("quantity") - _sum_of(given, "quantity") - _sum_of(taken, "taken_back")
    amount = ExpressionWrapper(F("rest") * F("unit_price"), output_field=MoneyField())
    return paid.annotate(rest=rest).filter(rest__gt=0).annotate(amount=amount)


def _sum_of(rows: QuerySet[Any], column: str) -> Coalesce:
    """Return the sum of a column over rows that name an outer one by ``bill_item``; 0 of none."""
    sums = rows.order_by().values("bill_item").annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(sums), 0)


def withdrawals_under_way(day: date) -> QuerySet[Withdrawal]:
    """Return withdrawals asked for by the end of a day and then not ended."""
    asked = Withdrawal.objects.filter(created_at__lt=end_of(day))
    return asked.filter(Q(ended_at=None) | Q(ended_at__gte=end_of(day)))


def withdrawals_ended(period: Period) -> QuerySet[Withdrawal]:
    """Return withdrawals that ended in a period, one way or another."""
    return Withdrawal.objects.filter(
        ended_at__gte=begin_of(period.first), ended_at__lt=end_of(period.last)
    )


def _age(day: date) -> Case:
    limits = [(age, days) for age, (_, days) in AGES.items() if days is not None]
    whens = [
        When(ordered_at__gte=begin_of(day - timedelta(days=days)), then=Value(age))
        for age, days in limits
    ]
    return Case(*whens, default=Value("more"), output_field=CharField())


def _waived(day: date) -> Any:
    if day >= timezone.localdate():
        return F("waived")
    granted = WaiverLine.objects.filter(bill_item=OuterRef("pk"), waiver__business_date__lte=day)
    in_force = granted.filter(Q(taken_back=None) | Q(taken_back__business_date__gt=day))
    sums = in_force.order_by().values("bill_item").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums), ZERO, output_field=MoneyField())


def _units(day: date) -> Any:
    if day >= timezone.localdate():
        return F("quantity_on_hand")
    later = StockMovement.objects.filter(batch=OuterRef("pk"), moved_at__gte=end_of(day))
    into = Q(kind__in=StockMovement.INTO_STOCK)
    change = Case(When(into, then=F("quantity")), default=-F("quantity"))
    sums = later.order_by().values("batch").annotate(sum=Sum(change)).values("sum")
    return F("quantity_on_hand") - Coalesce(Subquery(sums), 0)


def _long_before(day: date) -> date:
    return day - timedelta(days=settings.LEAKAGE_DAYS)
