"""What is on its way or in doubt: partial responses, doubtful answers, clicks on messages."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin
from feedback.actions.count_held import count_held, set_aside
from feedback.enums import Doubt
from feedback.models import Click, HeldResponse, HourCount, PartialResponse, QuotaCount


@admin.register(PartialResponse)
class PartialResponseAdmin(HistoryAdmin):
    """Answers that customers have saved page by page; they count as an incomplete response when the link ends."""

    list_display = ("saved_at", "survey", "customer", "share", "language", "revision", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "survey", "language")
    list_select_related = ("survey", "version", "invitation__customer")
    search_fields = ("occasion_key", "invitation__customer__external_id")

    @admin.display(description=_("customer"), ordering="invitation__customer__external_id")
    def customer(self, row: PartialResponse) -> str:
        return str(row.invitation.customer) if row.invitation else ""

    @admin.display(description=_("answered"))
    def share(self, row: PartialResponse) -> str:
        """How many of the questions have an answer so far."""
        given = sum(1 for entry in row.answers.values() if entry["given"])
        asked = len(row.version.document.get("questions", ()))
        return _("%(given)s of %(asked)s") % {"given": given, "asked": asked}


@admin.register(HeldResponse)
class HeldResponseAdmin(HistoryAdmin):
    """Answers that may come from a machine. They do not count unless the customer, or you, say so."""

    list_display = ("held_at", "survey", "customer", "link", "why", "times", "state", "decided_at", "decided_by")
    list_filter = ("state", "survey", "held_at")
    list_select_related = ("survey", "invitation__customer", "open_link", "decided_by")
    search_fields = ("=public_id", "invitation__customer__external_id", "open_link__slug")
    exclude = ("content_hash", "address_hash")
    actions = ("count", "set_aside")

    @admin.display(description=_("customer"), ordering="invitation__customer__external_id")
    def customer(self, row: HeldResponse) -> str:
        return str(row.invitation.customer) if row.invitation else ""

    @admin.display(description=_("open link"), ordering="open_link__slug")
    def link(self, row: HeldResponse) -> str:
        return row.open_link.slug if row.open_link else ""

    @admin.display(description=_("reasons"))
    def why(self, row: HeldResponse) -> str:
        return "; ".join(str(Doubt(reason).label) for reason in row.reasons)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=_("Count the chosen answers"), permissions=["decide"])
    def count(self, request: HttpRequest, queryset: QuerySet[HeldResponse]) -> None:
        counted, left = count_held(list(queryset.values_list("pk", flat=True)), request.user.pk, timezone.now())
        text = ngettext("%d set of answers counts now.", "%d sets of answers count now.", counted) % counted
        self.message_user(request, text, messages.SUCCESS)
        for reason in left:
            self.message_user(request, reason, messages.WARNING)

    @admin.action(description=_("Set the chosen answers aside"), permissions=["decide"])
    def set_aside(self, request: HttpRequest, queryset: QuerySet[HeldResponse]) -> None:
        number = set_aside(list(queryset.values_list("pk", flat=True)), request.user.pk, timezone.now())
        text = ngettext("%d set of answers is set aside.", "%d sets of answers are set aside.", number) % number
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Click)
class ClickAdmin(HistoryAdmin):
    """Fetches of answer links of messages, by people and by mail scanners. None of them is an answer."""

    list_display = ("at", "customer", "kind", "given", "method", "agent")
    list_filter = ("kind", "method", "at")
    list_select_related = ("invitation__customer",)
    search_fields = ("=invitation__public_id", "invitation__customer__external_id", "agent")
    exclude = ("address_hash",)

    @admin.display(description=_("customer"), ordering="invitation__customer__external_id")
    def customer(self, row: Click) -> str:
        return str(row.invitation.customer)


@admin.register(HourCount)
class HourCountAdmin(HistoryAdmin):
    """How often open links were used, by hour and network address (hashed)."""

    list_display = ("key", "number", "until")
    search_fields = ("key",)


@admin.register(QuotaCount)
class QuotaCountAdmin(HistoryAdmin):
    """How full the quotas of each survey are."""

    list_display = ("survey", "code", "taken")
    list_filter = ("survey",)
    list_select_related = ("survey",)
    search_fields = ("code", "survey__code")
