"""The words of the first screen."""

import pytest

from feedback.answering.opening import contact_day, who_asks
from surveys.models import Customer, Invitation, Survey, SurveyVersion
from surveys.rendering.durations import duration
from surveys.rendering.pages import page_texts
from tests.factories.asking import START, InteractionFactory


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "about 10 seconds"),
        (11, "about 20 seconds"),
        (60, "about 60 seconds"),
        (61, "about 2 minutes"),
        (121, "about 3 minutes"),
    ],
)
def test_duration_is_rounded_up(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def invitation(zone: str = "", *, contact: bool = True) -> Invitation:
    interaction = InteractionFactory.build(run=None, customer=None, journey=None, stage=None) if contact else None
    return Invitation(customer=Customer(time_zone=zone), interaction=interaction)


@pytest.mark.parametrize(
    ("about", "contact", "sentence"),
    [
        ("your call", True, "Customer feedback asks you about your call on March 2, 2026."),
        ("your call", False, "Customer feedback asks you about your call."),
        ("", True, "Customer feedback asks you about your contact with us on March 2, 2026."),
        ("", False, "Customer feedback asks for your opinion."),
    ],
)
def test_who_asks_says_what_is_known(about: str, contact: bool, sentence: str) -> None:
    version = SurveyVersion(survey=Survey(name="x"), document={"languages": ["en"], "about": about, "questions": []})
    assert who_asks(invitation(contact=contact), page_texts(version, "en")) == sentence


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe/Berlin"])
def test_contact_day_of_an_unknown_zone_is_utc(zone: str) -> None:
    assert START.date().isoformat() == "2026-03-02"
    assert contact_day(invitation(zone)) == "March 2, 2026"
