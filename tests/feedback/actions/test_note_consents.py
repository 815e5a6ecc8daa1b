"""A consent that the customer ticks opens the channel; nothing else does."""

import pytest

from feedback.actions.store_answers import ResponseIn, store_responses
from feedback.actions.submit_response import submit
from surveys.actions.customers import set_addresses
from surveys.actions.suppress import opt_out
from surveys.enums import Channel
from surveys.models import Invitation, Suppression
from surveys.question_kinds import RawValue
from tests.factories.answering import open_invitation, touchpoint_survey
from tests.factories.asking import START

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {"code": "satisfied", "kind": "csat", "metric": "csat", "headline": True},
    {"code": "again", "kind": "consent", "grants": ["email"]},
]
YES = {"satisfied": RawValue(number=4.0), "again": RawValue(number=1.0)}


def test_ticked_consent_allows_the_channel_and_lifts_an_opt_out() -> None:
    invitation, token = open_invitation(touchpoint_survey(QUESTIONS))
    invitation.customer.save(update_fields=set_addresses(invitation.customer, email="ann@example.org"))
    opt_out(invitation.customer, [Channel.EMAIL], "test", START)
    assert Suppression.objects.filter(until__isnull=True).count() == 1
    Invitation.objects.filter(pk=invitation.pk).update(state="live")
    submit(token, YES, now=START)
    invitation.customer.refresh_from_db()
    assert (invitation.customer.consent_email, Suppression.objects.filter(until__isnull=True).count()) == (True, 0)


def test_box_left_empty_withdraws_nothing() -> None:
    invitation, token = open_invitation(touchpoint_survey(QUESTIONS))
    before = invitation.customer.consent_email
    submit(token, {"satisfied": RawValue(number=4.0)}, now=START)
    invitation.customer.refresh_from_db()
    assert invitation.customer.consent_email == before


def test_imported_consent_changes_no_customer() -> None:
    invitation, _token = open_invitation(touchpoint_survey(QUESTIONS))
    customer = invitation.customer
    opt_out(customer, [Channel.EMAIL], "test", START)
    store_responses([ResponseIn("import:1", invitation.version, YES, START, customer=customer, run=invitation.run)])
    customer.refresh_from_db()
    assert customer.consent_email is False
