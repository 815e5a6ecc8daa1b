"""Score free texts in batches: each keeps the engine and version that read it, and the themes that it names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from feedback import sentiment
from feedback.models import FreeText, TextScore, ThemeTag
from feedback.queries.texts import claim_unscored
from feedback.themes.keywords import ENGINE, themes_of

BATCH = 500


def score_texts(limit: int | None = None) -> dict[str, int]:
    """Score waiting texts, all or up to `limit`; returns how many got which label.

    Each batch is one transaction: a death in it leaves its texts waiting, and two callers never take the same one.
    A text in a language that no engine reads is `unsupported` and has no polarity.
    """
    counts: Counter[str] = Counter()
    while limit is None or counts.total() < limit:
        size = BATCH if limit is None else min(BATCH, limit - counts.total())
        labels = _score_batch(size)
        if not labels:
            break
        counts.update(labels)
    return dict(counts)


@transaction.atomic
def _score_batch(size: int) -> list[str]:
    texts = claim_unscored(size)
    if not texts:
        return []
    found = sentiment.score([text.text for text in texts], [text.language for text in texts])
    rows = [_row(text, score) for text, score in zip(texts, found, strict=True)]
    TextScore.objects.bulk_create(rows, ignore_conflicts=True)  # the same engine has read it before: that score stays
    tags = [tag for text, score in zip(texts, found, strict=True) for tag in _tags(text, score)]
    ThemeTag.objects.bulk_create(tags, ignore_conflicts=True)
    _mark_scored(texts)
    return [row.label for row in rows]


def _row(text: FreeText, score: sentiment.TextScore) -> TextScore:
    return TextScore(
        text=text,
        engine=score.engine,
        version=score.version,
        language=score.language,
        polarity=score.polarity,
        subjectivity=score.subjectivity,
        label=score.label,
        confidence=score.confidence,
        evidence=[asdict(each) for each in score.evidence],
        scored_at=timezone.now(),
    )


def _tags(text: FreeText, score: sentiment.TextScore) -> list[ThemeTag]:
    """The themes named in the language that the text was found to be in; patterns tell no polarity."""
    return [ThemeTag(text=text, theme=theme.code, method=ENGINE) for theme in themes_of(text.text, score.language)]


def _mark_scored(texts: Sequence[FreeText]) -> None:
    FreeText.objects.filter(pk__in=[text.pk for text in texts]).update(scored_at=timezone.now())
