"""/hooks/<provider>/: verify, store, answer, process; fails closed (reliability R11)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from surveys.channels.email.providers import PROVIDERS as MAIL_PROVIDERS
from surveys.channels.sms.providers import PROVIDERS as SMS_PROVIDERS
from surveys.webhooks.bounces import BOUNCES, bounce_hook
from surveys.webhooks.mail import mail_hook
from surveys.webhooks.replies import MAX_BODY, say
from surveys.webhooks.sms import sms_hook


@csrf_exempt  # the provider's signature is the right to post
@require_POST
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take one callback: 2xx once it is stored, however often it is sent."""
    if len(request.body) > MAX_BODY:  # Django itself refuses to read more than DATA_UPLOAD_MAX_MEMORY_SIZE
        return say(f"The body is larger than {MAX_BODY} bytes.", 413)
    if provider in SMS_PROVIDERS:
        return sms_hook(request, provider)
    if provider in MAIL_PROVIDERS:
        return mail_hook(request, provider)
    return bounce_hook(request) if provider == BOUNCES else say("There is no such provider.", 404)
