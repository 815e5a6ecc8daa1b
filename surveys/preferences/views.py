"""/p/<token>/: see and change how one may be asked, and unsubscribe by one click from the mail program (RFC 8058)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cxsurvey.lib.secret_pages import gone, secret_page
from surveys.actions.preferences import save_preferences, stop_everything
from surveys.actions.suppress import opt_out
from surveys.enums import Channel
from surveys.models import Customer, Invitation
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
    opt_out(invitation.customer, [Channel(invitation.channel)], "one-click unsubscribe", timezone.now())
    return HttpResponse(_("You are unsubscribed."), content_type="text/plain; charset=utf-8")


def _save(request: HttpRequest, customer: Customer) -> HttpResponse:
    stop = request.POST.get("stop")
    if stop == "everything":  # asked again: some mail scanners press every button that they find
        return _render(request, "surveys/preferences/stop.html", {"sender": settings.SENDER_NAME})
    if stop == "confirmed":
        stop_everything(customer, timezone.now())
    else:
        save_preferences(customer, wanted_of(request.POST), timezone.now())
    customer.refresh_from_db(fields=["consent_email", "consent_sms"])
    return _page(request, customer, saved=True)


def wanted_of(posted: Mapping[str, str]) -> dict[Channel, bool]:
    """What the form says; a channel without a clear yes or no is left as it is."""
    return {channel: posted[channel] == "yes" for channel in Channel if posted.get(channel) in ("yes", "no")}


def _page(request: HttpRequest, customer: Customer, *, saved: bool) -> HttpResponse:
    ways = ways_to_ask(customer, timezone.now())
    context = {"ways": ways, "saved": saved, "asked": any(way.allowed for way in ways), "sender": settings.SENDER_NAME}
    return _render(request, "surveys/preferences/page.html", context)


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    return response
