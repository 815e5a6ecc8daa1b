"""The question to a person who was taken for a machine: are these your answers?

Two boxes, neither ticked, in an order that nobody can foresee, and values that say nothing. A program that submits the
form as it is, ticks nothing, ticks everything, or presses every button says nothing by it. A person ticks one box: no
puzzle, nothing to remember or to recognise (WCAG 3.3.8).
"""

import hmac
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import get_random_string

from feedback.actions.check_answers import readable
from feedback.answering.posted import Posted
from feedback.answering.visit import Visit
from feedback.models import HeldResponse
from feedback.queries.partials import given_in
from surveys.question_kinds import RawValue, rows_of, words
from surveys.rendering.specs import specs_of

MINE: Final = "mine"
NOT_MINE: Final = "not mine"


def confirm_page(visit: Visit, row: HeldResponse, posted: Posted, *, again: bool = False) -> HttpResponse:
    """The answers held, and the two boxes; `again` where the first try said nothing or both."""
    options = [(MINE, box(row.public_id, MINE)), (NOT_MINE, box(row.public_id, NOT_MINE))]
    if get_random_string(1, "01") == "1":
        options.reverse()
    return visit.special(
        "confirm",
        422 if again else 200,
        held=row.public_id,
        options=options,
        answers=_answers(visit, row),
        again=again,
        base=posted.base,
    )


def said(posted: Posted, public_id: UUID) -> bool | None:
    """True: these are mine; False: they are not; None: nothing was ticked, or both."""
    ticked = set(posted.ticked)
    found = [word for word in (MINE, NOT_MINE) if box(public_id, word) in ticked]
    return found == [MINE] if len(found) == 1 else None


def box(public_id: UUID, word: str) -> str:
    """The value of a box: it tells nothing to whoever only reads the form."""
    message = f"cxsurvey.confirm\0{public_id}\0{word}".encode()
    return hmac.digest(settings.TOKEN_KEY.encode(), message, "sha256").hex()[:20]


def _answers(visit: Visit, row: HeldResponse) -> list[tuple[str, str]]:
    """Question and answer in words, each row of a battery by itself."""
    specs = visit.personal(specs_of(visit.occasion.version, visit.language))
    values = readable(visit.occasion, given_in(row))
    asked = [each for spec in specs for each in rows_of(spec) if not values.get(each.code, RawValue()).is_blank]
    return [(each.text, words(values[each.code], each)) for each in asked]
