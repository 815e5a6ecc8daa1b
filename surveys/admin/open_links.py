"""Links that stay open: their address, their code to print, and the snippet for another page."""

from django.contrib import admin

from cxsurvey.lib.admin import ListAdmin
from surveys.models import OpenLink


@admin.register(OpenLink)
class OpenLinkAdmin(ListAdmin):
    """Addresses under which anybody may answer a survey."""

    list_display = ("slug", "survey", "name", "active", "starts_at", "ends_at")
    list_filter = ("active", "survey")
    list_select_related = ("survey",)
    search_fields = ("slug", "name", "survey__code")
