"""Kept comparisons and the counters that tell when they are out of date: to be looked at, computed by workers."""

from django.contrib import admin

from cxsurvey.lib.admin import HistoryAdmin
from feedback.models import Analysis, DataRevision


@admin.register(Analysis)
class AnalysisAdmin(HistoryAdmin):
    """What is kept, how old it is, and how long it took."""

    list_display = ("journey", "query", "state", "progress", "computed_at", "seconds", "asked_at", "note")
    list_filter = ("state", "standing", "journey")
    list_select_related = ("journey",)
    search_fields = ("journey__code", "query_hash")
    exclude = ("value", "comments")


@admin.register(DataRevision)
class DataRevisionAdmin(HistoryAdmin):
    """How often each source was moved."""

    list_display = ("source", "number")
    search_fields = ("source",)
