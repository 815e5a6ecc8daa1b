"""Surveys asked by text message: where each stands, and what came back."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory
from surveys.models import Conversation, Reply


class RepliesInline(InlineHistory):
    """What the customer wrote, and what became of it."""

    model = Reply
    fields = readonly_fields = ("written", "question", "outcome", "handled_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reply]:
        rows: QuerySet[Reply] = super().get_queryset(request)
        return rows.select_related("callback")

    @admin.display(description=_("reply"))
    def written(self, reply: Reply) -> str:
        return str(reply.callback.payload.get("text", ""))


@admin.register(Conversation)
class ConversationAdmin(HistoryAdmin):
    """One survey asked by text messages."""

    list_display = ("started_at", "survey", "customer", "state", "question", "messages", "heard_at", "expires_at")
    list_filter = ("state", "invitation__survey", "started_at")
    list_select_related = ("invitation__survey", "invitation__customer")
    search_fields = ("=invitation__public_id", "invitation__customer__external_id")
    exclude = ("phone_hash",)
    inlines = (RepliesInline,)

    @admin.display(description=_("survey"), ordering="invitation__survey__code")
    def survey(self, row: Conversation) -> str:
        return str(row.invitation.survey)

    @admin.display(description=_("customer"), ordering="invitation__customer__external_id")
    def customer(self, row: Conversation) -> str:
        return str(row.invitation.customer)

    @admin.display(description=_("messages sent"))
    def messages(self, row: Conversation) -> int:
        return row.step + 1


@admin.register(Reply)
class ReplyAdmin(HistoryAdmin):
    """What customers wrote into conversations, newest first."""

    list_display = ("received", "written", "customer", "question", "outcome", "handled_at")
    list_filter = ("outcome", ("handled_at", admin.EmptyFieldListFilter))
    list_select_related = ("callback", "conversation__invitation__customer")
    search_fields = ("conversation__invitation__customer__external_id",)
    ordering = ("-id",)

    @admin.display(description=_("received"))
    def received(self, row: Reply) -> datetime:
        return row.callback.received_at

    @admin.display(description=_("reply"))
    def written(self, row: Reply) -> str:
        return str(row.callback.payload.get("text", ""))

    @admin.display(description=_("customer"))
    def customer(self, row: Reply) -> str:
        return str(row.conversation.invitation.customer)
