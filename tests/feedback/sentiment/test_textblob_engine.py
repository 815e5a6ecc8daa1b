"""TextBlob's numbers, honestly labelled, without its heavy company."""

import random
import subprocess
import sys
from itertools import product

import pytest
from textblob import TextBlob

from feedback.sentiment.base import Evidence, Label
from feedback.sentiment.textblob_engine import TextBlobEngine, label_of

SUBJECTS = ("The agent", "My advisor", "The waiting time", "Your app", "The letter", "Nobody", "The whole process")
VERBS = ("was", "was not", "is never", "seemed", "wasn't", "could be", "has really been", "was hardly")
WORDS = ("great", "slow", "very helpful", "terrible", "extremely rude", "fine", "confusing", "not bad", "so-so", "asdf")
ENDS = (".", "!", "!!!", " :)", " :-(", "?", " (!)", " and friendly but slow.", ", however I got lost…", "\nThanks 👍")


def texts(count: int) -> list[str]:
    """The same `count` sentences on every run."""
    sentences = [f"{a} {b} {c}{d}" for a, b, c, d in product(SUBJECTS, VERBS, WORDS, ENDS)]
    return random.Random(7).sample(sentences, count)


def test_score_two_thousand_texts_equal_textblobs_own() -> None:
    sample = texts(2000)
    mine = [(found.polarity, found.subjectivity) for found in TextBlobEngine().score(sample)]
    assert mine == [tuple(TextBlob(text).sentiment) for text in sample]


@pytest.mark.parametrize(
    ("text", "polarity", "label", "evidence"),
    [
        ("Great help", 0.8, "positive", (Evidence("great", 0.8),)),
        ("The food was terrible", -1.0, "negative", (Evidence("terrible", -1.0),)),
        ("Great agent, terrible wait", -0.1, "mixed", (Evidence("great", 0.8), Evidence("terrible", -1.0))),
        ("I waited for 3 hours", 0.0, "unsure", ()),
        ("asdf", 0.0, "unsure", ()),
    ],
)
def test_score_label_and_evidence(text: str, polarity: float, label: Label, evidence: tuple[Evidence, ...]) -> None:
    found = TextBlobEngine().score([text])[0]
    assert found.polarity == pytest.approx(polarity)
    assert (found.label, found.evidence) == (label, evidence)
    assert (found.engine, found.version, found.confidence, found.language) == ("textblob", "0.20.1", None, "en")


@pytest.mark.parametrize(
    ("polarity", "parts", "label"),
    [
        (0.0, (), "unsure"),
        (0.05, (0.05,), "neutral"),
        (-0.1, (-0.1,), "negative"),
        (0.1, (0.1,), "positive"),
        (0.1, (0.5, -0.3), "mixed"),
        (0.15, (0.5, -0.2), "positive"),
    ],
)
def test_label_of_thresholds(polarity: float, parts: tuple[float, ...], label: Label) -> None:
    assert label_of(polarity, [Evidence("x", part) for part in parts]) == label


def test_score_loads_none_of_the_heavy_libraries_and_leaves_them_importable() -> None:
    program = (
        "import sys; from feedback.sentiment.textblob_engine import TextBlobEngine;"
        "before = 'textblob' in sys.modules; TextBlobEngine().score(['good']);"
        "print(before, sorted({'sklearn', 'pandas', 'scipy'} & set(sys.modules)));"
        "import scipy.special; print(scipy.special.expit(0.0))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("False []\n0.5\n", "")
