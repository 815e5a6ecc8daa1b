"""The start page: what this is and where to go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The doors of the house; it reads nothing, so that it also opens when the database does not."""
    return render(request, "cxsurvey/start.html")
