"""Staff count doubtful answers, or set them aside."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from feedback.actions.count_held import count_held, set_aside
from feedback.actions.hold import Post, hold
from feedback.actions.occasions import of_invitation
from feedback.actions.submit_response import submit
from feedback.models import HeldResponse, PartialResponse, Response
from surveys.question_kinds import RawValue
from tests.factories.answering import open_invitation, touchpoint_survey

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def held(page: list[str] | None = None, **given: str) -> tuple[HeldResponse, str]:
    layout = "question_per_page" if page else "one_page"
    invitation, token = open_invitation(touchpoint_survey(layout=layout))
    post = Post({code: [value] for code, value in given.items()}, page, "en", b"a" * 32, "")
    return hold(of_invitation(invitation), post, ["trap_link"], NOW), token


def test_whole_survey_counts_and_says_who_counted_it(manager: User):
    row, _token = held(satisfied="4")
    assert count_held([row.pk], manager.pk, NOW) == (1, [])
    row.refresh_from_db()
    assert (row.state, row.decided_by_id, row.response_id) == ("counted", manager.pk, Response.objects.get().pk)
    assert count_held([row.pk], manager.pk, NOW) == (0, [])
    assert Response.objects.count() == 1


def test_page_is_saved_and_counts_when_the_link_ends(manager: User):
    row, _token = held(["recommend"], recommend="9")
    assert count_held([row.pk], manager.pk, NOW) == (1, [])
    assert PartialResponse.objects.get().answers["recommend"]["given"] == ["9"]
    assert Response.objects.count() == 0


def test_what_cannot_count_says_why_and_stays_held(manager: User):
    row, _token = held(recommend="9")
    counted, [said] = count_held([row.pk], manager.pk, NOW)
    assert (counted, said.endswith("some answers that the survey needs are missing.")) == (0, True)
    other, token = held(satisfied="4")
    submit(token, {"satisfied": RawValue(number=1.0)})
    counted, [said] = count_held([other.pk], manager.pk, NOW)
    assert (counted, said.endswith("the customer has answered otherwise since.")) == (0, True)
    assert set(HeldResponse.objects.values_list("state", flat=True)) == {"held"}


def test_set_aside_counts_nothing(manager: User):
    row, _token = held(satisfied="4")
    assert set_aside([row.pk], manager.pk, NOW) == 1
    row.refresh_from_db()
    assert (row.state, Response.objects.count()) == ("dismissed", 0)
