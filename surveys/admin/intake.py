"""What comes in from outside, and the slots of periodic jobs."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin
from surveys.actions.inbound import FOR_A_PERSON, opt_out_senders, settle_inbound
from surveys.models import IdempotentRequest, ImportMapping, JobRun, ProviderCallback


class ForAPerson(admin.SimpleListFilter):
    """Inbound messages that nobody but a person can understand."""

    title = _("needs a person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:  # type: ignore[override]
        return [("yes", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProviderCallback]) -> QuerySet[ProviderCallback]:
        waiting = queryset.filter(note__startswith=FOR_A_PERSON, settled_at=None)
        return waiting if self.value() else queryset


@admin.register(ProviderCallback)
class ProviderCallbackAdmin(HistoryAdmin):
    """Receipts and inbound messages; those that only a person understands are settled here."""

    list_display = ("received_at", "provider", "kind", "text", "note", "processed_at", "settled_by")
    list_filter = (ForAPerson, "kind", "provider", ("processed_at", admin.EmptyFieldListFilter))
    search_fields = ("event_id", "note")
    actions = ("settle", "opt_out")

    @admin.display(description=_("text"))
    def text(self, row: ProviderCallback) -> str:
        return str(row.payload.get("text", ""))[:160]

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=_("Seen to: nothing more to do"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[ProviderCallback]) -> None:
        count = settle_inbound(_ids(queryset), request.user.get_username(), timezone.now())
        text = ngettext("%d message is settled.", "%d messages are settled.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    @admin.action(description=_("Means stop: send these people no more text messages"), permissions=["settle"])
    def opt_out(self, request: HttpRequest, queryset: QuerySet[ProviderCallback]) -> None:
        count = opt_out_senders(_ids(queryset), request.user.get_username(), timezone.now())
        text = ngettext("%d message is obeyed as a stop.", "%d messages are obeyed as a stop.", count)
        self.message_user(request, text % count, messages.SUCCESS)


def _ids(queryset: QuerySet[ProviderCallback]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))


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
