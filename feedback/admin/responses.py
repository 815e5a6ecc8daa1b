"""What came back: responses and their answers."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory
from feedback.models import Answer, Response


class AnswerInline(InlineHistory):
    """The answers of a response."""

    model = Answer
    fields = ("question", "measures", "stage", "value", "choices", "score")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("question", "stage")


@admin.register(Response)
class ResponseAdmin(HistoryAdmin):
    """One customer's answers to one survey on one occasion."""

    list_display = ("answered_at", "survey", "customer", "run", "source", "channel", "complete", "late", "public_id")
    list_filter = ("survey", "source", "channel", "complete", "late")
    list_select_related = ("survey", "customer", "run")
    search_fields = ("=public_id", "customer__external_id", "run__external_id")
    date_hierarchy = "answered_at"
    exclude = ("content_hash",)
    inlines = (AnswerInline,)


@admin.register(Answer)
class AnswerAdmin(HistoryAdmin):
    """Single answers, each with what it measures."""

    list_display = ("question", "measures", "stage", "value", "score", "run", "answered_at")
    list_filter = ("measures", "question__metric")
    list_select_related = ("question", "stage", "run")
    search_fields = ("question__code", "run__external_id")
