"""/hooks/<provider>/: verify, store, answer, process; fails closed (reliability R11)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cxsurvey.lib.nudge import nudge
from surveys.actions.callbacks import process_callback, store_sms_callback
from surveys.channels.sms.httpapi import REFERENCE, is_signed

PROVIDERS = ("httpapi",)
MAX_BODY = 256_000
FORM = "application/x-www-form-urlencoded"


@csrf_exempt  # the provider's signature is the right to post
@require_POST
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take one callback: 2xx once it is stored, however often it is sent."""
    refusal = refuse(request, provider)
    if refusal is not None:
        return refusal
    reference = request.GET.get(REFERENCE, "")
    try:
        pk, kind, new = store_sms_callback(provider, request.POST.dict(), reference, timezone.now())
    except ValueError as problem:
        return _say(str(problem), 400)
    if kind != "inbound" or not new:
        nudge("surveys.process_callbacks")
        return _reply("")
    handled = process_callback(pk, timezone.now())  # at once, so that STOP needs neither broker nor worker
    return _reply(handled.reply if handled else "")


def refuse(request: HttpRequest, provider: str) -> HttpResponse | None:
    """The refusal of a callback that is not certainly the provider's, or too large to be one."""
    if provider not in PROVIDERS:
        return _say("There is no such provider.", 404)
    if not settings.SMS_SECRET:
        return _say("Callbacks are off: SMS_SECRET is not set.", 503)
    if request.content_type != FORM:
        return _say(f"Send the callback as {FORM}.", 415)
    if len(request.body) > MAX_BODY:  # Django itself refuses to read more than DATA_UPLOAD_MAX_MEMORY_SIZE
        return _say(f"The body is larger than {MAX_BODY} bytes.", 413)
    if not _is_genuine(request):
        return _say("The signature is not the provider's.", 403)
    return None


def _is_genuine(request: HttpRequest) -> bool:
    url = settings.PUBLIC_BASE_URL + request.get_full_path()  # never the Host that the caller names
    given = request.headers.get("X-Twilio-Signature", "")
    return is_signed(url, dict(request.POST.lists()), settings.SMS_SECRET, given)


def _say(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


def _reply(text: str) -> HttpResponse:
    """TwiML: the provider sends `text` back to whoever wrote; nothing where it is blank."""
    body = format_html("<Message>{}</Message>", text) if text else ""
    markup = format_html('<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>', body)
    return HttpResponse(markup, content_type="text/xml; charset=utf-8")
