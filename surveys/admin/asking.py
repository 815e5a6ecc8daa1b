"""Asks: the ledger, invitations, messages and their moves. Read here; acted on by verbs."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory, ValuesFilter
from surveys.actions.retry import retry_failed
from surveys.actions.withdraw import cancel_open
from surveys.models import AskDecision, Delivery, DeliveryEvent, Invitation
from surveys.policy.reasons import Reason


class DeliveryInline(InlineHistory):
    """The messages of an invitation."""

    model = Delivery
    fields = ("channel", "purpose", "state", "attempts", "next_at", "sent_at", "error")


@admin.register(Invitation)
class InvitationAdmin(HistoryAdmin):
    """Asks of one customer for one occasion."""

    list_display = ("customer", "survey", "occasion", "channel", "state", "due_at", "answered_at", "public_id")
    list_filter = ("state", "channel", "survey")
    list_select_related = ("survey", "customer")
    search_fields = ("=public_id", "customer__external_id", "occasion")
    inlines = (DeliveryInline,)
    actions = ("withdraw",)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=_("Withdraw the chosen open invitations"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        count = cancel_open(list(queryset.values_list("pk", flat=True)), Reason.WITHDRAWN)
        text = ngettext("%d invitation withdrawn.", "%d invitations withdrawn.", count)
        self.message_user(request, text % count, messages.SUCCESS)


@admin.register(AskDecision)
class AskDecisionAdmin(HistoryAdmin):
    """Every ask that was due, and what became of it."""

    list_display = ("decided_at", "survey", "customer", "occasion", "outcome", "channel", "probability", "imported")
    list_filter = ("outcome", "survey", ("channel", ValuesFilter), "imported")
    list_select_related = ("survey", "customer")
    search_fields = ("customer__external_id", "occasion")


class DeliveryEventInline(InlineHistory):
    """Every move of the message."""

    model = DeliveryEvent
    fields = ("at", "from_state", "to_state", "claim_no", "cause")


@admin.register(Delivery)
class DeliveryAdmin(HistoryAdmin):
    """Messages; failed ones can be tried again."""

    list_display = ("customer", "channel", "purpose", "state", "attempts", "next_at", "sent_at", "error", "public_id")
    list_filter = ("state", "channel", "purpose", ("provider", ValuesFilter))
    list_select_related = ("invitation__customer",)
    search_fields = ("=public_id", "=provider_id", "invitation__customer__external_id")
    inlines = (DeliveryEventInline,)
    actions = ("retry",)

    @admin.display(description=_("customer"), ordering="invitation__customer__external_id")
    def customer(self, delivery: Delivery) -> str:
        return str(delivery.invitation.customer)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=_("Try the chosen failed messages again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = retry_failed(list(queryset.values_list("pk", flat=True)), timezone.now())
        text = ngettext("%d message is queued again.", "%d messages are queued again.", count)
        self.message_user(request, text % count, messages.SUCCESS)


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(HistoryAdmin):
    """Moves of all messages."""

    list_display = ("at", "delivery", "from_state", "to_state", "claim_no", "cause")
    list_filter = ("to_state",)
    list_select_related = ("delivery",)
    search_fields = ("=delivery__public_id", "cause")
