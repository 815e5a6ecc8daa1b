"""Which questions stand on which page."""

from collections.abc import Mapping
from typing import Final

from surveys.models import SurveyVersion
from surveys.question_kinds import RawValue
from surveys.rendering.specs import specs_of

Page = tuple[str, ...]
FEW: Final = 3


def is_paged(version: SurveyVersion) -> bool:
    """Whether the survey may have more than one page."""
    return len(pages_of(version, {})) > 1


def pages_of(version: SurveyVersion, _answers: Mapping[str, RawValue]) -> list[Page]:
    """The codes of the questions of each page, in order, as far as the answers so far tell."""
    codes = tuple(spec.code for spec in specs_of(version, ""))
    layout = version.document.get("layout", "auto")
    if layout == "one_page" or (layout == "auto" and len(codes) <= FEW):
        return [codes]
    return [(code,) for code in codes]
