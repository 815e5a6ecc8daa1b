"""Columns read by COPY: every row and every word, in blocks or in one, and keys that do not hang on ids."""

import numpy as np
import pytest

from feedback.queries import columns as module
from feedback.queries.columns import key_of, places_of, read_coded, read_columns
from surveys.models import Customer
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def people(count: int) -> None:
    for n in range(count):
        CustomerFactory.create(
            external_id=f"c{n}", segment=("private", "business", "")[n % 3], consent_email=n % 2 == 0
        )


@pytest.mark.parametrize("block", [1, 100, 1 << 24])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_read_coded_takes_every_row_whatever_the_blocks(
    count: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    people(count)
    rows = Customer.objects.all()
    found, words = read_coded(rows, {"id": "pk"}, {}, {"segment": "segment"}, {"consent": "consent_email"})
    names = [words["segment"].names[code] for code in words["segment"].codes.tolist()]
    told = zip(found["pk"].tolist(), found["id"].tolist(), names, found["consent"].tolist(), strict=True)
    stored = rows.values_list("pk", "pk", "segment", "consent_email")
    assert sorted(told) == sorted(stored)


def test_key_hangs_on_the_name_and_not_on_the_id() -> None:
    people(3)
    before = read_columns(Customer.objects.all(), {"key": key_of("external_id")}, {})["key"]
    Customer.objects.all().delete()
    people(3)
    after = read_columns(Customer.objects.all(), {"key": key_of("external_id")}, {})["key"]
    assert sorted(before.tolist()) == sorted(after.tolist())
    assert len(set(before.tolist())) == 3


def test_places_of_finds_keys_in_any_order() -> None:
    keys, wanted = np.array([7, -3, 5]), np.array([5, 7, 8, -9, -3])
    assert places_of(wanted, keys).tolist() == [2, 0, -1, -1, 1]
    assert places_of(wanted, np.empty(0, np.int64)).tolist() == [-1] * 5
