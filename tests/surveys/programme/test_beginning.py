"""Beginning a journey: from a story or from its stages, and nobody is asked by it."""

import pytest
from django.core.exceptions import ValidationError

from surveys.actions.publish import publish_survey
from surveys.models import Journey, Question, Rule
from surveys.programme.beginning import begin_journey, begin_story
from surveys.programme.stories import story_codes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", story_codes())
def test_story_begins_under_a_name_of_its_own_and_asks_nobody(code):
    journey = begin_story(code, "Our own way")
    assert (journey.code, journey.name) == ("our-own-way", "Our own way")
    assert [version.state for version in journey.versions.all()] == ["published"]
    assert {version.state for survey in journey.surveys.all() for version in survey.versions.all()} <= {"draft"}
    assert set(Rule.objects.values_list("mode", flat=True)) <= {"shadow"}
    assert all(survey.code.startswith("our-own-way-") for survey in journey.surveys.all())


def test_story_twice_under_two_names_keeps_both():
    begin_story("five_interactions", "First")
    begin_story("five_interactions", "Second")
    assert sorted(Journey.objects.values_list("code", flat=True)) == ["first", "second"]


def test_taken_name_is_refused():
    begin_journey("Move house", ["Call | Contact centre"])
    with pytest.raises(ValidationError, match="already"):
        begin_story("restaurant", "Move house")


def test_stages_are_read_from_lines():
    journey = begin_journey("Claim", ["Report | Contact centre", "~ Waiting | Claims | 2,5", "Pay-out page"])
    stages = journey.versions.get().stages.order_by("order")
    assert [(s.code, s.kind, s.owner.name if s.owner else None, s.promised_days) for s in stages] == [
        ("report", "service", "Contact centre", None),
        ("waiting", "wait", "Claims", 2.5),
        ("pay-out-page", "non_service", None, None),
    ]


def test_journey_comes_with_questionnaires_that_can_be_compared_and_published():
    journey = begin_journey("Claim", ["Report | Contact centre", "Pay-out page"])
    surveys = journey.surveys.order_by("code")
    assert [(s.code, s.kind, s.stage_code) for s in surveys] == [
        ("claim-report", "touchpoint", "report"),
        ("claim-whole", "end_to_end", ""),
    ]
    for survey in surveys:
        publish_survey(survey.versions.get())
    headlines = Question.objects.filter(headline=True).values_list("kind", "scale_min", "scale_max")
    assert set(headlines) == {("csat", 1.0, 5.0)}
    assert begin_journey("Bare", ["Call | A"], surveys=False).surveys.count() == 0


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["| Branch"], "Line 1 has no name"),
        (["Call | A", "~ Wait | B | soon"], "Line 2: “soon” is no number of days."),
        (["Call", "Call"], "the same name: call"),
        (["~ Wait | B"], "at least one stage"),
    ],
)
def test_line_that_cannot_be_read_is_named(lines, sentence):
    with pytest.raises(ValidationError, match=sentence):
        begin_journey("Claim", lines)
    assert Journey.objects.count() == 0
