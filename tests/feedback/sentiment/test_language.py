"""Language: detected among the survey's own, from enough words."""

import pytest

from feedback.sentiment.language import detect, primary


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("The waiting time was far too long for me", "en", "en"),
        ("Die Wartezeit war viel zu lang für mich", "en", "de"),
        ("Le temps d'attente était beaucoup trop long", "en", "fr"),
        ("El tiempo de espera fue demasiado largo", "en", "es"),
        ("كان وقت الانتظار طويلا جدا", "en", "ar"),
        ("The waiting time was far too long for me", "de", "en"),
        ("war gut", "en", "en"),
        ("ok", "de", "de"),
        ("👍 10/10", "fr", "fr"),
        ("", "de-AT", "de"),
        ("123 456 789", "es", "es"),
    ],
)
def test_detect_among_the_languages_with_the_forms_as_hint(text: str, hint: str, language: str) -> None:
    assert detect(text, hint) == language


def test_detect_one_candidate_needs_no_detector() -> None:
    assert detect("Die Wartezeit war viel zu lang", "en", among=["en"]) == "en"


def test_detect_form_language_beyond_the_detector_is_kept() -> None:
    assert detect("Die Wartezeit war viel zu lang", "xx") == "xx"


@pytest.mark.parametrize(("tag", "code"), [("de", "de"), ("de-AT", "de"), (" PT_br ", "pt"), ("", "")])
def test_primary_language_of_a_tag(tag: str, code: str) -> None:
    assert primary(tag) == code
