"""What stands around every page: the same policy header for nearly all of them, and nothing of staff's on customers'.

A customer's page has no session, no log-in and no messages. Preparing them took a fifth of its time.
"""

from collections.abc import Awaitable
from typing import Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import cached_property

CUSTOMERS: Final = ("/s/", "/o/")


class _StaffOnly(MiddlewareMixin):
    """Leaves customers' pages alone: whoever looked for a session there would fail loudly."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if request.path_info.startswith(CUSTOMERS):
            return self.get_response(request)
        return super().__call__(request)


class SessionMiddleware(_StaffOnly, sessions.SessionMiddleware):
    """Django's, for staff."""


class AuthenticationMiddleware(_StaffOnly, auth.AuthenticationMiddleware):
    """Django's, for staff."""


class MessageMiddleware(_StaffOnly, messages.MessageMiddleware):
    """Django's, for staff."""


class PolicyMiddleware(CSPMiddleware):
    """The Content-Security-Policy of the settings, put together once; a page with a policy of its own gets that."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        own = "_csp_nonce" in vars(request) or any(name.startswith("_csp") for name in vars(response))
        if own or settings.DEBUG:  # where Django's own error pages have styles in them
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._everywhere)
        return response

    @cached_property
    def _everywhere(self) -> str:
        return build_policy()
