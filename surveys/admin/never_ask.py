"""People who must not be asked, and what customers chose themselves."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin
from surveys.actions.never_ask import flag_never_ask, lift_never_ask
from surveys.models import NeverAsk, PreferenceChange


@admin.register(NeverAsk)
class NeverAskAdmin(HistoryAdmin):
    """Flags on people; added and lifted, never edited."""

    fields = ("customer", "reason", "until", "note")
    list_display = ("customer", "reason", "since", "until", "note", "by")
    list_filter = ("reason", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("customer__external_id", "note")
    raw_id_fields = ("customer",)
    actions = ("lift_chosen",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        flag = flag_never_ask(
            obj.customer, obj.reason, str(request.user), timezone.now(), until=obj.until, note=obj.note
        )
        obj.pk = flag.pk

    @admin.action(description=_("Lift the chosen flags"), permissions=["lift"])
    def lift_chosen(self, request: HttpRequest, queryset: QuerySet[NeverAsk]) -> None:
        for flag in queryset:
            lift_never_ask(flag, timezone.now())
        self.message_user(request, _("Lifted."), messages.SUCCESS)


@admin.register(PreferenceChange)
class PreferenceChangeAdmin(HistoryAdmin):
    """What customers chose on their page."""

    list_display = ("at", "customer", "changes", "why", "source")
    list_filter = ("why", "source")
    list_select_related = ("customer",)
    search_fields = ("customer__external_id",)
