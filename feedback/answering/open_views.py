"""/o/<slug>/: a survey that anybody may answer, alone or in a frame of another page; no cookie, no name."""

import re
import secrets
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from cxsurvey.lib.secret_pages import gone, secret_page
from cxsurvey.lib.unavailable import is_unavailable, unavailable_page
from feedback.actions.occasions import of_link
from feedback.answering.opening import language_of
from feedback.answering.posted import SUBMISSION, BadPost, Posted, taken
from feedback.answering.show import show
from feedback.answering.submit import submit
from feedback.answering.visit import Visit
from feedback.queries.asked_invitation import version_by_id
from feedback.queries.partials import partial_of
from surveys.models import OpenLink
from surveys.queries.open_links import open_link, version_of
from surveys.rendering.open_link import origins_of
from surveys.rendering.pages import languages_of

MAX_VALUE: Final = 200
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


# Nobody is logged in on these pages, so there is no session that a foreign page could ride on.
@csrf_exempt
@gzip_page
@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The survey of an open link as a page of its own."""
    return _serve(request, open_link(slug, timezone.now()), "open")


@csrf_exempt
@gzip_page
@secret_page
@xframe_options_exempt  # frame-ancestors says who may show it
@require_http_methods(["GET", "HEAD", "POST"])
def embedded_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for a frame of those pages that the link names."""
    link = open_link(slug, timezone.now())
    origins = origins_of(link) if link else []
    try:
        response = _serve(request, link if origins else None, "frame")
    except DatabaseError as trouble:  # told here, since the page for it must stand in the frame as well
        if not is_unavailable(trouble):
            raise
        response = unavailable_page(request)
    if origins:
        response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
    return response


def _serve(request: HttpRequest, link: OpenLink | None, door: str) -> HttpResponse:
    found = version_of(link) if link else None
    if link is None or found is None:
        return gone(request)
    version, posted, hidden = version_by_id(found.pk), taken(request), hidden_values(request, link)
    submission = _submission(request, posted)
    occasion = of_link(link, version, submission, hidden)
    partial = partial_of(occasion.key) if posted is None and "s" in request.GET else None
    if partial is not None and partial.done_at:  # sent already: whoever opens the page again starts anew
        submission = new_submission()
        occasion = of_link(link, version, submission, hidden)
    language = language_of(request, "", languages_of(version))
    with translation.override(language):
        query = {**hidden, "s": submission}
        visit = Visit(request, occasion, language, door, timezone.now(), submission=submission, query=query)
        return show(visit) if posted is None else submit(visit, posted)


def _submission(request: HttpRequest, posted: Posted | BadPost | None) -> str:
    """The id of this use of the link: the one in the form or the address, else a new one."""
    given = posted.submission if isinstance(posted, Posted) and posted.submission else request.GET.get("s", "")
    return given if SUBMISSION.fullmatch(given) else new_submission()


def new_submission() -> str:
    """An id that nobody can guess (144 bits)."""
    return secrets.token_urlsafe(18)


def hidden_values(request: HttpRequest, link: OpenLink) -> dict[str, str]:
    """The values of the address that the link allows, short and on one line."""
    values = {name: request.GET.get(name, "") for name in link.parameters}
    return {name: CONTROL.sub(" ", value[:MAX_VALUE]).strip() for name, value in values.items() if value.strip()}
