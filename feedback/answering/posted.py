"""Reads the body of a posted page: bounded, and never a traceback for what a browser would not send."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

MAX_BODY: Final = 256 * 1024  # 40 full text answers
SUBMISSION: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
OWN: Final = "_"  # our own fields begin with it; the code of a question cannot


class BadPost(ValueError):
    """A body that cannot be taken, with a sentence for the person and the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Posted:
    """What came: the answers as typed, and what our own fields say."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    page: tuple[str, ...] | None = None  # the questions that stood on the page; None: the whole survey at once
    go: str = ""  # on, back or send: the button that was pressed; blank: none
    base: int = 0  # the revision of what was saved when the page was made
    note: str = ""  # sealed: when the page was made and what its link had chosen
    trap: str = ""
    submission: str = ""
    held: str = ""
    ticked: tuple[str, ...] = ()


def read_post(request: HttpRequest) -> Posted:
    """The body by its parts; BadPost when too large or unreadable."""
    fields = _fields(request)
    own = {name: values for name, values in fields.items() if name.startswith(OWN)}

    def one(name: str) -> str:
        return own.get(name, [""])[0]

    return Posted(
        answers={name: values for name, values in fields.items() if name not in own},
        page=tuple(one("_page").split(" ")) if "_page" in own else None,
        go=one("_go"),
        base=int(one("_revision")) if re.fullmatch(r"[0-9]{1,9}", one("_revision")) else 0,
        note=one("_made")[:400],
        trap=one("_more"),
        submission=one("_id") if SUBMISSION.fullmatch(one("_id")) else "",
        held=one("_held")[:40],
        ticked=tuple(own.get("_is", ())),
    )


def taken(request: HttpRequest) -> Posted | BadPost | None:
    """What was posted, or what is wrong with it; None where nothing was posted."""
    if request.method != "POST":
        return None
    try:
        return read_post(request)
    except BadPost as trouble:
        return trouble


def _fields(request: HttpRequest) -> dict[str, list[str]]:
    """Field name -> values, with line ends as typed in one way."""
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
