"""One request for the pages of one occasion: where it stands in the survey, and the page that it gets."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from cxsurvey.lib.visitors import seal
from feedback.actions.check_answers import path_of, readable
from feedback.actions.occasions import Occasion
from feedback.answering.opening import who_asks
from feedback.answering.sheets import Place, Sheet, plain_sheet, sheet
from feedback.models import PartialResponse
from feedback.queries.partials import given_of, partial_of
from surveys.actions.links import preferences_token
from surveys.question_kinds import QuestionSpec, shown
from surveys.rendering.following import Rule, follow
from surveys.rendering.pager import Page, askable, branches, follows, is_paged, is_personal, personal
from surveys.rendering.pages import AnswerForm, page_texts
from surveys.rendering.specs import specs_of
from surveys.replies import by_conversation

KEPT: Final = ("lang",)  # of the address, from page to page
ACCEPTS_GZIP: Final = re.compile(r"\bgzip\b")


@dataclass(frozen=True)
class Visit:
    """One request; whatever costs a query is read once, when it is asked for."""

    request: HttpRequest
    occasion: Occasion
    language: str
    door: str
    now: datetime
    submission: str = ""
    query: Mapping[str, str] = field(default_factory=dict)  # further parts of the addresses of its pages

    @property
    def accent(self) -> str:
        """The address of the journey's own colours; blank where it has none."""
        journey = self.occasion.version.survey.journey
        return f"/s/theme/{journey.accent[1:]}.css" if journey and journey.accent else ""

    @cached_property
    def paged(self) -> bool:
        """Whether the survey may have more than one page."""
        return is_paged(self.occasion.version)

    @property
    def saved(self) -> bool:
        """Whether answers may have been saved before the whole is sent: page by page, or by text message."""
        return self.paged or by_conversation(self.occasion.version.document)

    @cached_property
    def partial(self) -> PartialResponse | None:
        return partial_of(self.occasion.key) if self.saved else None

    @property
    def given(self) -> dict[str, list[str]]:
        """The answers saved before, as typed."""
        return given_of(self.partial)

    @cached_property
    def path(self) -> list[Page]:
        """The pages that the answers so far lead through."""
        return path_of(self.occasion, self.given)

    def place(self, number: int, path: list[Page] | None = None) -> Place:
        """The page of this number, 1 for the first; what lies outside is the nearest."""
        path = self.path if path is None else path
        number = max(1, min(number, len(path)))
        asked = [len(askable(self.occasion.version, page)) for page in path]
        before, total = sum(asked[: number - 1]), sum(asked)
        return Place(
            path[number - 1],
            number,
            before + 1,
            total,
            len(path),
            self.door,
            self.accent,
            branches(self.occasion.version),
            self._rules(path[number - 1], path),
        )

    def _rules(self, page: Page, path: Sequence[Page]) -> tuple[Rule, ...]:
        """Which questions come and go on the page; the script foresees no quota, so none where one is full."""
        if not follows(self.occasion.version) or self.occasion.full:
            return ()
        answers = readable(self.occasion, self.given) if len(path) > 1 else {}
        return follow(self.occasion.version, page, path, answers, self.occasion.context, self.occasion.order)

    def waiting(self, place: Place, posted: Mapping[str, list[str]] | None = None) -> AnswerForm:
        """The questions that may join the page, with what was answered there before."""
        by_code = {spec.code: spec for spec in specs_of(self.occasion.version, self.language)}
        given = {**self.given, **(posted or {})}
        typed = {name: values for name, values in given.items() if stands_on(name, tuple(place.waiting))}
        return AnswerForm(self.personal([by_code[code] for code in place.waiting]), typed=typed)

    def personal(self, specs: Sequence[QuestionSpec]) -> list[QuestionSpec]:
        """The questions as this customer reads them."""
        if not is_personal(self.occasion.version):
            return list(specs)
        return personal(specs, self.occasion.context, self._in_words, self.occasion.order)

    @cached_property
    def _in_words(self) -> dict[str, str]:
        """The answers so far, in the customer's words."""
        return shown(specs_of(self.occasion.version, self.language), readable(self.occasion, self.given))

    def address(self, number: int, **more: str) -> str:
        """The address of a page, relative to this one."""
        kept = {name: self.request.GET[name] for name in KEPT if name in self.request.GET}
        return "?" + urlencode({**self.query, "page": number, **kept, **more})

    def respond(self, page: Sheet | str, status: int = 200, **own: object) -> HttpResponse:
        """The page, filled with what is this customer's own; a sheet that is kept is compressed already."""
        kept = page if isinstance(page, Sheet) else None
        sheet = kept or Sheet(str(page))
        own = {name: OWN[name](self) for name in sheet.names if name not in own} | own
        if kept and ACCEPTS_GZIP.search(self.request.META.get("HTTP_ACCEPT_ENCODING", "")):
            response = HttpResponse(kept.packed(own), status=status)
            response.headers["Content-Encoding"] = "gzip"
            patch_vary_headers(response, ("Accept-Encoding",))
        else:
            response = HttpResponse(sheet.filled(own), status=status)
        response.headers["Content-Language"] = self.language
        return response

    def plain(self, name: str, status: int = 200, **own: object) -> HttpResponse:
        """A page that is the same for everybody but for its marks."""
        return self.respond(
            plain_sheet(name, self.occasion.version, self.language, self.door, self.accent), status, **own
        )

    def special(self, name: str, status: int = 200, **context: object) -> HttpResponse:
        """A page that is this customer's alone."""
        return self.respond(self.sheet(name, **context), status)

    def sheet(self, name: str, **context: object) -> str:
        """The page without its marks filled."""
        place = Place((), 1, 1, 0, 1, self.door, self.accent)
        return sheet(name, self.occasion.version, self.language, place=place, **context)

    def reason(self) -> str:
        """Who asks, about what and when."""
        return who_asks(self.occasion.invitation, page_texts(self.occasion.version, self.language))

    def preferences(self) -> str:
        """Where the customer says stop; blank where nobody is known."""
        invitation = self.occasion.invitation
        return f"/p/{preferences_token(invitation)}/" if invitation else ""


# What a page may leave open, and what is put in; a reference is given by whoever has one.
OWN: Final[dict[str, Callable[[Visit], object]]] = {
    "reason": Visit.reason,
    "preferences": Visit.preferences,
    "made": lambda visit: seal(visit.occasion.key, visit.now),
    "revision": lambda visit: visit.partial.revision if visit.partial else 0,
    "submission": lambda visit: visit.submission,
    "reference": lambda _visit: "",
}


def stands_on(name: str, page: Page) -> bool:
    """Whether a field belongs to a question of the page: its code, or code.part."""
    return name in page or name.partition(".")[0] in page
