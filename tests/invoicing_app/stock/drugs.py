"""What tests of drugs handed out in part share: paid drugs, and who hands them out."""

from hospital.core.acts import Act
from invoicing_app.hand_outs import hand_out_drug
from invoicing_app.models import DispensedStock
from tests.factories import UserFactory, make_bill, make_drug
from tests.invoicing_app.desk import items_of, pay


def paid_drug(quantity, drug=None, patient=None):
    """Return the bill item of a drug that was just paid."""
    bill = make_bill((drug or make_drug(holding=quantity), quantity), patient=patient)
    pay(bill, UserFactory(role="Cashier"), "CASH", "90000.00")
    return items_of(bill)[0]


def hand_out(item, quantity=None, pharmacist=None, key=""):
    actor = pharmacist or UserFactory(role="Pharmacist")
    return hand_out_drug(bill_item_id=item.pk, quantity=quantity, act=Act(actor, key))


def counts_of(item):
    """Return what became of the stock of an item: quantity, handed out, taken and brought back."""
    rows = DispensedStock.objects.filter(bill_item=item).order_by("pk")
    return list(rows.values_list("quantity", "handed_out", "taken_back", "brought_back"))
