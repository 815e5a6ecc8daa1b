"""What is to become better, by when, and by which change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cxsurvey.lib.admin import ListAdmin
from feedback.models import Improvement, Outcome, PayMetric, Target

BASELINE = ("baseline", "baseline_lo", "baseline_hi", "baseline_from", "baseline_to")


@admin.register(Outcome)
class OutcomeAdmin(ListAdmin):
    """Customer outcomes that the organisation wants."""

    list_display = ("code", "statement", "journey", "measure", "level", "owner")
    list_filter = ("journey", "level")
    list_select_related = ("journey", "owner")
    search_fields = ("code", "statement", "journey__code")


@admin.register(Target)
class TargetAdmin(ListAdmin):
    """Values to reach; the baseline is frozen once saved."""

    list_display = ("outcome", "baseline", "baseline_from", "baseline_to", "value", "due")
    list_filter = ("outcome__journey",)
    list_select_related = ("outcome",)
    search_fields = ("outcome__code", "outcome__statement")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return BASELINE if obj else ()


@admin.register(Improvement)
class ImprovementAdmin(ListAdmin):
    """Changes made to reach an outcome."""

    list_display = ("name", "kind", "outcome", "changed_on", "process_measure", "comparison")
    list_filter = ("kind", "outcome__journey")
    list_select_related = ("outcome", "comparison")
    search_fields = ("name", "outcome__code")


@admin.register(PayMetric)
class PayMetricAdmin(ListAdmin):
    """What front-line staff are paid by; journey pages warn where it works against the customer."""

    list_display = ("metric", "note")
