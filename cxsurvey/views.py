"""The start page: what this is and where to go; and the page for whatever goes wrong."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as something_went_wrong

from cxsurvey.lib.unavailable import is_unavailable, unavailable_page


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The doors of the house; it reads nothing, so that it also opens when the database does not."""
    return render(request, "cxsurvey/start.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke just now: 503 where waiting helps, else 500."""
    return unavailable_page(request) if is_unavailable(sys.exc_info()[1]) else something_went_wrong(request)
