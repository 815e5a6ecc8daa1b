"""Events of mail providers, verified and read by anymail, kept in our own words."""

import warnings

from anymail.exceptions import AnymailError, AnymailInsecureWebhookWarning
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cxsurvey.lib.nudge import nudge
from surveys.actions.callbacks import store_mail_event
from surveys.channels.email.providers import PROVIDERS
from surveys.webhooks.replies import say


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
    try:
        events = view.parse_events(request)
    except (ValueError, LookupError, TypeError, AttributeError, AnymailError):
        return say("The callback cannot be read.", 400)
    for event in events:
        store_mail_event(provider, event, timezone.now())
    nudge("surveys.process_callbacks")
    return HttpResponse()
