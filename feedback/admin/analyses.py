"""Kept comparisons and the counters that tell when they are out of date: to be looked at, computed by workers."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin
from feedback.actions.analyse import resume_analyses, stop_analyses
from feedback.models import Analysis, DataRevision


@admin.register(Analysis)
class AnalysisAdmin(HistoryAdmin):
    """What is kept, how old it is, and how long it took."""

    list_display = ("journey", "query", "state", "progress", "computed_at", "seconds", "asked_at", "note")
    list_filter = ("state", "standing", "journey")
    list_select_related = ("journey",)
    search_fields = ("journey__code", "query_hash")
    exclude = ("value", "comments")
    actions = ("stop", "compute")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change kept comparisons; nobody edits them by hand."""
        return self.may(request)

    @admin.action(description=_("Stop computing"), permissions=["decide"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Analysis]) -> None:
        number = stop_analyses(list(queryset.values_list("pk", flat=True)))
        text = ngettext("%(n)s stopped; former values are kept.", "%(n)s stopped; former values are kept.", number)
        self.message_user(request, text % {"n": number}, messages.SUCCESS)

    @admin.action(description=_("Compute now"), permissions=["decide"])
    def compute(self, request: HttpRequest, queryset: QuerySet[Analysis]) -> None:
        number = resume_analyses(list(queryset.values_list("pk", flat=True)))
        text = ngettext("%(n)s waits for a worker.", "%(n)s wait for a worker.", number) % {"n": number}
        self.message_user(request, text, messages.SUCCESS)


@admin.register(DataRevision)
class DataRevisionAdmin(HistoryAdmin):
    """How often each source was moved."""

    list_display = ("source", "number")
    search_fields = ("source",)
