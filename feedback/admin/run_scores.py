"""What the insights read: run rows and commercial records."""

from django.contrib import admin

from cxsurvey.lib.admin import HistoryAdmin
from feedback.admin.filters import JourneyFilter
from feedback.models import CommercialRecord, RunScore


@admin.register(RunScore)
class RunScoreAdmin(HistoryAdmin):
    """One row per run, computed from its answers and contacts."""

    list_display = ("run", "journey", "customer", "at", "outcome", "service", "experience", "steps", "switches")
    list_filter = (("journey__code", JourneyFilter), "outcome")
    list_select_related = ("run", "journey", "customer")
    search_fields = ("run__external_id", "customer__external_id")


@admin.register(CommercialRecord)
class CommercialRecordAdmin(HistoryAdmin):
    """What customers did afterwards, as imported."""

    list_display = ("customer", "run", "period_start", "period_end", "retained", "spend", "margin", "referrals")
    list_filter = ("retained", ("run__journey__code", JourneyFilter))
    list_select_related = ("customer", "run")
    search_fields = ("customer__external_id", "run__external_id")
