"""Pages that open by a token in their address: what their responses must carry, and the one page for a dead link."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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


def gone(request: HttpRequest) -> HttpResponse:
    """The same polite page for an unknown, used, expired or revoked token, so that nobody can tell them apart."""
    return render(request, "surveys/gone.html", status=404)
