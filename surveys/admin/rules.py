"""When a survey is asked, and how often a customer may be asked."""

from django.contrib import admin

from cxsurvey.lib.admin import ListAdmin
from surveys.models import ContactPolicy, Rule


@admin.register(Rule)
class RuleAdmin(ListAdmin):
    """What makes an ask due."""

    list_display = ("survey", "order", "trigger", "delay", "window", "channels", "sample", "life", "active")
    list_filter = ("trigger", "active", "survey__kind", "survey__journey")
    list_select_related = ("survey",)
    search_fields = ("survey__code", "survey__name")


@admin.register(ContactPolicy)
class ContactPolicyAdmin(ListAdmin):
    """Limits per journey, and the installation's own."""

    list_display = ("__str__", "journey", "limits")
    list_select_related = ("journey",)
    search_fields = ("journey__code", "journey__name")
