"""The record of changes as it is read in the admin."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from client_wallet.freezing import freeze_wallet
from hospital.core.acts import Act
from hospital.core.audit.marks import mark_of, marked
from hospital.core.audit.wording import Difference, tell
from hospital.core.models import Change
from smcapp1.models import PatientProfile, Price
from tests.admin_pages import signed_in, text_of
from tests.core.audit.changes import changes_since, newest, sql
from tests.factories import PatientFactory, UserFactory, make_drug, make_item, make_wallet
from tests.rows import statements

pytestmark = pytest.mark.django_db
LIST = "/admin/core/change/"
READERS = {"Supervisor", "Accountant", "Auditor"}
ROLES = [*sorted(READERS), "Cashier", "Pharmacist", "Laboratory"]


def told_since(start):
    return [
        (told.who, told.record, told.change.kind, list(told.differences))
        for told in tell(changes_since(start))
    ]


def listed(client, query=""):
    """Return the records that the list shows, newest first."""
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [told.record for told in tell(list(response.context["cl"].result_list))]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_read_the_list_of_changes(role):
    client = signed_in(UserFactory(role=role))

    assert client.get(LIST).status_code == (200 if role in READERS else 403)
    assert ("Changes" in text_of(client.get("/admin/"))) == (role in READERS)


def test_a_wallets_history_tells_who_froze_it_and_leads_to_its_patient():
    boss, wallet = UserFactory(role="Supervisor"), make_wallet()
    with marked(lambda: mark_of(boss.pk, "admin:x")):
        freeze_wallet(wallet_id=wallet.pk, reason="Lost her card", act=Act(boss))
    client = signed_in(boss)

    histories = [
        client.get(reverse(f"admin:{page}_history", args=[pk])).context["changes"]
        for page, pk in (
            ("client_wallet_walletaccount", wallet.pk),
            ("smcapp1_patientprofile", wallet.patient_id),
        )
    ]

    name = f"wallet of {wallet.patient}"
    frozen = (boss.username, name, [Difference("status", "Active", "Frozen")])
    told = [(one[0].who, one[0].record, list(one[0].differences)) for one in histories]
    assert told == [frozen] * 2
    assert listed(client, f"?q={wallet.patient.hospital_number}")[0] == name


def test_a_price_is_told_in_words(cashier):
    item = make_item(name="Paracetamol", price="1000.00")
    start = newest()

    with marked(lambda: mark_of(cashier.pk, "admin:x")):
        Price.objects.filter(service_item=item).update(unit_price=Decimal("1200.50"))

    assert told_since(start) == [
        (
            cashier.username,
            "price of Paracetamol, effective from 1 Jan 2020",
            "CHANGED",
            [Difference("unit price", "1,000.00", "1,200.50")],
        )
    ]


def test_a_role_is_told_by_the_names_of_user_and_role():
    user = UserFactory(username="ada")
    start = newest()

    user.groups.add(Group.objects.get(name="Supervisor"))
    user.set_password("secret")
    user.is_staff = False
    user.save()

    ((who, *granted), (_, *changed)) = told_since(start)
    assert who.startswith("database role ")
    assert who.endswith("(hospital), not through the system")
    (role,) = granted[2]
    assert (granted[:2], role.new) == (["role of user ada", "ADDED"], "Supervisor")
    assert changed == [
        "user ada",
        "CHANGED",
        [Difference("password", "", "changed"), Difference("staff status", "yes", "no")],
    ]


def test_a_record_is_named_as_it_was_named_then():
    patient = PatientFactory(first_name="Ada", last_name="Obi", sex="F")
    start = newest()

    PatientProfile.objects.filter(pk=patient.pk).update(last_name="Eze", sex="X")
    PatientProfile.objects.filter(pk=patient.pk).update(last_name="Uba", phone="")

    records = [record for _, record, _, _ in told_since(start)]
    number = patient.hospital_number
    assert records == [f"patient {number} Ada Eze", f"patient {number} Ada Uba"]
    assert told_since(start)[0][3] == [
        Difference("last name", "Obi", "Eze"),
        Difference("sex", "Female", "Other"),
    ]


def test_a_record_that_is_gone_is_still_told():
    user = UserFactory(username="ada")
    user.groups.add(Group.objects.get(name="Cashier"))
    start = newest()

    user.groups.clear()
    sql("DELETE FROM core_user WHERE id = %s", user.pk)

    assert [(record, kind) for _, record, kind, _ in told_since(start)] == [
        (f"role of user no longer there, no. {changes_since(start)[0].record_id}", "REMOVED"),
        ("user ada", "REMOVED"),
    ]


@pytest.mark.parametrize("query", ["", "?q=Drug"])
def test_the_list_costs_the_same_with_one_row_and_with_three(query):
    client = signed_in(UserFactory(role="Auditor"))
    make_drug(name="Drug 1", holding=1)
    PatientFactory()
    client.get(LIST + query)
    few = statements(lambda: client.get(LIST + query))

    for number in (2, 3):
        make_drug(name=f"Drug {number}", holding=1)
        PatientFactory()

    assert statements(lambda: client.get(LIST + query)) == few


def test_the_list_is_searched_by_patient_item_and_user():
    client = signed_in(UserFactory(role="Auditor"))
    patient = PatientFactory(last_name="Okonkwo")
    item = make_item(code="PARA-1", name="Paracetamol")
    UserFactory(username="chidi")

    assert listed(client, f"?q={patient.hospital_number}") == [f"patient {patient}"]
    assert listed(client, "?q=okonkwo") == [f"patient {patient}"]
    assert listed(client, "?q=PARA-1") == [
        "price of Paracetamol, effective from 1 Jan 2020",
        "catalogue item Paracetamol",
    ]
    assert listed(client, "?q=chidi") == ["user chidi"]
    assert listed(client, "?q=nothing+of+the+kind") == []
    assert item.code == "PARA-1"


def test_the_list_is_filtered_by_kind_person_day_and_record(cashier):
    client = signed_in(UserFactory(role="Auditor"))
    patient = PatientFactory()
    with marked(lambda: mark_of(cashier.pk, "admin:x")):
        other = PatientFactory()

    assert listed(client, f"?person={cashier.pk}") == [f"patient {other}"]
    assert f"patient {other}" not in listed(client, "?person=outside")
    assert listed(client, "?record=smcapp1_patientprofile") == [
        f"patient {other}",
        f"patient {patient}",
    ]
    assert listed(client, f"?of=smcapp1_patientprofile:{patient.pk}") == [f"patient {patient}"]
    assert listed(client, "?changed_at__lt=2020-01-01+00:00:00%2B01:00") == []


@pytest.mark.parametrize(
    "query",
    ["?person=x", f"?person={'9' * 5000}", "?of=x", "?of=%00", "?record=x", "?q=%00", "?p=x"],
)
def test_a_filter_that_means_nothing_breaks_nothing(query):
    client = signed_in(UserFactory(role="Auditor"))
    PatientFactory()

    assert client.get(LIST + query, follow=True).status_code == 200


def test_nobody_changes_the_record_not_even_a_superuser():
    client = signed_in(UserFactory(is_superuser=True))
    PatientFactory()
    change = Change.objects.order_by("-pk")[0]
    page = reverse("admin:core_change_change", args=[change.pk])

    statuses = [
        client.get(page).status_code,
        client.post(page, {"via": "x"}).status_code,
        client.get(reverse("admin:core_change_add")).status_code,
        client.post(reverse("admin:core_change_delete", args=[change.pk])).status_code,
    ]

    assert statuses == [200, 403, 403, 403]


@pytest.mark.parametrize(("role", "told"), [("Auditor", True), ("Cashier", False)])
def test_a_patients_history_tells_the_changes_to_those_who_may_read_them(role, told):
    patient = PatientFactory(phone="111")
    PatientProfile.objects.filter(pk=patient.pk).update(phone="222")
    page = reverse("admin:smcapp1_patientprofile_history", args=[patient.pk])

    said = text_of(signed_in(UserFactory(role=role)).get(page))

    assert ("111 → 222" in said) == told


def test_an_items_history_tells_its_prices_and_a_users_its_roles():
    client = signed_in(UserFactory(is_superuser=True))
    item = make_item(price="10.00")
    Price.objects.filter(service_item=item).update(unit_price=Decimal("12.00"))
    user = UserFactory(role="Supervisor")
    role = Group.objects.get(name="Supervisor")

    pages = {
        "item": reverse("admin:smcapp1_serviceitem_history", args=[item.pk]),
        "user": reverse("admin:core_user_history", args=[user.pk]),
        "role": reverse("admin:auth_group_history", args=[role.pk]),
    }
    said = {name: text_of(client.get(page)) for name, page in pages.items()}

    assert "10.00 → 12.00" in said["item"]
    assert "role of user" in said["user"]
    assert f"role of user {user.username}" in said["role"]


def test_a_history_costs_the_same_however_much_was_changed():
    client = signed_in(UserFactory(role="Auditor"))
    item = make_item(price="1.00")
    page = reverse("admin:smcapp1_serviceitem_history", args=[item.pk])
    client.get(page)
    few = statements(lambda: client.get(page))

    for amount in ("2.00", "3.00", "4.00"):
        Price.objects.filter(service_item=item).update(unit_price=Decimal(amount))

    assert statements(lambda: client.get(page)) == few
