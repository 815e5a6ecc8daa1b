"""Sending as a whole: what is held, how far big sends are, what waits for a decision. Acted on by verbs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxsurvey.lib.admin import HistoryAdmin
from surveys.actions.dispatch import cancel_campaigns, hold, pause_campaigns, release, resume_campaigns
from surveys.actions.sms_cost import campaign_costs
from surveys.admin.sms_costs import costs_in_words
from surveys.enums import Channel, HoldCause
from surveys.models import Alert, BudgetAlert, Campaign, DispatchMark, DispatchSwitch, RateBucket, SmsPass
from surveys.queries.dispatch import (
    Progress,
    backlog,
    budget_alerts,
    campaigns_with_work,
    progress,
    switches,
    troubles,
)

SHOWN = 20


@admin.register(DispatchSwitch)
class DispatchAdmin(HistoryAdmin):
    """The page "Sending": its list is the page itself."""

    list_display = ("scope", "paused", "cause", "reason", "changed_by", "changed_at")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show on GET, act on POST."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._act(request) if request.method == "POST" else self._page(request, extra_context or {})

    def _page(self, request: HttpRequest, more: Mapping[str, Any]) -> HttpResponse:
        context = self.admin_site.each_context(request) | page_of(timezone.now()) | {"opts": self.opts}
        context |= {"title": _("Sending"), "may_act": self.may(request), **more}
        return TemplateResponse(request, "admin/surveys/dispatch.html", context)

    def _act(self, request: HttpRequest) -> HttpResponse:
        """Do it; what cannot be undone is asked about once more."""
        if not self.may(request):
            raise PermissionDenied
        what, on, now = request.POST.get("do", ""), request.POST.get("on", ""), timezone.now()
        doubtful = to_cancel(on, now) if what == "cancel" and not request.POST.get("sure") else None
        if doubtful:
            return self._page(request, {"doubtful": doubtful})
        told = act(what, on, who(request), now)
        messages.add_message(request, messages.SUCCESS if told else messages.ERROR, told or _("Nothing was changed."))
        return redirect(reverse("admin:surveys_dispatchswitch_changelist"))


def page_of(now: datetime) -> dict[str, Any]:
    """All that the page shows, in a fixed number of queries."""
    return {
        "switches": switches(),
        "campaigns": progress(list(campaigns_with_work(SHOWN)), now),
        "backlog": backlog(now),
        "troubles": [(channel, troubles(channel, now)) for channel in Channel],
        "alerts": budget_alerts(now),
        "promises": [(channel.label, channel in settings.RESEND_UNKNOWN) for channel in Channel],
        "now": now,
    }


def to_cancel(on: str, now: datetime) -> Progress | None:
    """The campaign that somebody is about to cancel; None where there is no such."""
    found = progress(list(Campaign.objects.filter(pk=int(on) if on.isdigit() else 0)), now)
    return found[0] if found else None


def act(what: str, on: str, by: str, now: datetime) -> str:
    """Carry out one button of the page; what it did, or "" for nothing."""
    number = [int(on)] if on.isdigit() else []
    verbs: dict[str, Callable[[], object]] = {
        "hold": lambda: hold(on, HoldCause.OPERATOR, "", by, now),
        "release": lambda: release(on, by, now),
        "pause": lambda: pause_campaigns(number, "", by, now),
        "resume": lambda: resume_campaigns(number, by, now),
        "cancel": lambda: cancel_campaigns(number, "", by, now),
    }
    said = {
        "hold": _("Sending is paused. Nothing more leaves after the messages that are in hand at this moment."),
        "release": _("Sending goes on."),
        "pause": _("The campaign is paused."),
        "resume": _("The campaign goes on."),
        "cancel": _("The campaign is cancelled. Links that have left stay good."),
    }
    known = on.isdigit() or (what in ("hold", "release") and (on in ("", *Channel.values) or on.startswith("sms:")))
    done = verbs[what]() if what in verbs and known else False
    return said[what] if done or (what == "cancel" and to_cancel(on, now)) else ""


def who(request: HttpRequest) -> str:
    """Whom the row names as having done it."""
    return request.user.get_username()


@admin.register(Campaign)
class CampaignAdmin(HistoryAdmin):
    """Big sends: paused, resumed and cancelled here or on the page "Sending"."""

    list_display = ("name", "day", "state", "reason", "changed_by", "changed_at")
    list_filter = ("state", "rule__survey__journey")
    list_select_related = ("rule",)
    search_fields = ("name",)
    readonly_fields = ("text_messages",)
    actions = ("pause", "resume", "cancel")

    @admin.display(description=gettext_lazy("text messages that wait"))
    def text_messages(self, campaign: Campaign) -> str:
        """How many segments are still to be paid for."""
        costs = campaign_costs(campaign)
        total = sum(each.total for each in costs)
        words = ngettext("%d segment altogether", "%d segments altogether", total) % total
        return format_html("{}{}", words if costs else "", costs_in_words(costs))

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    @admin.action(description=gettext_lazy("Pause the chosen campaigns"), permissions=["steer"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        count = pause_campaigns(_ids(queryset), "", who(request), timezone.now())
        text = ngettext("%d campaign is paused.", "%d campaigns are paused.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Let the chosen campaigns go on"), permissions=["steer"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        count = resume_campaigns(_ids(queryset), who(request), timezone.now())
        text = ngettext("%d campaign goes on.", "%d campaigns go on.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Cancel what the chosen campaigns have not sent"), permissions=["steer"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> HttpResponse | None:
        """Ask first, with the number of messages; cancelling cannot be undone."""
        if not request.POST.get("sure"):
            return self._sure(request, progress(list(queryset), timezone.now()))
        count = cancel_campaigns(_ids(queryset), "", who(request), timezone.now())
        text = ngettext("%d ask is cancelled.", "%d asks are cancelled.", count)
        self.message_user(request, text % count, messages.SUCCESS)
        return None

    def _sure(self, request: HttpRequest, chosen: list[Progress]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "chosen": chosen}
        context |= {"title": _("Cancel campaigns"), "waiting": sum(each.waiting for each in chosen)}
        return TemplateResponse(request, "admin/surveys/cancel_campaigns.html", context)


def _ids(queryset: QuerySet[Campaign]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))


@admin.register(SmsPass)
class SmsPassAdmin(HistoryAdmin):
    """Text messages that were let through the caps."""

    list_display = ("at", "prefix", "segments", "journey")
    list_select_related = ("journey",)
    search_fields = ("prefix",)
    exclude = ("phone_hash", "delivery")


@admin.register(BudgetAlert)
class BudgetAlertAdmin(HistoryAdmin):
    """Shares of daily SMS budgets that were reached."""

    list_display = ("day", "journey", "percent", "segments", "at")
    list_select_related = ("journey",)
    search_fields = ("journey__code",)


@admin.register(Alert)
class AlertAdmin(HistoryAdmin):
    """What the owner was told by mail."""

    list_display = ("at", "subject", "state", "attempts", "sent_at", "error")
    list_filter = ("state",)
    search_fields = ("subject", "text")


@admin.register(RateBucket)
class RateBucketAdmin(HistoryAdmin):
    """What is left of rates per provider and recipient domain."""

    list_display = ("key", "tokens", "filled_at")
    search_fields = ("key",)


@admin.register(DispatchMark)
class DispatchMarkAdmin(HistoryAdmin):
    """Which database last sent."""

    list_display = ("installation", "identity")
    search_fields = ("identity",)
