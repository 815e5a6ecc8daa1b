"""Free texts with what the engines said of them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from feedback.insights.suppression import comments_shown
from feedback.models import FreeText, RunScore, TextScore

Runs = QuerySet[RunScore, int]


def sentiment_counts(runs: Runs) -> dict[str, int]:
    """Newest label of each text of these runs, counted; "" for texts not scored yet."""
    rows = _with_newest(_texts_of(runs)).values_list("label").annotate(n=Count("pk")).order_by("label")
    return {label or "": n for label, n in rows}


def newest_comments(runs: Runs, limit: int) -> list[int]:
    """The ids of the newest texts of these runs; where too few customers wrote them, one of each."""
    newest = _texts_of(runs).order_by("-answer__answered_at", "text", "-pk")
    found = list(newest.values_list("pk", "answer__run__customer_id")[:limit])
    of_each = {customer: pk for pk, customer in reversed(found)}
    if comments_shown(len(of_each)):
        return [pk for pk, _customer in found]
    return [pk for pk, customer in found if of_each[customer] == pk]


def comments(texts: Sequence[int]) -> list[dict[str, Any]]:
    """These texts, newest first, with score and what they are about, in one query; those erased meanwhile are not."""
    rows = (
        _with_newest(FreeText.objects.filter(pk__in=list(texts)))
        .order_by("-answer__answered_at", "text", "-pk")
        .values(
            "text",
            "label",
            "polarity",
            "language",
            "answer__measures",
            "answer__stage__name",
            "answer__answered_at",
            "answer__response__public_id",
        )
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


def _texts_of(runs: Runs) -> QuerySet[FreeText]:
    return FreeText.objects.filter(answer__run_id__in=runs.order_by())


def _with_newest(texts: QuerySet[FreeText]) -> Any:
    newest = TextScore.objects.filter(text=OuterRef("pk")).order_by("-scored_at", "engine", "-version", "-pk")
    return texts.annotate(label=Subquery(newest.values("label")[:1]), polarity=Subquery(newest.values("polarity")[:1]))
