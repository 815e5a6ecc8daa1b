"""Events of mail providers, verified and read by anymail, kept in our own words."""

import json
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from anymail.exceptions import AnymailError, AnymailInsecureWebhookWarning
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cxsurvey.lib.nudge import nudge
from surveys.actions.callbacks import store_mail_event
from surveys.channels.base import REPLAY_SECONDS
from surveys.channels.email.providers import PROVIDERS
from surveys.webhooks.replies import say


def _by_mailgun(request: HttpRequest) -> str:
    is_json = request.content_type == "application/json"
    signed = json.loads(request.body)["signature"] if is_json else request.POST
    return str(signed["timestamp"])


def _by_sendgrid(request: HttpRequest) -> str:
    return request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")


# When a call was signed, in seconds, where its signature covers that: anymail checks the signature, not the age
# (the others sign no time, or with a library of their own that checks it). "" where nothing was signed.
SIGNED_AT: Final[Mapping[str, Callable[[HttpRequest], str]]] = {"mailgun": _by_mailgun, "sendgrid": _by_sendgrid}


def mail_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep each event of the call; 403 where it is not certainly the provider's, 400 where it cannot be read."""
    if provider != settings.EMAIL_PROVIDER or not PROVIDERS[provider].is_guarded(settings.ANYMAIL):
        return say("Callbacks are off: EMAIL_PROVIDER is another, or its webhook secret is not set.", 503)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)  # signed instead
            view = PROVIDERS[provider].hook()
        view.run_validators(request)
    except ImproperlyConfigured as problem:
        return say(f"Callbacks are off: {problem}", 503)
    except (AnymailError, SuspiciousOperation):
        return say("The callback is not the provider's.", 403)
    if _is_old(request, provider, timezone.now()):
        return say("The callback was signed more than five minutes ago, or by a clock that is ahead.", 403)
    try:
        events = view.parse_events(request)
    except (ValueError, LookupError, TypeError, AttributeError, AnymailError):
        return say("The callback cannot be read.", 400)
    for event in events:
        store_mail_event(provider, event, timezone.now())
    nudge("surveys.process_callbacks")
    return HttpResponse()


def _is_old(request: HttpRequest, provider: str, now: datetime) -> bool:
    """Whether its signature, which is good, is of another time: somebody may have kept the call."""
    at = SIGNED_AT[provider](request) if provider in SIGNED_AT else ""
    if not at:
        return False
    return not (at.isascii() and at.isdigit()) or abs(now.timestamp() - int(at[:12])) > REPLAY_SECONDS
