"""/hooks/bounces/: a mail server posts the bounce messages that it got, as they are, with our shared secret."""

import hmac
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cxsurvey.lib.nudge import nudge
from surveys.actions.callbacks import store_bounce
from surveys.webhooks.replies import say

BOUNCES: Final = "bounces"


def bounce_hook(request: HttpRequest) -> HttpResponse:
    """Keep one report (RFC 3464, RFC 5965); whatever names no message of ours is accepted and dropped."""
    if not settings.BOUNCE_SECRET:
        return say("Bounces are off: BOUNCE_SECRET is not set.", 503)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), settings.BOUNCE_SECRET.encode()):
        return say("The secret is wrong.", 403)
    if store_bounce(request.body, timezone.now()):
        nudge("surveys.process_callbacks")
    return HttpResponse(status=204)
