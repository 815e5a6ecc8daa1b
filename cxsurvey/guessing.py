"""Refuses whoever opens too many links that open nothing, on all pages that open by a token."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cxsurvey.lib.secret_pages import DeadLink, too_many
from cxsurvey.lib.visitors import address_hash
from feedback.actions.count_dead_link import count_dead_link


def limit_guessing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware; a link that works is never looked at here."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        now = timezone.now()
        if isinstance(response, DeadLink) and not count_dead_link(address_hash(request), now):
            return too_many(request, 60 - now.second)
        return response

    return respond
