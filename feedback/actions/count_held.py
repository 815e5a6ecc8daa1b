"""What staff decide of doubtful answers: count them, or set them aside."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.actions.check_answers import check_answers
from feedback.actions.occasions import Occasion
from feedback.actions.save_page import save_page
from feedback.actions.submit_open import store_open
from feedback.actions.submit_response import AnsweredOtherwise, Gone, submit_invitation
from feedback.enums import HeldState
from feedback.models import HeldResponse, PartialResponse, Response
from feedback.queries.partials import given_in, given_of


def count_held(ids: Sequence[int], user_id: int | None, now: datetime) -> tuple[int, list[str]]:
    """Count those that can be; how many, and why the others could not.

    The whole of a survey becomes a response. A page of it is saved, and counts when the customer goes on or leaves.
    """
    counted, left = 0, []
    rows = HeldResponse.objects.filter(pk__in=ids, state__in=(HeldState.HELD, HeldState.DISMISSED))
    for row in rows.select_related("version__survey", "invitation__customer", "invitation__version", "open_link"):
        try:
            with transaction.atomic():
                _count(row, user_id, now)
            counted += 1
        except (AnsweredOtherwise, Gone, ValueError) as trouble:
            left.append(_why_not(row, trouble))
    return counted, left


def set_aside(ids: Sequence[int], user_id: int | None, now: datetime) -> int:
    """These do not count; how many."""
    rows = HeldResponse.objects.filter(pk__in=ids, state=HeldState.HELD)
    return rows.update(state=HeldState.DISMISSED, decided_at=now, decided_by=user_id)


def _count(row: HeldResponse, user_id: int | None, now: datetime) -> None:
    occasion = Occasion(row.occasion_key, row.version, row.invitation, row.open_link, row.hidden)
    given, page = given_in(row), row.posted["page"]
    if page is not None:
        partial = PartialResponse.objects.filter(occasion_key=occasion.key).first()
        base = partial.revision if partial else 0
        save_page(occasion, page, {**given}, base=base, language=row.language, now=now)
    else:
        _store(occasion, row, given, now)
    response = None if page is not None else Response.objects.filter(occasion_key=occasion.key).first()
    HeldResponse.objects.filter(pk=row.pk).update(
        state=HeldState.COUNTED, decided_at=now, decided_by=user_id, response=response
    )


def _store(occasion: Occasion, row: HeldResponse, given: dict[str, list[str]], now: datetime) -> None:
    saved = given_of(PartialResponse.objects.filter(occasion_key=occasion.key).first())
    form = check_answers(occasion, row.language, {**saved, **given})
    if not form.is_valid():
        raise ValueError(_("some answers that the survey needs are missing"))
    if occasion.invitation is None:
        store_open(occasion, form.values, row.language, row.held_at)
    else:
        submit_invitation(occasion.invitation, form.values, language=row.language, now=now)


def _why_not(row: HeldResponse, trouble: Exception) -> str:
    reasons = {
        AnsweredOtherwise: _("the customer has answered otherwise since"),
        Gone: _("the link has ended"),
    }
    names = {"reference": str(row.public_id)[:8].upper(), "reason": reasons.get(type(trouble), str(trouble))}
    return _("%(reference)s was not counted: %(reason)s.") % names
