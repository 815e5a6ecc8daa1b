"""Receipts and inbound messages of SMS providers."""

import json
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cxsurvey.lib.nudge import nudge
from surveys.actions.callbacks import process_callback, store_sms_callback
from surveys.actions.inbound import answer_by_message
from surveys.channels.sms.base import Call
from surveys.channels.sms.providers import PROVIDERS
from surveys.channels.sms.twilio import REFERENCE
from surveys.webhooks.replies import say

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


def sms_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep it, and obey an inbound message at once, so that STOP needs neither broker nor worker."""
    fields = _fields(request)
    if refusal := refuse(request, provider, fields):
        return refusal
    form = {key: values[-1] for key, values in (fields or {}).items() if values}
    try:
        pk, sender, new = store_sms_callback(provider, form, request.GET.get(REFERENCE, ""), timezone.now())
    except ValueError as problem:
        return say(str(problem), 400)
    if not sender or not new:
        nudge("surveys.process_callbacks")
        return _reply(provider, "")
    handled = process_callback(pk, timezone.now())
    words = handled.reply if handled else ""
    if words and PROVIDERS[provider].answer(words) is None:
        answer_by_message(pk, sender, words)
    return _reply(provider, words)


def refuse(request: HttpRequest, provider: str, fields: dict[str, list[str]] | None) -> HttpResponse | None:
    """The refusal of a callback that is not certainly the provider's."""
    if provider != settings.SMS_PROVIDER or not settings.SMS_SIGNATURE_SECRET:
        return say("Callbacks are off: SMS_PROVIDER is another, or SMS_SIGNATURE_SECRET is not set.", 503)
    if fields is None:
        return say(f"Send the callback as {FORM} or {JSON}.", 415)
    url = settings.PUBLIC_BASE_URL + request.get_full_path()  # never the Host that the caller names
    call = Call(url, fields, request.headers)
    if not PROVIDERS[provider].is_genuine(call, settings.SMS_SIGNATURE_SECRET, timezone.now()):
        return say("The signature is not the provider's, or too old.", 403)
    return None


def _fields(request: HttpRequest) -> dict[str, list[str]] | None:
    """What was posted, as a form or as a flat JSON object; None for anything else."""
    if request.content_type == FORM:
        return {key: list(map(str, values)) for key, values in request.POST.lists()}
    if request.content_type != JSON:
        return None
    try:
        body: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return {str(key): [str(value)] for key, value in body.items()} if isinstance(body, dict) else None


def _reply(provider: str, text: str) -> HttpResponse:
    body, kind = PROVIDERS[provider].answer(text) or ("", "text/plain; charset=utf-8")
    return HttpResponse(body, content_type=kind)
