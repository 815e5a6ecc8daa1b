"""Themes by keywords: each of the taxonomy, words found, other, spam, other languages, and no runaway pattern."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.themes.keywords import concern_words, themes_of
from feedback.themes.taxonomy import CODES, TAXONOMY


def codes(text, language="en"):
    return tuple(theme.code for theme in themes_of(text, language))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You answered very quickly", ("speed",)),
        ("The adviser was an expert", ("knowledge",)),
        ("She was so patient", ("patience",)),
        ("They went out of their way", ("accommodation",)),
        ("Weeks later, and I am still waiting", ("waiting_between_steps",)),
        ("No news for me at all", ("kept_informed",)),
        ("No one called back", ("kept_informed",)),
        ("Had to chase and nobody told me what happens next", ("kept_informed",)),
        ("Far too many forms", ("paperwork",)),
        ("I had to repeat myself", ("repeating",)),
        ("A hidden cost on my bill", ("price",)),
        ("The man was rude", ("staff_manner",)),
        ("Your app crashed", ("web_app",)),
        ("Purple elephants dance", ("other",)),
        ("Ok", ()),
        ("", ()),
        ("The website was slow and the staff rude", ("speed", "staff_manner", "web_app")),
    ],
)
def test_themes_of_every_theme(text, expected):
    assert codes(text) == expected


def test_themes_of_tells_the_words_once_and_no_polarity():
    (theme,) = themes_of("Rude, RUDE, and again rude – not friendly")
    assert (theme.code, theme.words, theme.polarity) == ("staff_manner", ("rude", "friendly"), None)


def test_themes_of_gap_spans_three_words_only():
    assert codes("We waited nearly two whole hours") == ("speed",)
    assert codes("We waited a b c d hours") == ("other",)


def test_themes_of_curly_quotes_are_quotes():
    assert codes("they didn’t reply ever") == ("kept_informed",)


def test_themes_of_part_of_a_word_is_no_match():
    assert codes("the formula holds again") == ("other",)


def test_themes_of_links_are_spam():
    assert themes_of("price http://a.example rude www.b.example") == ()
    assert codes("see http://forms.example/price please now") == ("other",)


def test_themes_of_unknown_language_is_empty():
    assert themes_of("Das Personal war sehr freundlich", "de") == ()


def test_themes_of_staff_phrases_are_added():
    assert [t.code for t in themes_of("the zebra crossing", extra={"speed": ["zebra*"]})] == ["speed"]


def test_taxonomy_has_phrases_for_all_but_other():
    assert set(TAXONOMY["en"]) == set(CODES) - {"other"}
    assert all(phrase for phrases in TAXONOMY["en"].values() for phrase in phrases)


def test_concern_words_law_and_safety():
    assert concern_words("My lawyer says it is unsafe") == ("lawyer", "unsafe")
    assert concern_words("All fine") == ()
    assert concern_words("lawyer", "fr") == ()


@pytest.mark.parametrize("text", ["wait " * 5000, "a" * 100_000, "wait a a a " * 3000, "' " * 50_000, "wa_" * 30_000])
def test_themes_of_long_text_takes_no_time(text):
    started = time.perf_counter()
    themes_of(text)
    assert time.perf_counter() - started < 2


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_themes_of_any_text_gives_known_codes_in_order(text):
    found = codes(text)
    assert list(found) == sorted(set(found), key=CODES.index)
