"""Reads the body of a posted page: bounded, and never a traceback for what a browser would not send."""

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

MAX_BODY = 256 * 1024  # 40 full text answers


class BadPost(ValueError):
    """A body that cannot be taken, with a sentence for the person and the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def posted_answers(request: HttpRequest) -> dict[str, list[str]]:
    """Field name -> values, with line ends as typed in one way; BadPost when too large or unreadable."""
    if _length(request) > MAX_BODY:
        raise BadPost(_("That is more than we can take. Please shorten your answers."), 413)
    try:
        lists = request.POST.lists()
    except (RequestDataTooBig, TooManyFieldsSent) as trouble:
        raise BadPost(_("That is more than we can take. Please shorten your answers."), 413) from trouble
    except (MultiPartParserError, UnreadablePostError, BadRequest) as trouble:
        raise BadPost(_("Your answers did not arrive in one piece. Please send them again."), 400) from trouble
    # A browser counts a line end as one character, so must we, or it lets in what we refuse.
    return {name: [value.replace("\r\n", "\n") for value in values] for name, values in lists}


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
