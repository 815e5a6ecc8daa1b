"""What a POST does: check, doubt, save the page or submit the whole, and show or point to the page that comes next."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse

from cxsurvey.lib.visitors import address_hash, agent_of, unseal
from feedback.actions.check_answers import check_answers, last_words, path_of
from feedback.actions.hold import Post, confirm, dismiss, hold
from feedback.actions.save_page import save_page
from feedback.actions.submit_open import TooMany, submit_open
from feedback.actions.submit_response import AnsweredOtherwise, Receipt, submit_invitation
from feedback.answering.confirming import confirm_page, said
from feedback.answering.posted import BadPost, Posted
from feedback.answering.sheets import answer_sheet
from feedback.answering.visit import Visit, stands_on
from feedback.guard.doubts import Sent, doubts
from feedback.models import HeldResponse
from feedback.queries.asked_invitation import is_answered
from feedback.queries.clicks import accepted_at, hits_of
from feedback.queries.partials import given_in, given_of
from surveys.question_kinds import RawValue
from surveys.rendering.pager import Page, askable
from surveys.rendering.pages import AnswerForm
from surveys.rendering.specs import fallbacks, specs_of
from surveys.rendering.texts import pick

Given = Mapping[str, list[str]]
MOST_SECONDS = 86_400  # whoever comes back a day later has not answered all the time


def submit(visit: Visit, posted: Posted | BadPost) -> HttpResponse:
    """Take what was posted."""
    if isinstance(posted, BadPost):
        return visit.special("refused", posted.status, message=str(posted))
    if posted.held:
        return _decided(visit, posted)
    page = _page_of(visit, posted)
    if page is None:
        return _whole(visit, posted, posted.answers)
    return _page(visit, posted, page)


def _page_of(visit: Visit, posted: Posted) -> Page | None:
    """The questions of the posted page that the survey has; None where the whole survey was sent at once."""
    if posted.page is None or not visit.paged:
        return None
    known = {spec.code for spec in specs_of(visit.occasion.version, "")}
    return tuple(code for code in posted.page if code in known)


def _page(visit: Visit, posted: Posted, page: Page) -> HttpResponse:
    """One page of several: saved, and then the next, the one before, or the end."""
    if _is_answered(visit):
        return _whole(visit, posted, {**visit.given, **_of_page(visit, posted, page)})
    back = posted.go == "back"
    form = check_answers(visit.occasion, visit.language, posted.answers, page)
    if not back and not form.is_valid():
        return _mend(visit, form, page, posted.answers)
    given = _of_page(visit, posted, page)
    held = None if back else _held(visit, posted, page)
    if held is not None:
        return held
    return _save(visit, posted, page, given)


def _save(visit: Visit, posted: Posted, page: Page, given: Given) -> HttpResponse:
    saved = save_page(visit.occasion, page, given, base=posted.base, language=visit.language, now=visit.now)
    everything = given_of(saved.partial)
    path = path_of(visit.occasion, everything)
    here = [n for n, each in enumerate(path, 1) if set(each) & set(page)]
    more = [n for n in here if not set(askable(visit.occasion.version, path[n - 1])) <= set(page)]
    target = more[0] if more else max(here, default=0) + 1  # a page whose answers have called for more comes again
    if posted.go == "back":
        target = max(1, min(here, default=1) - 1)
    elif target > len(path):
        return _whole(visit, posted, everything, doubted=False)
    changed = {"changed": ".".join(saved.overruled)} if saved.overruled else {}
    response = HttpResponse(status=303)
    response.headers["Location"] = visit.address(target, **changed)
    return response


def _whole(visit: Visit, posted: Posted, given: Given, *, doubted: bool = True) -> HttpResponse:
    """The whole survey: every answer on its path is checked again, whatever was checked page by page."""
    form = check_answers(visit.occasion, visit.language, given)
    more = _not_yet_asked(visit, posted, form)
    if more is not None:
        return more
    if not form.is_valid():
        return _mend(visit, *_first_mistake(visit, posted, form, given), given)
    held = _held(visit, posted, None) if doubted else None
    if held is not None:
        return held
    return _store(visit, form.values, given, _seconds(visit, posted))


def _seconds(visit: Visit, posted: Posted) -> int | None:
    """How long answering took: from the page's making, or from the first page saved, to now; None where unknown."""
    since = visit.partial.created_at if visit.partial else None
    note = unseal(visit.occasion.key, posted.note) if posted.note and since is None else None
    began = since or (note[0] if note else None)
    return None if began is None else min(MOST_SECONDS, max(0, int((visit.now - began).total_seconds())))


def _not_yet_asked(visit: Visit, posted: Posted, form: AnswerForm) -> HttpResponse | None:
    """The one page of a survey again, with the questions that its answers have called for since it was made."""
    if visit.paged or posted.page is None or _is_answered(visit):
        return None
    path: Page = tuple(spec.code for spec in form.specs)
    if set(askable(visit.occasion.version, path)) <= set(posted.page):
        return None
    again = AnswerForm(visit.personal(form.specs), typed=posted.answers)
    place = visit.place(1, [path])
    waiting = visit.waiting(place, posted.answers)
    html = answer_sheet(visit.occasion.version, visit.language, place, again, waiting, more=True)
    return visit.respond(html)


def _first_mistake(visit: Visit, posted: Posted, whole: AnswerForm, given: Given) -> tuple[AnswerForm, Page | None]:
    """The first page of the path with a mistake; the whole where it was sent as a whole."""
    if posted.page is None:
        return whole, None
    for page in path_of(visit.occasion, given):
        form = check_answers(visit.occasion, visit.language, given, page)
        if not form.is_valid():
            return form, page
    return whole, None


