"""The page that a GET shows: blank, as it was left, or with the answer chosen that was clicked in the message."""

from django.http import HttpResponse

from cxsurvey.lib.visitors import address_hash, agent_of, seal
from feedback.actions.note_click import note_click
from feedback.answering.sheets import Place, answer_sheet, blank_sheet, clicked_sheet
from feedback.answering.visit import Visit, stands_on
from feedback.enums import ClickKind
from surveys.question_kinds import RawValue, kind
from surveys.rendering.pager import askable, is_personal
from surveys.rendering.pages import AnswerForm, preselected
from surveys.rendering.specs import specs_of

TRAP = "trap"  # what the link that no person sees says instead of an answer
MAX_CLICK = 130


def show(visit: Visit) -> HttpResponse:
    """Nothing that is answered is stored here; the fetch of a message's link is noted, as evidence only."""
    clicked = visit.request.GET.get("a", "")[:MAX_CLICK]
    if clicked:
        _note(visit, clicked)
    chosen = _chosen(visit, clicked)
    place = visit.place(_number(visit, chosen))
    if chosen and not set(chosen) & set(place.page):
        chosen = {}
    typed = _from_address(visit, place)
    typed |= {name: values for name, values in visit.given.items() if stands_on(name, place.page)}
    notices = {"resumed": _resumed(visit), "overruled": _overruled(visit)}
    blank = not (typed or any(notices.values()) or is_personal(visit.occasion.version))
    if blank and not chosen:
        return visit.respond(blank_sheet(visit.occasion.version, visit.language, place))
    made = seal(visit.occasion.key, visit.now, clicked if chosen else "")
    if blank and _as_in_messages(visit, chosen, clicked):
        return visit.respond(clicked_sheet(visit.occasion.version, visit.language, place, clicked), made=made)
    by_code = {spec.code: spec for spec in specs_of(visit.occasion.version, visit.language)}
    specs = visit.personal([by_code[code] for code in place.page])
    form = AnswerForm(specs, typed=typed | {code: [] for code in chosen}, chosen=chosen)
    waiting = visit.waiting(place)
    html = answer_sheet(visit.occasion.version, visit.language, place, form, waiting, clicked=clicked, **notices)
    return visit.respond(html, made=made)


def _as_in_messages(visit: Visit, chosen: dict[str, RawValue], clicked: str) -> bool:
    """Whether the link says its answer in the one form that we write; only such pages are kept, as they are few."""
    specs = specs_of(visit.occasion.version, visit.language)
    return clicked in [
        f"{spec.code}:{kind(spec.kind).export(chosen[spec.code], spec)}" for spec in specs if spec.code in chosen
    ]


def _from_address(visit: Visit, place: Place) -> dict[str, list[str]]:
    """The hidden values of the page that the address carries; those of an open link are the ones that it allows."""
    values = visit.occasion.hidden if visit.occasion.link else visit.request.GET
    hidden = [spec.code for spec in specs_of(visit.occasion.version, "") if spec.kind == "hidden"]
    return {code: [values[code]] for code in hidden if code in place.page and values.get(code)}


def _note(visit: Visit, clicked: str) -> None:
    invitation = visit.occasion.invitation
    if invitation is None:
        return
    request = visit.request
    note_click(
        invitation,
        ClickKind.TRAP if clicked == TRAP else ClickKind.SCORE,
        clicked,
        method=request.method or "",
        address=address_hash(request),
        agent=agent_of(request),
        now=visit.now,
    )


def _chosen(visit: Visit, clicked: str) -> dict[str, RawValue]:
    """?a=CODE:VALUE, where the survey has that question and that answer."""
    code, _, value = clicked.partition(":")
    return preselected(specs_of(visit.occasion.version, visit.language), {code: value}) if value else {}


def _number(visit: Visit, chosen: dict[str, RawValue]) -> int:
    """The page asked for, that of the answer clicked, or the one where the customer was; never one not yet reached."""
    if not visit.paged:
        return 1
    reached = _reached(visit)
    if chosen:
        return next((n for n, page in enumerate(visit.path, 1) if set(chosen) & set(page)), 1)
    asked = visit.request.GET.get("page", "")
    if asked.isdecimal() and len(asked) < 5 and asked.isascii():
        return min(int(asked), reached)
    return reached if any(visit.given.values()) else 1  # a robot that went on without an answer has moved nobody


def _reached(visit: Visit) -> int:
    """The first page with a question that nobody has gone through; by text message they are gone through one by one."""
    if visit.partial is None:
        return 1
    done = {code for page in visit.partial.visited for code in page}
    places = enumerate(visit.path, 1)
    version = visit.occasion.version
    return next((n for n, page in places if not done.issuperset(askable(version, page))), len(visit.path) + 1)


def _resumed(visit: Visit) -> bool:
    """Whether somebody comes back to answers that he has left."""
    return visit.partial is not None and bool(visit.given) and "page" not in visit.request.GET


def _overruled(visit: Visit) -> list[str]:
    """Texts of questions that were answered otherwise on another device, where the page before has said so."""
    codes = visit.request.GET.get("changed", "").split(".") if visit.partial else []
    return [spec.text for spec in specs_of(visit.occasion.version, visit.language) if spec.code in codes]
