"""The start page: what this is and where to go; and the page for whatever goes wrong."""

import sys
from typing import Final

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as something_went_wrong

from cxsurvey.lib.api_errors import Unavailable
from cxsurvey.lib.secret_pages import HEADERS
from cxsurvey.lib.unavailable import RETRY_SECONDS, is_unavailable

CUSTOMERS: Final = ("/s/", "/o/", "/p/")
UNREADABLE: Final = (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError, UnreadablePostError, BadRequest)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The doors of the house; it reads nothing, so that it also opens when the database does not."""
    return render(request, "cxsurvey/start.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke just now: 503 where waiting helps, else 500."""
    return _unavailable(request) if is_unavailable(sys.exc_info()[1]) else something_went_wrong(request)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """Nothing can be stored. What a customer has typed is on the page, hidden, with a button that sends it again."""
    headers = HEADERS | {"Retry-After": str(RETRY_SECONDS)}
    if request.path_info.startswith("/api/"):
        error = {"code": Unavailable.default_code, "detail": str(Unavailable.default_detail), "attr": None}
        return JsonResponse({"type": "server_error", "errors": [error]}, status=503, headers=headers)
    context = {
        "address": request.get_full_path(),
        "posted": request.method == "POST",
        "typed": _typed(request),
    }
    return HttpResponse(render_to_string("cxsurvey/unavailable.html", context), status=503, headers=headers)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a customer's form; nobody else's, since a password may be among them."""
    if request.method != "POST" or not request.path_info.startswith(CUSTOMERS):
        return []
    try:
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except UNREADABLE:
        return []