def _store(visit: Visit, values: Mapping[str, RawValue], given: Given, seconds: int | None = None) -> HttpResponse:
    try:
        receipt = _receipt(visit, values, given, seconds)
    except AnsweredOtherwise:
        return visit.plain("answered", 409)
    except TooMany:
        return visit.special("too_many", 429)
    words = pick(last_words(visit.occasion, values), fallbacks(visit.occasion.version.document, visit.language))
    if words:
        return visit.respond(visit.sheet("thanks", ending=words), reference=receipt.reference)
    return visit.plain("thanks", reference=receipt.reference)


def _receipt(visit: Visit, values: Mapping[str, RawValue], given: Given, seconds: int | None) -> Receipt:
    invitation = visit.occasion.invitation
    if invitation is None:
        return submit_open(visit.occasion, values, _post(visit, given, None), visit.now)
    return submit_invitation(invitation, values, language=visit.language, now=visit.now, seconds=seconds)


def _held(visit: Visit, posted: Posted, page: Page | None) -> HttpResponse | None:
    """The page that asks whether a person sent this, where that is doubted; the answers are kept apart until then."""
    sent = _sent(visit, posted)
    if not (sent.chosen_by_link_only or sent.trap_filled) or _is_answered(visit):
        return None
    invitation = visit.occasion.invitation
    hits, accepted = (hits_of(invitation.pk), accepted_at(invitation.pk)) if invitation else ([], None)
    reasons = doubts(sent, hits, accepted)
    if not reasons:
        return None
    row = hold(visit.occasion, _post(visit, posted.answers, page), reasons, visit.now)
    return confirm_page(visit, row, posted)


def _sent(visit: Visit, posted: Posted) -> Sent:
    note = unseal(visit.occasion.key, posted.note) if posted.note else None
    made, clicked = note or (None, "")
    code, _, value = clicked.partition(":")
    said_now = {name: values for name, values in posted.answers.items() if any(values)}
    return Sent(
        chosen_by_link_only=bool(clicked) and said_now == {code: [value]},
        on_page=max(visit.now - made, timedelta()) if made else None,
        pressed=bool(posted.go),
        trap_filled=bool(posted.trap),
    )


def _decided(visit: Visit, posted: Posted) -> HttpResponse:
    """The person has said whether the answers held are his; only then they are taken as if just posted."""
    try:
        public_id = UUID(posted.held)
    except ValueError:
        return visit.special("refused", 400, message="")
    answer = said(posted, public_id)
    if answer is None:
        row = HeldResponse.objects.filter(occasion_key=visit.occasion.key, public_id=public_id).first()
        return confirm_page(visit, row, posted, again=True) if row else visit.plain("answered", 409)
    if not answer:
        dismiss(visit.occasion, public_id, visit.now)
        return visit.plain("dismissed")
    row = confirm(visit.occasion, public_id, visit.now)
    return _take(visit, posted, row) if row else visit.plain("answered", 409)


def _take(visit: Visit, posted: Posted, row: HeldResponse) -> HttpResponse:
    given = given_in(row)
    if row.posted["page"] is None or _is_answered(visit):
        return _whole(visit, posted, {**visit.given, **given}, doubted=False)
    page = tuple(row.posted["page"])
    again = Posted(answers=given, page=page, go="on", base=posted.base)
    return _save(visit, again, page, _of_page(visit, again, page))


def _post(visit: Visit, given: Given, page: Page | None) -> Post:
    request = visit.request
    codes = tuple(spec.code for spec in specs_of(visit.occasion.version, ""))
    known = {name: values for name, values in given.items() if any(values) and stands_on(name, codes)}
    return Post(clean(known), page, visit.language, address_hash(request), agent_of(request))


def _of_page(visit: Visit, posted: Posted, page: Page) -> dict[str, list[str]]:
    """Every field of the page, those left blank too: an answer may be taken back."""
    before = {name: list[str]() for name in visit.given if stands_on(name, page)}
    now = {name: values for name, values in posted.answers.items() if stands_on(name, page) and any(values)}
    return clean({code: [] for code in page} | before | now)


def clean(given: Given) -> dict[str, list[str]]:
    """Without the one character that the database cannot keep."""
    return {
        name.replace("\0", ""): [value.replace("\0", "\ufffd") for value in values] for name, values in given.items()
    }


def _is_answered(visit: Visit) -> bool:
    invitation, partial = visit.occasion.invitation, visit.partial
    return (invitation is not None and is_answered(invitation)) or (partial is not None and partial.done_at is not None)


def _mend(visit: Visit, form: AnswerForm, page: Page | None, given: Given) -> HttpResponse:
    """The page again with what was typed and what to do; after an answer there is nothing left to mend.

    A survey that was sent at once comes back at once, whatever its pages; else the first page with a mistake does.
    """
    if _is_answered(visit):
        return visit.plain("answered", 409)
    if not visit.paged or page is None:
        place = visit.place(1, [tuple(spec.code for spec in form.specs)])
    else:
        path = path_of(visit.occasion, {**visit.given, **given})
        place = visit.place(next((n for n, each in enumerate(path, 1) if each == page), 1), path)
    form.specs = visit.personal(form.specs)
    waiting = visit.waiting(place, given)
    return visit.respond(answer_sheet(visit.occasion.version, visit.language, place, form, waiting), 422)
