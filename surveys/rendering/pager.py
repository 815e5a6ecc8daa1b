"""Which questions stand on which page, for one customer: by the logic of the questionnaire, from memory without one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from surveys.enums import VersionState
from surveys.logic.context import NOTHING, Context
from surveys.logic.document import asks, code_of, layout_of
from surveys.logic.order import AS_WRITTEN, Order, shuffled
from surveys.logic.path import pages
from surveys.logic.piping import fill
from surveys.models import SurveyVersion
from surveys.question_kinds import Choice, QuestionSpec, RawValue, rows_shown
from surveys.rendering.specs import Key

Page = tuple[str, ...]
PATH_KEYS = ("show_if", "then")


def is_paged(version: SurveyVersion) -> bool:
    """Whether the survey may have more than one page."""
    traits = traits_of(version)
    return traits["paged"] and (traits["branches"] or len(traits["pages"]) > 1)


def pages_of(
    version: SurveyVersion,
    answers: Mapping[str, RawValue],
    context: Context = NOTHING,
    order: Order = AS_WRITTEN,
    full: Collection[str] = (),
) -> list[Page]:
    """The codes of the questions of each page, in order, as far as the answers so far tell; full: quotas by code."""
    traits = traits_of(version)
    if not traits["branches"] and not order.questions:
        return list(traits["pages"])
    return _pages(version, answers, context, order, full)


def askable(version: SurveyVersion, page: Page) -> list[str]:
    """The questions of a page that can be answered: they are the ones that are counted."""
    silent = traits_of(version)["silent"]
    return [code for code in page if code not in silent]


def branches(version: SurveyVersion) -> bool:
    """Whether the answers change the path, so that they have to be read before it is known."""
    return bool(traits_of(version)["branches"])


def follows(version: SurveyVersion) -> bool:
    """Whether answers may change which questions stand on their own page."""
    return bool(traits_of(version)["follows"])


def is_personal(version: SurveyVersion) -> bool:
    """Whether its questions differ from customer to customer: words put in, a random order."""
    return bool(traits_of(version)["personal"])


def order_of(version: SurveyVersion, seed: str) -> Order:
    """The random order of one customer; always the same for the same seed."""
    return shuffled(version.document, seed) if traits_of(version)["random"] else AS_WRITTEN


def personal(
    specs: Sequence[QuestionSpec], context: Context, shown: Mapping[str, str], order: Order
) -> list[QuestionSpec]:
    """The questions with words put in and choices as drawn; `shown` holds answers in the customer's words by code."""
    return [_personal(spec, context, shown, order) for spec in specs]


def traits_of(version: SurveyVersion) -> Mapping[str, Any]:
    """What the document says of its path; from memory once it is published."""
    return _traits(version) if version.state == VersionState.DRAFT else _cached_traits(Key(version))


@lru_cache(maxsize=1024)
def _cached_traits(key: Key) -> Mapping[str, Any]:
    return _traits(key.version)


def _traits(version: SurveyVersion) -> Mapping[str, Any]:
    document = version.document
    asked: Sequence[Mapping[str, Any]] = document.get("questions") or ()
    random = bool(document.get("random_blocks")) or any(each.get("random_order") for each in asked)
    return {
        "silent": frozenset(code_of(each) for each in asked if not asks(each)),
        "paged": layout_of(document) != "one_page",
        "branches": bool(document.get("quotas")) or any(each.get(key) for each in asked for key in PATH_KEYS),
        "follows": layout_of(document) != "question_per_page"
        and any(each.get(key) for each in asked for key in PATH_KEYS),
        "random": random,
        "personal": random or "[[" in str(asked),
        "pages": tuple(_pages(version, {}, NOTHING, AS_WRITTEN)),
    }


def _pages(
    version: SurveyVersion,
    answers: Mapping[str, RawValue],
    context: Context,
    order: Order,
    full: Collection[str] = (),
) -> list[Page]:
    return [tuple(page) for page in pages(version.document, answers, context, order, full)] or [()]


def _personal(spec: QuestionSpec, context: Context, shown: Mapping[str, str], order: Order) -> QuestionSpec:
    def said(each: Sequence[Choice], drawn: Sequence[str]) -> tuple[Choice, ...]:
        place = {code: number for number, code in enumerate(drawn)}
        filled = [(code, fill(label, context, shown)) for code, label in each]
        return tuple(sorted(filled, key=lambda one: place.get(one[0], len(place))))

    return replace(
        spec,
        text=fill(spec.text, context, shown),
        help=fill(spec.help, context, shown),
        low=fill(spec.low, context, shown),
        high=fill(spec.high, context, shown),
        choices=said(spec.choices, order.choices.get(spec.code, ())),
        rows=said(rows_shown(spec), order.rows.get(spec.code, ())),
    )
