"""Pages that open by a token in their address: what their responses must carry, and the one page for a dead link."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

P = ParamSpec("P")
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def secret_page(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Keep the token out of referrers, caches and search engines (reliability R10)."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return wrapped


class DeadLink(HttpResponse):
    """The page for a link that opens nothing; too many of them are refused (cxsurvey.guessing)."""

    status_code = 404


def gone(request: HttpRequest) -> HttpResponse:
    """The same polite page for an unknown, used, expired or revoked token, so that nobody can tell them apart."""
    return DeadLink(render_to_string("surveys/gone.html", request=request))


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The page instead of it for whoever has opened too many of them; in so many seconds he may go on."""
    headers = HEADERS | {"Retry-After": str(seconds)}
    return HttpResponse(render_to_string("surveys/too_many_links.html", request=request), status=429, headers=headers)
