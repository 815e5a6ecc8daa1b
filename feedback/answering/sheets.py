"""Pages put together: made once per version, language and page, then only filled with what is this customer's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from secrets import token_hex
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxsurvey.lib.packed import Packed
from surveys.enums import VersionState
from surveys.models import SurveyVersion
from surveys.question_kinds.registry import ASK_NOTHING
from surveys.rendering.durations import duration
from surveys.rendering.following import Rule
from surveys.rendering.pager import Page
from surveys.rendering.pages import AnswerForm, page_texts, preselected, questions_html
from surveys.rendering.specs import Key, specs_of

OWN: Final = ("reason", "preferences", "made", "revision", "submission", "reference")
_SECRET: Final = token_hex(8)  # so that nothing that a person types is ever taken for a mark
MARKS: Final = {name: SafeString(f"[[{_SECRET}:{name}]]") for name in OWN}
_MARK: Final = re.compile(rf"\[\[{_SECRET}:(\w+)\]\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in its survey, and on what kind of page it is shown."""

    page: Page
    number: int  # from 1
    first: int  # the number of its first question
    questions: int  # on all pages
    pages: int
    door: str = "link"  # link, open or frame
    accent: str = ""
    branches: bool = False  # what is typed here may call for more questions
    rules: tuple[Rule, ...] = ()  # of the questions that come and go with the answers of this page

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def waiting(self) -> list[str]:
        """The questions that may join the page."""
        return [rule.code for rule in self.rules if not rule.shown]

    @property
    def is_last(self) -> bool:
        return self.number == self.pages


class Sheet:
    """A page, cut at its marks; `names` are what has to be put in, in order. What is not given stays blank."""

    def __init__(self, html: str) -> None:
        pieces = _MARK.split(html)
        self._parts, self.names = pieces[::2], pieces[1::2]

    def filled(self, own: Mapping[str, object]) -> str:
        """The page with what is this customer's own."""
        values = (*self._values(own), "")
        return "".join(piece for pair in zip(self._parts, values, strict=True) for piece in pair)

    def packed(self, own: Mapping[str, object]) -> bytes:
        """The same as gzip; for a sheet that is kept, as its parts are compressed but once."""
        return self._packed.filled([value.encode() for value in self._values(own)])

    @cached_property
    def _packed(self) -> Packed:
        return Packed([part.encode() for part in self._parts])

    def _values(self, own: Mapping[str, object]) -> list[str]:
        return [escape(str(own.get(name, ""))) for name in self.names]


def blank_sheet(version: SurveyVersion, language: str, place: Place) -> Sheet:
    """The page with nothing answered; rendered once when the version is published."""
    if version.state == VersionState.DRAFT:
        return Sheet(_blank(version, language, place))
    return _cached_blank(Key(version), language, place)


@lru_cache(maxsize=2048)
def _cached_blank(key: Key, language: str, place: Place) -> Sheet:
    return Sheet(_blank(key.version, language, place))


def _blank(version: SurveyVersion, language: str, place: Place) -> str:
    form = AnswerForm([spec for spec in specs_of(version, language) if spec.code in place.page])
    with override(language):
        return answer_sheet(version, language, place, form)


def clicked_sheet(version: SurveyVersion, language: str, place: Place, clicked: str) -> str:
    """The blank page with the answer chosen that a link of the message names ("code:value"); rendered once as well.

    This is the page on which nearly every customer arrives, and each mail scanner too.
    """
    if version.state == VersionState.DRAFT:
        return _clicked(version, language, place, clicked)
    return _cached_clicked(Key(version), language, place, clicked)


@lru_cache(maxsize=2048)
def _cached_clicked(key: Key, language: str, place: Place, clicked: str) -> str:
    return _clicked(key.version, language, place, clicked)


def _clicked(version: SurveyVersion, language: str, place: Place, clicked: str) -> str:
    specs = [spec for spec in specs_of(version, language) if spec.code in place.page]
    code, _colon, value = clicked.partition(":")
    form = AnswerForm(specs, chosen=preselected(specs, {code: value}))
    with override(language):
        return answer_sheet(version, language, place, form, clicked=clicked)


def answer_sheet(
    version: SurveyVersion,
    language: str,
    place: Place,
    form: AnswerForm,
    waiting: AnswerForm | None = None,
    **context: object,
) -> str:
    """A page of questions; the form may hold answers and errors. `waiting` are the questions that may join it."""
    asked = [spec.code for spec in form.specs if spec.kind not in ASK_NOTHING]  # these are counted, as on the page
    numbers = {code: number for number, code in enumerate(asked, start=place.first)}
    errors = [(code, number, text) for code, number in numbers.items() for text in form.errors.get(code, ())]
    waiting = waiting or AnswerForm([spec for spec in specs_of(version, language) if spec.code in place.waiting])
    questions = questions_html(form, place.first, place.questions, waiting, place.rules)
    return sheet("answer", version, language, place=place, questions=questions, errors=errors, **context)


def plain_sheet(name: str, version: SurveyVersion, language: str, door: str, accent: str = "") -> Sheet:
    """A page that says one thing and is the same for everybody but for its marks: thanks, already answered."""
    return _cached_plain(name, Key(version), language, door, accent)


@lru_cache(maxsize=1024)
def _cached_plain(name: str, key: Key, language: str, door: str, accent: str) -> Sheet:
    place = Place((), 1, 1, 0, 1, door, accent)
    with override(language):
        return Sheet(sheet(name, key.version, language, place=place))


def sheet(name: str, version: SurveyVersion, language: str, **context: object) -> str:
    """Any answering page, its marks not filled. Rendered without a request: no session or cookie is ever touched."""
    return render_to_string(f"feedback/answering/{name}.html", {**_frame(version, language), **context})


def _frame(version: SurveyVersion, language: str) -> dict[str, Any]:
    """The names of all answering templates."""
    texts = page_texts(version, language)
    return {
        "texts": texts,
        "title": texts.title or _("Your feedback"),
        "sender": settings.SENDER_NAME,
        "duration": duration(texts.seconds),
        "contact": settings.DEFAULT_FROM_EMAIL,
        "mark": MARKS,
    }


def fill(html: str, own: Mapping[str, object]) -> str:
    """A page that is not kept, with what is this customer's own."""
    return Sheet(html).filled(own)
