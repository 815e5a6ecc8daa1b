"""Read what was posted, every answer along the path that these answers take; what is not on it is dropped."""

from collections.abc import Mapping, Sequence

from feedback.actions.occasions import Occasion
from surveys.logic.path import walk
from surveys.logic.quotas import quota_named
from surveys.question_kinds import RawValue
from surveys.rendering.pager import Page, branches, pages_of
from surveys.rendering.pages import AnswerForm
from surveys.rendering.specs import specs_of

Given = Mapping[str, Sequence[str]]


def check_answers(occasion: Occasion, language: str, given: Given, page: Page | None = None) -> AnswerForm:
    """The form of one page, or of all pages on the path; see `is_valid`, `values` and `errors`."""
    codes = page if page is not None else [code for each in path_of(occasion, given) for code in each]
    by_code = {spec.code: spec for spec in specs_of(occasion.version, language)}
    return AnswerForm([by_code[code] for code in codes if code in by_code], given, whole=page is None)


def path_of(occasion: Occasion, given: Given) -> list[Page]:
    """The pages that these answers lead through."""
    answers = readable(occasion, given) if branches(occasion.version) else {}
    return pages_of(occasion.version, answers, occasion.context, occasion.order, occasion.full)


def on_path(occasion: Occasion, given: Given) -> dict[str, RawValue]:
    """The answers that can be read and stand on the path that they take."""
    codes = {code for page in path_of(occasion, given) for code in page}
    values = readable(occasion, given)
    return {code: value for code, value in values.items() if code in codes or code.partition(".")[0] in codes}


def last_words(occasion: Occasion, values: Mapping[str, RawValue]) -> dict[str, str] | str:
    """The text of the end that these answers lead to, by language: of a jump or a full quota; blank: the usual."""
    document = occasion.version.document
    if not (document.get("endings") or document.get("quotas")):
        return ""
    done = walk(document, values, occasion.context, occasion.order, occasion.full)
    if done.quota:
        return quota_named(document, done.quota).get("message") or ""
    return (document.get("endings") or {}).get(done.ending) or ""


def readable(occasion: Occasion, given: Given) -> dict[str, RawValue]:
    """The answers that can be read; mistakes are left out."""
    form = AnswerForm(specs_of(occasion.version, ""), given, whole=False)
    form.is_valid()
    return form.values
