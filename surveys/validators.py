"""What must hold of a survey version's document before it may be published; used by programme files and designer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from surveys.enums import SurveyKind
from surveys.question_kinds import KINDS, QuestionSpec, kind

Path = tuple[str | int, ...]
SCORED: Final = frozenset({"nps", "csat", "ces", "scale", "yes_no"})
CHOSEN: Final = frozenset({"single", "multi", "yes_no", "feelings"})
SHOW_IF: Final = ("question", "is", "in", "at_least", "at_most")


def question_problems(question: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    """Every problem of one question of a document, in whichever language it shows."""
    if question.get("kind") not in KINDS:
        return [_('"%(kind)s" is no kind of question: use %(kinds)s.') % {"kind": question.get("kind"), **_kinds()}]
    problems: dict[str, None] = {}
    for language in languages or ("",):
        spec = _spec(question, language)
        problems.update(dict.fromkeys(kind(spec.kind).validate_spec(spec)))
    return list(problems)


def show_if_problems(condition: Mapping[str, Any], earlier: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Problems of a show_if: it names an earlier question of the survey and exactly what was answered there."""
    problems = []
    unknown = sorted(set(condition) - set(SHOW_IF))
    if unknown:
        problems.append(_("show_if knows question, is, in, at_least and at_most, not %s.") % ", ".join(unknown))
    source = earlier.get(str(condition.get("question", "")))
    if source is None:
        problems.append(_('show_if must name an earlier question of the survey, not "%s".') % condition.get("question"))
    if len(set(condition) & set(SHOW_IF[1:])) == 0:
        problems.append(_("show_if needs one of is, in, at_least, at_most."))
    if source is not None:
        problems += _unanswerable(condition, source)
    return problems


def document_problems(document: Mapping[str, Any], survey_kind: str) -> list[tuple[Path, str]]:
    """Every reason why this document cannot be published, with the place in the document."""
    found: list[tuple[Path, str]] = []
    questions = document.get("questions") or []
    if not questions:
        found.append((("questions",), _("The survey has no question.")))
    earlier: dict[str, Mapping[str, Any]] = {}
    for index, question in enumerate(questions):
        place: Path = ("questions", index)
        if question.get("code") in earlier:
            found.append((place, _('The question code "%s" is there more than once.') % question["code"]))
        found += [(place, text) for text in question_problems(question, document.get("languages") or ())]
        if question.get("show_if"):
            found += [((*place, "show_if"), text) for text in show_if_problems(question["show_if"], earlier)]
        earlier[str(question.get("code", ""))] = question
    return found + headline_problems(questions, survey_kind)


def headline_problems(questions: Sequence[Mapping[str, Any]], survey_kind: str) -> list[tuple[Path, str]]:
    """An end-to-end survey has exactly one headline; wherever there is one, it is on a scale and always shown."""
    places = [index for index, question in enumerate(questions) if question.get("headline")]
    found: list[tuple[Path, str]] = []
    if len(places) > 1:
        found.append((("questions", places[1]), _("Only one question can be the headline.")))
    if not places and survey_kind == SurveyKind.END_TO_END and questions:
        found.append((("headline",), _("The headline question is missing: name the one that measures the experience.")))
    for index in places:
        if questions[index].get("kind") not in SCORED:
            found.append(
                (("questions", index), _("The headline question must be on a scale: nps, csat, ces, scale or yes_no."))
            )
        if questions[index].get("show_if"):
            found.append((("questions", index, "show_if"), _("The headline question must be shown to everybody.")))
    return found


def _unanswerable(condition: Mapping[str, Any], source: Mapping[str, Any]) -> list[str]:
    codes = [str(choice["code"]) for choice in source.get("choices") or ()]
    wanted = condition.get("in", condition.get("is"))
    values = [str(value) for value in (wanted if isinstance(wanted, list) else [wanted])]
    if wanted is not None and source.get("kind") in {"single", "multi"} and not set(values) <= set(codes):
        strange = ", ".join(value for value in values if value not in codes)
        return [_('show_if waits for "%(strange)s", which is no choice of that question.') % {"strange": strange}]
    if ("at_least" in condition or "at_most" in condition) and source.get("kind") not in SCORED:
        return [_("show_if compares numbers, but that question is on no scale.")]
    return []


def _spec(question: Mapping[str, Any], language: str) -> QuestionSpec:
    low, high = question.get("scale") or (None, None)
    return QuestionSpec(
        code=str(question.get("code", "")),
        kind=str(question["kind"]),
        text=_words(question.get("text"), language),
        help=_words(question.get("help"), language),
        scale_min=low,
        scale_max=high,
        reversed=bool(question.get("reversed")),
        choices=tuple(
            (str(each["code"]), _words(each.get("text"), language)) for each in question.get("choices") or ()
        ),
        required=bool(question.get("required")),
        low=_words(question.get("low"), language),
        high=_words(question.get("high"), language),
        long=bool(question.get("multiline", True)),
    )


def _words(text: str | Mapping[str, str] | None, language: str) -> str:
    """The text in this language, else in any that it is written in."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    return text.get(language) or next((words for words in text.values() if words), "")


def _kinds() -> dict[str, str]:
    return {"kinds": ", ".join(KINDS)}
