"""Closing the loop with one customer."""

from django.contrib import admin

from cxsurvey.lib.admin import KeptAdmin
from feedback.models import FollowUp


@admin.register(FollowUp)
class FollowUpAdmin(KeptAdmin):
    """Promises to look into a run; the database lets none be closed without its outcome."""

    list_display = ("rule", "run", "owner", "state", "opened_at", "due_at", "closed_at")
    list_filter = ("state", "rule")
    list_select_related = ("run", "owner")
    search_fields = ("rule", "run__external_id", "root_cause")
    raw_id_fields = ("run",)
