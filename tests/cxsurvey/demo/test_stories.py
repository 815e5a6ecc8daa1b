"""The demo's stories say what the source stories say."""

import pytest

from cxsurvey.demo.stories import FIVE, STORIES, Story, in_order, planted

BY_NAME = {story.journey: story for story in STORIES}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.journey)
def test_courses_are_the_same_at_every_call_and_run_forward(story: Story) -> None:
    first, second = list(story.courses(60)), list(story.courses(60))
    assert first == second
    assert [len(in_order(course)) for course in first] == [len(course.touches) for course in first]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.journey)
def test_courses_answer_the_whole_on_the_scale(story: Story) -> None:
    values = {int(course.answers[""]["overall"]) for course in story.courses(60)}
    assert values <= set(range(11))


def test_five_interactions_are_great_and_the_whole_is_not() -> None:
    figures = planted(list(BY_NAME["five_interactions"].courses(60)), FIVE)
    assert figures["service"] == 95.0
    assert figures["experience"] < 60


def test_restaurant_only_the_waiter_is_service() -> None:
    figures = planted(list(BY_NAME["restaurant"].courses(60)), ["table_service"])
    assert (figures["service"], figures["experience"]) == (85.0, 42.0)


def test_two_calls_of_nine_minutes_take_longer_than_one_of_ten() -> None:
    minutes: dict[str, list[float]] = {"X": [], "Y": []}
    for course in BY_NAME["two_calls"].courses(60):
        calls = [touch.minutes for touch in course.touches if touch.stage == "call"]
        minutes[course.attributes["team"]].append(sum(calls))
    assert ({*minutes["X"]}, {*minutes["Y"]}) == ({18.0}, {10.0})


def test_in_order_refuses_contacts_that_overlap() -> None:
    course = next(iter(BY_NAME["five_interactions"].courses(1)))
    twice = type(course)([*course.touches, course.touches[0]], course.answers)
    with pytest.raises(ValueError, match="enquiry and enquiry overlap"):
        in_order(twice)
