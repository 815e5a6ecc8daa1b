"""Customers and suppressions in the admin: searched by whole addresses, shown in part, written by verbs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from surveys.models import Customer, Suppression
from surveys.queries.addresses import address_hashes
from tests.asking import customer
from tests.factories import CustomerFactory
from tests.factories.asking import BASIS

pytestmark = pytest.mark.django_db
LIST = reverse("admin:surveys_customer_changelist")
MAIL, PHONE = "anna@example.org", "+4915112345678"


@pytest.fixture
def anna() -> Customer:
    hashes = address_hashes(MAIL) | address_hashes(PHONE)
    CustomerFactory(external_id="other")
    return CustomerFactory(
        external_id="anna-1", email=MAIL, email_hash=hashes["email"], phone=PHONE, phone_hash=hashes["phone"]
    )


def found(client, term: str) -> list[str]:
    return [row.external_id for row in client.get(LIST, {"q": term}).context["cl"].result_list]


@pytest.mark.parametrize(
    ("term", "ids"),
    [
        ("anna-1", ["anna-1"]),
        (" ANNA@example.org ", ["anna-1"]),
        ("+49 151 12345678", ["anna-1"]),
        ("anna@", []),
        ("zz", []),
    ],
)
def test_search_by_id_or_whole_address(manager_client, anna, term, ids):
    assert found(manager_client, term) == ids


def test_list_masks_addresses(manager_client, anna):
    page = manager_client.get(LIST).content.decode()
    assert ("a***@example.org" in page, "+49***78" in page) == (True, True)
    assert (MAIL in page, PHONE in page) == (False, False)


def post(client, customer: Customer, **changed: object):
    form = {
        "external_id": customer.external_id,
        "email": MAIL,
        "phone": PHONE,
        "consent_email": "on",
        "attributes": "{}",
    }
    return client.post(reverse("admin:surveys_customer_change", args=[customer.pk]), form | changed)


def test_new_address_takes_its_hash_along(manager_client, anna):
    assert post(manager_client, anna, email="Anna@Example.NET", phone="").status_code == 302
    anna.refresh_from_db()
    assert (anna.email, anna.phone, anna.phone_hash) == ("Anna@example.net", "", None)
    assert bytes(anna.email_hash) == address_hashes("anna@example.net")["email"]


def test_bad_address_is_told_at_its_field(manager_client, anna):
    response = post(manager_client, anna, email="anna@@example")
    assert list(response.context["adminform"].form.errors) == ["email"]


def test_stop_asking_opts_out_of_everything(manager_client, anna):
    manager_client.post(LIST, {"action": "stop_asking", "_selected_action": [anna.pk]})
    anna.refresh_from_db()
    assert (anna.consent_email, anna.consent_sms) == (False, False)
    assert sorted(Suppression.objects.values_list("channel", "source")) == [
        ("email", "admin: manager"), ("sms", "admin: manager"),
    ]  # fmt: skip


def test_suppression_is_added_by_address_and_lifted(manager_client, anna):
    add = reverse("admin:surveys_suppression_add")
    form = {"address": MAIL, "channel": "email", "reason": "complaint"}
    assert manager_client.post(add, form).status_code == 302
    row = Suppression.objects.get()
    assert bytes(row.address_hash) == bytes(anna.email_hash)
    listed = reverse("admin:surveys_suppression_changelist")
    assert [each.pk for each in manager_client.get(listed, {"q": MAIL}).context["cl"].result_list] == [row.pk]
    manager_client.post(listed, {"action": "lift_chosen", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.until is not None


@pytest.mark.parametrize(("field", "value"), [("address", "nobody"), ("channel", "fax")])
def test_suppression_of_nonsense_is_refused(manager_client, field, value):
    form = {"address": MAIL, "channel": "email", "reason": "opt_out", field: value}
    response = manager_client.post(reverse("admin:surveys_suppression_add"), form)
    assert list(response.context["adminform"].form.errors) == [field]
    assert Suppression.objects.count() == 0


def test_designer_does_not_see_people(client, designer):
    client.force_login(designer)
    assert client.get(LIST).status_code == 403


def saved(client: Client, person: Customer, **changes: Any) -> Customer:
    """The customer after his form was saved with these changes."""
    form = {
        name: getattr(person, name) for name in ("external_id", "email", "phone", "language", "time_zone", "segment")
    }
    form |= {"attributes": "{}", "preferred_channel": "", "basis": "", "basis_text": ""}
    form |= {name: "on" for name in ("consent_email", "consent_sms") if getattr(person, name)}
    posted = {name: value for name, value in (form | changes).items() if value is not None}
    answer = client.post(f"/admin/surveys/customer/{person.pk}/change/", posted)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    person.refresh_from_db()
    return person


def test_form_saved_for_something_else_leaves_the_basis_as_it_is(manager_client: Client) -> None:
    person = customer(basis_email={**BASIS, "basis": "customer"})
    assert saved(manager_client, person, language="de").basis_email == {**BASIS, "basis": "customer"}


def test_form_gives_a_consent_its_basis_and_takes_it_with_it(manager_client: Client) -> None:
    person = customer(consent_email=False, basis_email={})
    told = saved(manager_client, person, consent_email="on", basis="customer", basis_text="Terms 4").basis_email
    assert (told["basis"], told["source"], told["text"]) == ("customer", "admin: manager", "Terms 4")
    assert saved(manager_client, person, consent_email=None).basis_email == {}
