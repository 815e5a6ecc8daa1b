"""The responses that the API lists, with answers, words and sentiment in a fixed number of queries."""

from django.db.models import Prefetch, QuerySet

from feedback.models import Answer, Response, TextScore


def responses() -> QuerySet[Response]:
    """Responses, the latest first; the newest score of a text stands first."""
    scores = TextScore.objects.order_by("-scored_at", "-id")
    answers = (
        Answer.objects.select_related("question", "stage", "to_stage", "free_text")
        .order_by("question__order")
        .prefetch_related(Prefetch("free_text__scores", scores), "free_text__themes")
    )
    rows = Response.objects.select_related("survey", "version", "invitation", "customer", "run", "interaction")
    rows = rows.defer("customer__email", "customer__phone", "version__document")
    return rows.prefetch_related(Prefetch("answers", answers)).order_by("-answered_at", "-id")
