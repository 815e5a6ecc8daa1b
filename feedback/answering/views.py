"""/s/<token>/: the pages of an invitation's survey; GET and HEAD store no answer (reliability R8-R10)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from cxsurvey.lib.secret_pages import gone, secret_page
from feedback.actions.occasions import of_invitation
from feedback.actions.submit_response import Gone
from feedback.answering.opening import language_of
from feedback.answering.posted import taken
from feedback.answering.show import show
from feedback.answering.submit import submit
from feedback.answering.visit import Visit
from feedback.queries.asked_invitation import invitation_by_token, is_answered, may_answer
from surveys.rendering.contrast import accent_problem, style
from surveys.rendering.pages import languages_of


@cache_control(public=True, max_age=31_536_000, immutable=True)  # the address holds all that it depends on
@require_safe
def accent_style(_request: HttpRequest, accent: str) -> HttpResponse:
    """The style sheet of one accent colour; of none that people could not read."""
    if accent_problem(f"#{accent}"):
        raise Http404
    return HttpResponse(style(f"#{accent}"), content_type="text/css; charset=utf-8")


# No CSRF token: it would need a cookie, and there is no session to ride on. Whoever has the token in the address may
# post, nobody else can, so the address itself is the protection.
@csrf_exempt
@gzip_page
@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: HttpRequest, token: str) -> HttpResponse:
    """The survey behind the token, or the page that it does not work (any more)."""
    invitation, now = invitation_by_token(token), timezone.now()
    posted = taken(request)
    if invitation is None or not (may_answer(invitation, now) or (posted is not None and is_answered(invitation))):
        return gone(request)
    language = language_of(request, invitation.customer.language, languages_of(invitation.version))
    try:
        with translation.override(language):
            visit = Visit(request, of_invitation(invitation), language, "link", now)
            return show(visit) if posted is None else submit(visit, posted)
    except Gone:  # it ended in this very moment; outside the survey's language, so that all such pages are the same
        return gone(request)
