"""Customers are made once, changed where something else is told, and refused with a reason."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.addresses import lookup_hash
from cxsurvey.lib.refusals import Refused
from surveys.actions.customers import CustomerIn, take_customers, upsert_customers
from surveys.models import Customer

pytestmark = pytest.mark.django_db


def test_upsert_customers_new_one_gets_normalised_addresses_and_hashes():
    upsert_customers([CustomerIn("C1", email=" Ann@Example.ORG ", phone="+49 170 1234567", consent_email=True)])
    customer = Customer.objects.get()
    assert (customer.email, customer.phone) == ("Ann@example.org", "+491701234567")
    key = settings.ADDRESS_KEY.encode()
    assert bytes(customer.email_hash or b"") == lookup_hash("email", "Ann@example.org", key)
    assert (customer.consent_email, customer.consent_sms) == (True, False)


def test_upsert_customers_same_row_twice_changes_nothing():
    row = CustomerIn("C1", email="ann@example.org", segment="retail", attributes={"tenure": "5"})
    assert upsert_customers([row])[0].created
    with CaptureQueriesContext(connection) as captured:
        again = upsert_customers([row])[0]
    assert (again.created, again.changed) == (False, False)
    assert [q["sql"] for q in captured if q["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_upsert_customers_what_is_not_told_stays_and_blank_clears():
    upsert_customers([CustomerIn("C1", email="ann@example.org", language="de", segment="retail")])
    upsert_customers([CustomerIn("C1", email="", segment="business", attributes={"region": "north"})])
    customer = Customer.objects.get()
    assert (customer.email, customer.email_hash, customer.language) == ("", None, "de")
    assert (customer.segment, customer.attributes) == ("business", {"region": "north"})


def test_upsert_customers_known_one_gets_new_address():
    upsert_customers([CustomerIn("C1", email="ann@example.org")])
    assert upsert_customers([CustomerIn("C1", email="bob@example.org")])[0].changed
    assert Customer.objects.get().email == "bob@example.org"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (CustomerIn(""), "customer"),
        (CustomerIn("C\nX"), "customer"),
        (CustomerIn("C" * 121), "customer"),
        (CustomerIn("C1", email="ann@example.org,bob@example.org"), "email"),
        (CustomerIn("C1", phone="49.0"), "phone"),
        (CustomerIn("C1", language="Deutsch!"), "language"),
        (CustomerIn("C1", time_zone="Mars/Base"), "time_zone"),
        (CustomerIn("C1", segment="x" * 81), "segment"),
    ],
)
def test_take_customers_bad_value_is_refused_and_the_others_taken(row, column):
    refused, taken = take_customers([row, CustomerIn("C2")])
    assert isinstance(refused, Refused)
    assert refused.column == column
    assert not isinstance(taken, Refused)
    assert list(Customer.objects.values_list("external_id", flat=True)) == ["C2"]


def test_upsert_customers_one_bad_row_takes_none():
    with pytest.raises(Refused):
        upsert_customers([CustomerIn("C1"), CustomerIn("C2", time_zone="Nowhere")])
    assert Customer.objects.count() == 0


def test_take_customers_queries_do_not_grow_with_rows():
    def queries(names: range) -> int:
        with CaptureQueriesContext(connection) as captured:
            upsert_customers([CustomerIn(f"C{n}", segment="a") for n in names])
        return len(captured)

    assert queries(range(3)) == queries(range(100, 130))
