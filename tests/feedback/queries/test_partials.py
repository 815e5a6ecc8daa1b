"""What has been saved of an occasion, read as Django's own query would read it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.actions.occasions import of_invitation
from feedback.actions.save_page import save_page
from feedback.models import PartialResponse
from feedback.queries.partials import given_of, partial_of
from tests.factories.answering import open_invitation

pytestmark = pytest.mark.django_db


def test_partial_of_nothing_saved_is_none() -> None:
    assert partial_of("invitation:none") is None


def test_partial_of_is_the_row_with_every_column_in_one_query() -> None:
    invitation, _token = open_invitation()
    occasion = of_invitation(invitation)
    given = {"why": ['"ü" \\ 😀'], "all": ["price", "speed"]}
    save_page(occasion, ("why", "all"), given, base=0, language="en", now=timezone.now())
    with CaptureQueriesContext(connection) as seen:
        partial = partial_of(occasion.key)
        assert partial is not None
        values = {field.attname: getattr(partial, field.attname) for field in PartialResponse._meta.concrete_fields}
    assert len(seen) == 1
    assert values == PartialResponse.objects.values().get()
    assert given_of(partial) == given
    assert partial._state.adding is False
