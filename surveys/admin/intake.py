"""What comes in from outside, and the slots of periodic jobs."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin
from surveys.actions.inbound import FOR_A_PERSON
from surveys.models import IdempotentRequest, ImportMapping, JobRun, ProviderCallback


class ForAPerson(admin.SimpleListFilter):
    """Inbound messages that nobody but a person can understand."""

    title = _("needs a person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:  # type: ignore[override]
        return [("yes", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProviderCallback]) -> QuerySet[ProviderCallback]:
        return queryset.filter(note__startswith=FOR_A_PERSON) if self.value() else queryset


@admin.register(ProviderCallback)
class ProviderCallbackAdmin(HistoryAdmin):
    """Receipts and inbound messages."""

    list_display = ("received_at", "provider", "kind", "event_id", "note", "processed_at")
    list_filter = (ForAPerson, "kind", "provider", ("processed_at", admin.EmptyFieldListFilter))
    search_fields = ("event_id", "note")


@admin.register(IdempotentRequest)
class IdempotentRequestAdmin(HistoryAdmin):
    """Requests with an Idempotency-Key."""

    list_display = ("key", "user", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("key", "user__username")
    exclude = ("request_hash",)


@admin.register(JobRun)
class JobRunAdmin(HistoryAdmin):
    """Who ran when."""

    list_display = ("job", "slot", "started_at", "result")
    list_filter = ("job",)
    search_fields = ("job", "result")


@admin.register(ImportMapping)
class ImportMappingAdmin(HistoryAdmin):
    """Mappings of other people's tables, from programme files."""

    list_display = ("name", "journey")
    list_filter = ("journey",)
    list_select_related = ("journey",)
    search_fields = ("name", "journey__code")
