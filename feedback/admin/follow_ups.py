"""Closing the loop with one customer."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import KeptAdmin, ModelForm
from feedback.actions.follow_ups import mark_contacted
from feedback.admin.filters import JourneyFilter
from feedback.dashboards.words_time import RULES
from feedback.enums import CLOSED_STATES, FollowUpState
from feedback.models import FollowUp


class OverdueFilter(admin.SimpleListFilter):
    """Those whose first contact is late."""

    title = _("first contact")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        if self.value() != "1":
            return queryset
        return queryset.filter(state="open", contacted_at__isnull=True, due_at__lt=timezone.now())


class FollowUpForm(ModelForm):
    """Who changes the state need not write the time; who closes says what came of it."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        state = data.get("state")
        closes = state in CLOSED_STATES
        if closes and not data.get("outcome"):
            self.add_error("outcome", _("Say what came of it: a follow-up is closed by its outcome."))
        if closes and not data.get("root_cause"):
            self.add_error("root_cause", _("Choose what it came from: without causes nothing can be mended."))
        if state != FollowUpState.OPEN:
            data["contacted_at"] = data.get("contacted_at") or timezone.now()
        data["closed_at"] = (data.get("closed_at") or timezone.now()) if closes else None
        return data


@admin.register(FollowUp)
class FollowUpAdmin(KeptAdmin):
    """Promises to look into a run; the database lets none be closed without its outcome."""

    form = FollowUpForm
    list_display = (
        "why",
        "run",
        "journey",
        "department",
        "owner",
        "state",
        "opened_at",
        "due_at",
        "contacted_at",
        "closed_at",
    )
    list_filter = ("state", OverdueFilter, "department", "rule", "root_cause", ("run__journey__code", JourneyFilter))
    list_select_related = ("run__journey", "department", "owner")
    search_fields = ("rule", "run__external_id", "outcome")
    raw_id_fields = ("run",)
    readonly_fields = ("opened_at",)
    actions = ("contacted",)

    @admin.display(description=_("why"), ordering="rule")
    def why(self, row: FollowUp) -> str:
        """The rule in words."""
        return str(RULES.get(row.rule, row.rule))

    @admin.display(description=_("journey"), ordering="run__journey__name")
    def journey(self, row: FollowUp) -> str:
        """The journey of its run."""
        return row.run.journey.name

    @admin.action(description=_("Mark as contacted"), permissions=["change"])
    def contacted(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> None:
        number = mark_contacted(list(queryset.values_list("pk", flat=True)), timezone.now())
        text = ngettext("%(n)s marked as contacted.", "%(n)s marked as contacted.", number) % {"n": number}
        self.message_user(request, text, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: FollowUp, form: Any, change: bool) -> None:
        """One that a person opens begins now."""
        obj.opened_at = obj.opened_at or timezone.now()
        super().save_model(request, obj, form, change)
