"""Pages that open by a token in their address: what their responses must carry, and the one page for a dead link."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def secret_page(view: View[P]) -> View[P]:
    """Keep the token out of referrers, caches and search engines (reliability R10)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return wrapped


def gone(request: HttpRequest) -> HttpResponse:
    """The same polite page for an unknown, used, expired or revoked token, so that nobody can tell them apart."""
    return render(request, "surveys/gone.html", status=404)
