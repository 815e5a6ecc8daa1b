"""Tells a database that takes nothing just now (full, away, read-only) from a mistake of ours, and says so."""

from typing import Final

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.secret_pages import HEADERS

RETRY_SECONDS: Final = 30  # when whoever was refused may try again
CODE: Final = "unavailable"
DETAIL: Final = _(
    "The database takes nothing at the moment: send this request again later. "
    "With the same Idempotency-Key it has one effect, however often you send it."
)
CUSTOMERS: Final = ("/s/", "/o/", "/p/")
UNREADABLE: Final = (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError, UnreadablePostError, BadRequest)
READ_ONLY: Final = "25006"  # SQLSTATE: what people set by hand before a disk is full, and what a standby is


def is_unavailable(trouble: BaseException | None) -> bool:
    """Whether waiting may help: a full disk, no connection, a restart, a lock or statement that took too long."""
    if isinstance(trouble, OperationalError | InterfaceError):
        return True
    return isinstance(trouble, Error) and getattr(trouble.__cause__, "sqlstate", "") == READ_ONLY


def unavailable_page(request: HttpRequest) -> HttpResponse:
    """Nothing can be stored. What a customer has typed is on the page, hidden, with a button that sends it again."""
    headers = HEADERS | {"Retry-After": str(RETRY_SECONDS)}
    if request.path_info.startswith("/api/"):
        error = {"code": CODE, "detail": str(DETAIL), "attr": None}
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
