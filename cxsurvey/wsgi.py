"""WSGI entry point."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's answer; a whole one as a list, which granian sends at once and without asking Python again.

    It is closed before it is sent, so that its database connection is free for the next request.
    """
    response: Any = _django(environ, start_response)
    if not isinstance(response, HttpResponse):  # a file or a stream is sent piece by piece
        return response  # type: ignore[no-any-return]
    try:
        return [response.content]
    finally:
        response.close()


resolve("/")  # loads every view now, not while the first customer waits
gc.collect()
gc.freeze()  # what is loaded stays: looking through it again and again held up one page in a hundred
