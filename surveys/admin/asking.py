"""Asks: the ledger, invitations, messages and their moves. Read here; acted on by verbs."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory, ValuesFilter
from surveys.actions.deliver_compose import preview
from surveys.actions.retry import assume_sent, retry_failed, send_unknown_again
from surveys.actions.withdraw import cancel_open
from surveys.admin.timeline import basis_in_words
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
    """Messages; failed ones can be tried again, unknown ones decided."""

    list_display = ("customer", "channel", "purpose", "state", "attempts", "next_at", "sent_at", "error", "public_id")
    list_filter = ("state", "channel", "purpose", ("provider", ValuesFilter))
    list_select_related = ("invitation__customer",)
    search_fields = ("=public_id", "=provider_id", "invitation__customer__external_id")
    inlines = (DeliveryEventInline,)
    actions = ("retry", "send_again", "assume")
    exclude = ("basis",)
    readonly_fields = ("words", "rests_on")

    @admin.display(description=_("text, as it leaves or will leave"))
    def words(self, delivery: Delivery) -> str:
        """Without its link's token; of an SMS also what it will cost."""
        text, segments = preview(delivery)
        cost = ngettext("%d SMS segment", "%d SMS segments", segments) % segments if segments else ""
        return f"{text}\n\n{cost}".strip()

    @admin.display(description=_("rests on"))
    def rests_on(self, delivery: Delivery) -> str:
        return basis_in_words(delivery.basis) if delivery.basis else "-"

    @admin.display(description=_("customer"), ordering="invitation__customer__external_id")
    def customer(self, delivery: Delivery) -> str:
        return str(delivery.invitation.customer)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=_("Try the chosen failed messages again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._tell_queued(request, retry_failed(_ids(queryset), request.user.get_username(), timezone.now()))

    @admin.action(
        description=_("Send the chosen unknown messages again (some people may get two)"), permissions=["retry"]
    )
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._tell_queued(request, send_unknown_again(_ids(queryset), request.user.get_username(), timezone.now()))

    @admin.action(description=_("Take the chosen unknown messages for sent"), permissions=["retry"])
    def assume(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = assume_sent(_ids(queryset), request.user.get_username())
        text = ngettext("%d message is taken for sent.", "%d messages are taken for sent.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    def _tell_queued(self, request: HttpRequest, count: int) -> None:
        text = ngettext("%d message is queued again.", "%d messages are queued again.", count)
        self.message_user(request, text % count, messages.SUCCESS)


def _ids(queryset: QuerySet[Delivery]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(HistoryAdmin):
    """Moves of all messages."""

    list_display = ("at", "delivery", "from_state", "to_state", "claim_no", "cause")
    list_filter = ("to_state",)
    list_select_related = ("delivery",)
    search_fields = ("=delivery__public_id", "cause")
