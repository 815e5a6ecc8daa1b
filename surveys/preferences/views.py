"""/p/<token>/: see and change how one may be asked, and unsubscribe by one click from the mail program (RFC 8058)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cxsurvey.lib.secret_pages import gone, secret_page
from surveys.actions.preferences import save_preferences, stop_channel, stop_everything
from surveys.enums import Channel, StopReason
from surveys.models import Customer, Invitation
from surveys.preferences.posted import wishes_of
from surveys.queries.preferences import invitation_of_preferences, ways_to_ask


@csrf_exempt  # the token in the address is the right to post; mail programs send no cookie
@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show on GET, which changes nothing; save on POST, and stop everything once its own button is pressed."""
    invitation = invitation_of_preferences(token)
    if invitation is None:
        return gone(request)
    with translation.override(language_of(invitation.customer)):
        if request.method != "POST":
            return _page(request, invitation.customer, saved=False)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return _one_click(invitation)
        return _save(request, invitation.customer)


def language_of(customer: Customer) -> str:
    """The customer's language where we have the page in it, else that of the request."""
    short = customer.language.replace("_", "-").partition("-")[0].lower()
    return short if short in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE


def _one_click(invitation: Invitation) -> HttpResponse:
    stop_channel(invitation.customer, Channel(invitation.channel), "one-click unsubscribe", timezone.now())
    return HttpResponse(_("You are unsubscribed."), content_type="text/plain; charset=utf-8")


def _save(request: HttpRequest, customer: Customer) -> HttpResponse:
    stop, why = request.POST.get("stop"), request.POST.get("why", "")
    if stop == "everything":  # asked again: some mail scanners press every button that they find
        context = {"sender": settings.SENDER_NAME, "why": why if why in StopReason.values else ""}
        return _render(request, "surveys/preferences/stop.html", context)
    if stop == "confirmed":
        stop_everything(customer, timezone.now(), why=why)
    else:
        save_preferences(customer, wishes_of(request.POST), timezone.now())
    customer.refresh_from_db()
    with translation.override(language_of(customer)):  # which may be another one now
        return _page(request, customer, saved=True)


def _page(request: HttpRequest, customer: Customer, *, saved: bool) -> HttpResponse:
    now = timezone.now()
    ways = ways_to_ask(customer, now)
    context = {
        "ways": ways,
        "saved": saved,
        "asked": any(way.allowed for way in ways),
        "sender": settings.SENDER_NAME,
        "paused_until": customer.paused_until if customer.paused_until and customer.paused_until > now else None,
        "preferred": customer.preferred_channel,
        "language": customer.language.partition("-")[0].lower(),
        "languages": [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES],
        "reasons": StopReason.choices,
    }
    return _render(request, "surveys/preferences/page.html", context)


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    return response
