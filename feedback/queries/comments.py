"""Free texts with what the engines said of them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from feedback.models import FreeText, TextScore


def sentiment_counts(run_ids: Sequence[int]) -> dict[str, int]:
    """Newest label of each text of these runs, counted; "" for texts not scored yet."""
    rows = _with_newest(run_ids).values_list("label").annotate(n=Count("pk"))
    return {label or "": n for label, n in rows}


def recent_comments(run_ids: Sequence[int], limit: int = 50) -> list[dict[str, Any]]:
    """The newest texts of these runs with score and what they are about, in one query."""
    rows = (
        _with_newest(run_ids)
        .order_by("-answer__answered_at", "-pk")
        .values(
            "text",
            "label",
            "polarity",
            "language",
            "answer__measures",
            "answer__stage__name",
            "answer__answered_at",
            "answer__response__public_id",
        )[:limit]
    )
    return [
        {
            "text": row["text"],
            "label": row["label"] or "",
            "polarity": row["polarity"],
            "language": row["language"],
            "measures": row["answer__measures"],
            "stage": row["answer__stage__name"],
            "answered_at": row["answer__answered_at"],
            "response": str(row["answer__response__public_id"]),
        }
        for row in rows
    ]


def _with_newest(run_ids: Sequence[int]) -> Any:
    newest = TextScore.objects.filter(text=OuterRef("pk")).order_by("-pk")
    return FreeText.objects.filter(answer__run_id__in=list(run_ids)).annotate(
        label=Subquery(newest.values("label")[:1]), polarity=Subquery(newest.values("polarity")[:1])
    )
