"""What happened: runs, passages, contacts. A contact added here is recorded like any other, and asked about."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory, ModelForm
from cxsurvey.lib.refusals import Refused
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.actions.runs import end_run
from surveys.enums import RunOutcome
from surveys.models import Interaction, JourneyRun, StageVisit

TOLD = ("started_at", "answered_at", "ended_at", "handle_seconds", "channel", "agent", "team", "reason")
TOLD_TOO = ("initiator", "resolved", "abandoned", "load", "reference")


class StageVisitInline(InlineHistory):
    """The run's path."""

    model = StageVisit
    fields = ("order", "stage", "visit", "entered_at", "left_at", "bad_time")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StageVisit]:
        return super().get_queryset(request).select_related("stage")


@admin.register(JourneyRun)
class JourneyRunAdmin(HistoryAdmin):
    """Runs; an open one can be ended by hand."""

    list_display = ("external_id", "journey", "customer", "outcome", "started_at", "ended_at", "last_event_at")
    list_filter = ("outcome", "journey", "imported")
    list_select_related = ("journey", "customer")
    search_fields = ("external_id", "customer__external_id")
    date_hierarchy = "last_event_at"
    inlines = (StageVisitInline,)
    actions = ("end_completed", "end_abandoned")

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=_("End as completed, and ask"), permissions=["end"])
    def end_completed(self, request: HttpRequest, queryset: QuerySet[JourneyRun]) -> None:
        self._end(request, queryset, RunOutcome.COMPLETED)

    @admin.action(description=_("End as abandoned, and ask"), permissions=["end"])
    def end_abandoned(self, request: HttpRequest, queryset: QuerySet[JourneyRun]) -> None:
        self._end(request, queryset, RunOutcome.ABANDONED)

    def _end(self, request: HttpRequest, queryset: QuerySet[JourneyRun], outcome: RunOutcome) -> None:
        now = timezone.now()
        ended = sum(end_run(run, outcome, now) for run in queryset)
        text = ngettext("%d run ended; others had ended already.", "%d runs ended; others had ended already.", ended)
        self.message_user(request, text % ended, messages.SUCCESS)


@admin.register(StageVisit)
class StageVisitAdmin(HistoryAdmin):
    """Passages through stages, derived from contacts."""

    list_display = ("run", "stage", "order", "visit", "entered_at", "left_at", "bad_time")
    list_filter = ("bad_time", "run__journey")
    list_select_related = ("run", "stage")
    search_fields = ("run__external_id", "stage__code")


class InteractionForm(ModelForm):
    """One contact, recorded by the same verb as through the API; what the verb refuses is told at its field."""

    reference = forms.CharField(required=False, max_length=120, help_text=_("blank: made from the contents"))

    class Meta:
        model = Interaction
        fields = ("customer", "journey", "run", "stage", *TOLD, *TOLD_TOO)

    recorded: Interaction

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.recorded = record_interactions([told(cleaned)], ask=True)[0].interaction
            except Refused as refused:
                self.add_error(refused.column if refused.column in self.fields else None, refused.reason)
        return cleaned

    def _post_clean(self) -> None:
        """The verb has checked and stored the contact; there is no other row to check."""


def told(cleaned: dict[str, Any]) -> InteractionIn:
    """The form's rows as codes and ids, as the verb takes them."""
    journey, run, stage = cleaned["journey"], cleaned["run"], cleaned["stage"]
    return InteractionIn(
        customer=cleaned["customer"].external_id,
        journey=journey.code if journey else run.journey.code if run else "",
        run=run.external_id if run else "",
        stage=stage.code if stage else "",
        **{name: cleaned[name] for name in (*TOLD, *TOLD_TOO)},
    )


@admin.register(Interaction)
class InteractionAdmin(HistoryAdmin):
    """Contacts: added by hand, never edited."""

    form = InteractionForm
    list_display = ("reference", "customer", "journey", "stage", "started_at", "channel", "agent", "resolved")
    list_filter = ("journey", "resolved", "initiator", "imported")
    list_select_related = ("customer", "journey", "stage")
    search_fields = ("reference", "customer__external_id", "run__external_id")
    raw_id_fields = ("customer", "run", "stage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Interaction:
        return form.recorded  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form's verb has stored it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing below a contact."""
