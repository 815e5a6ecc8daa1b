"""What surveys are told of their answers: how many, how quickly, and which questions a finding used."""

import re
from datetime import timedelta

import pytest
import time_machine

from feedback.actions.submit_response import submit_invitation
from feedback.actions.tell_surveys import note_questions_used, tell_surveys, used_codes
from feedback.models import Response
from surveys.models import Survey
from surveys.question_kinds import RawValue
from tests.factories.answering import open_invitation, touchpoint_survey
from tests.factories.asking import START

pytestmark = pytest.mark.django_db
VALUE = {
    "gap": {"finding": True},
    "drivers": {
        "outcome": "whole.overall",
        "items": [{"code": "whole.clarity", "finding": True}, {"code": "wait:a->b", "finding": True}, {"code": "x"}],
    },
}


RATING = {"code": "overall", "kind": "csat", "scale": [1, 5], "headline": True, "text": {"en": "How was it?"}}


def answered(version, seconds):
    invitation, _token = open_invitation(version)
    values = {"overall": RawValue(number=4.0)}
    submit_invitation(invitation, values, language="en", now=invitation.due_at + timedelta(hours=1), seconds=seconds)


def test_median_answering_time_is_told_once_enough_have_answered():
    version = touchpoint_survey([RATING])
    for number in range(19):
        answered(version, 10 + number)
    assert tell_surveys(START) == {"told": 1}
    survey = Survey.objects.get(pk=version.survey_id)
    assert (survey.answered, survey.answering_seconds) == (19, None)
    answered(version, 30_000)
    answered(version, 29)
    assert tell_surveys(START) == {"told": 1}
    survey.refresh_from_db()
    assert (survey.answered, survey.answering_seconds) == (21, 19.5)
    assert tell_surveys(START) == {"told": 0}


def test_time_from_page_to_post_is_kept(client):
    _invitation, token = open_invitation(touchpoint_survey([RATING]))
    with time_machine.travel(START, tick=False) as clock:
        page = client.get(f"/s/{token}/").content.decode()
        made = re.search(r'name="_made" value="([^"]+)"', page)
        assert made
        clock.shift(timedelta(seconds=42))
        client.post(f"/s/{token}/", {"overall": "4", "_made": made[1], "_go": "send"})
    assert Response.objects.get().seconds == 42


def test_questions_behind_findings_are_remembered():
    survey = touchpoint_survey([RATING]).survey
    assert used_codes(VALUE) == {"clarity", "overall", "wait:a->b"}
    assert note_questions_used(survey.journey_id, VALUE) == 1
    assert note_questions_used(survey.journey_id, {"gap": {}, "drivers": None}) == 0
    assert Survey.objects.get(pk=survey.pk).told_of == ["clarity", "overall", "wait:a->b"]
