"""A batch of texts in several languages."""

import pytest

from feedback.sentiment.analyzer import Analyzer, score
from feedback.sentiment.base import TextScore
from feedback.sentiment.textblob_engine import TextBlobEngine


def test_score_batch_keeps_order_and_never_gives_zero_to_what_it_cannot_read() -> None:
    found = score(
        ["The staff were great", "Die Wartezeit war wirklich schlecht", "  ", "bad", "I waited for 3 hours today"],
        ["en", "en", "en", "en", "en"],
    )
    assert [(each.label, each.language) for each in found] == [
        ("positive", "en"),
        ("unsupported", "de"),
        ("unsure", "en"),
        ("negative", "en"),
        ("unsure", "en"),
    ]
    assert [each.polarity for each in found[1:3]] == [None, None]
    assert found[1] == TextScore(None, None, "unsupported", None, (), "textblob", "0.20.1", "de")


def test_score_short_text_of_a_german_form_is_unsupported() -> None:
    assert [each.label for each in score(["good", "gut"], ["de", "de-AT"])] == ["unsupported", "unsupported"]


def test_score_nothing_is_nothing_and_lengths_must_agree() -> None:
    assert score([], []) == []
    with pytest.raises(ValueError):
        score(["a"], [])


def test_score_first_engine_that_reads_the_language_wins() -> None:
    class Second(TextBlobEngine):
        name = "second"
        languages = frozenset({"en", "de"})

    found = Analyzer([TextBlobEngine(), Second()]).score(["good", "good"], ["en", "de"])
    assert [each.engine for each in found] == ["textblob", "second"]
