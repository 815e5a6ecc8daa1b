"""What all hooks answer with."""

from typing import Final

from django.http import HttpResponse

MAX_BODY: Final = 256_000


def say(text: str, status: int) -> HttpResponse:
    """A plain sentence."""
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
