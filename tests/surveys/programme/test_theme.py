"""theme: {accent: …} of a programme file: read, refused where people could not read it, written again, loaded."""

import pytest

from surveys.models import Journey
from surveys.programme.load import load_programme
from surveys.programme.parse import parse
from surveys.programme.rows import programme_of
from surveys.programme.writing import write

PLAIN = """
journey: {code: account, name: Open an account, headline: overall, end: {event: stage_left, stage: apply}}
stages: [{code: apply, name: Apply}]
surveys:
  - code: account-e2e
    kind: end_to_end
    questions: [{code: overall, kind: csat, text: "How was it?"}]
"""


def checked(theme: str):
    return parse(f"{PLAIN}theme: {theme}\n")


def test_accent_is_read_and_written_again():
    programme = checked('{accent: "#0B5CAD"}').programme
    assert programme is not None
    assert programme.accent == "#0b5cad"
    assert parse(write(programme)).programme == programme


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        ('{accent: "#ff8800"}', "#ff8800 cannot be read well enough: its contrast is 2.2"),
        ("{accent: red}", '"red" is not a colour'),
        ("{accent: null}", '"accent" is missing: write the colour in quotes'),
        ("{colour: red}", "colour"),
        ("red", "must be keys with values"),
    ],
)
def test_accent_that_cannot_be_taken_says_why(theme: str, said: str):
    messages = [problem.message for problem in checked(theme).errors]
    assert messages
    assert said in messages[0]


@pytest.mark.django_db
def test_accent_goes_with_the_journey_and_back():
    programme = checked('{accent: "#0b5cad"}').programme
    assert programme is not None
    load_programme(programme, publish=True)
    journey = Journey.objects.get()
    assert (journey.accent, programme_of(journey)) == ("#0b5cad", programme)
    assert load_programme(programme, publish=True).changes == ()
