"""What was saved and never sent counts as incomplete once the link has ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.actions.close_partials import close_partials
from feedback.actions.occasions import of_invitation
from feedback.actions.save_page import save_page
from feedback.models import Answer, PartialResponse, Response
from surveys.enums import InvitationState
from surveys.models import Invitation
from tests.factories.answering import open_invitation, touchpoint_survey

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def left_early(state: str, **given: str) -> Invitation:
    invitation, _token = open_invitation(touchpoint_survey(layout="question_per_page"), state=state)
    occasion = of_invitation(invitation)
    for code, value in given.items():
        save_page(occasion, [code], {code: [value]}, base=9, language="de", now=NOW)
    return invitation


def test_saved_answers_of_an_expired_link_count_as_incomplete():
    invitation = left_early(InvitationState.EXPIRED, recommend="9", satisfied="4", wait="250")
    assert close_partials(NOW) == {"stored": 1, "empty": 0, "forgotten": 0, "counters": 0}
    stored = Response.objects.get()
    assert (stored.complete, stored.invitation_id, stored.run_id) == (False, invitation.pk, invitation.run_id)
    assert (stored.answered_at, stored.language) == (NOW, "de")
    assert dict(Answer.objects.values_list("question__code", "score")) == {"recommend": 90.0, "satisfied": 75.0}
    assert close_partials(NOW) == {"stored": 0, "empty": 0, "forgotten": 0, "counters": 0}


def test_link_that_still_works_is_left_alone():
    left_early(InvitationState.LIVE, recommend="9")
    assert close_partials(NOW)["stored"] == 0
    assert PartialResponse.objects.get().done_at is None


def test_nothing_readable_stores_nothing():
    left_early(InvitationState.EXPIRED, wait="250")
    assert close_partials(NOW) == {"stored": 0, "empty": 1, "forgotten": 0, "counters": 0}
    assert Response.objects.count() == 0


def test_done_ones_are_forgotten_after_a_day():
    left_early(InvitationState.EXPIRED, recommend="9")
    close_partials(NOW)
    assert close_partials(NOW + timedelta(days=2))["forgotten"] == 1
    assert (PartialResponse.objects.count(), Response.objects.count()) == (0, 1)
