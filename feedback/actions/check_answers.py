"""Read what was posted, every answer along the path that these answers take; what is not on it is dropped."""

from collections.abc import Mapping, Sequence

from surveys.models import SurveyVersion
from surveys.question_kinds import RawValue
from surveys.rendering.pager import Page, pages_of
from surveys.rendering.pages import AnswerForm
from surveys.rendering.specs import specs_of


def check_answers(
    version: SurveyVersion, language: str, given: Mapping[str, Sequence[str]], page: Page | None = None
) -> AnswerForm:
    """The form of one page, or of all pages on the path; see `is_valid`, `values` and `errors`."""
    specs = specs_of(version, language)
    codes = page if page is not None else [code for each in path_of(version, given) for code in each]
    return AnswerForm([spec for spec in specs if spec.code in codes], given, whole=page is None)


def path_of(version: SurveyVersion, given: Mapping[str, Sequence[str]]) -> list[Page]:
    """The pages that these answers lead through."""
    return pages_of(version, readable(version, given))


def on_path(version: SurveyVersion, given: Mapping[str, Sequence[str]]) -> dict[str, RawValue]:
    """The answers that can be read and stand on the path that they take."""
    values = readable(version, given)
    codes = {code for page in pages_of(version, values) for code in page}
    return {code: value for code, value in values.items() if code in codes}


def readable(version: SurveyVersion, given: Mapping[str, Sequence[str]]) -> dict[str, RawValue]:
    """The answers that can be read; mistakes are left out."""
    form = AnswerForm(specs_of(version, ""), given, whole=False)
    form.is_valid()
    return form.values
