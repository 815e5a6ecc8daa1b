"""What must hold of a survey version's document before it may be published; used by programme files and designer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from surveys.enums import Metric, SurveyKind
from surveys.logic import graph, piping
from surveys.logic.document import LAYOUTS, keys_of
from surveys.question_kinds import KINDS, QuestionSpec, kind
from surveys.question_kinds.document import spec_from
from surveys.replies import conversation_problems

Path = tuple[str | int, ...]
SCORED: Final = frozenset({"nps", "csat", "ces", "scale", "agreement", "yes_no"})
BATTERIES: Final = ("service_quality", "between_steps", "matrix")
KINDS_OF: Final[dict[str, tuple[str, ...]]] = {
    "rows": BATTERIES,
    "style": ("csat",),
    "step": ("number",),
    "min": ("number", "date", "multi", "ranking"),
    "max": ("number", "date", "multi", "ranking"),
    "max_length": ("text",),
    "fields": ("contact",),
    "grants": ("consent",),
    "random_order": ("single", "multi", "ranking", "service_quality", "between_steps", "matrix", "feelings"),
    "keep_last": ("single", "multi", "ranking", "service_quality", "between_steps", "matrix", "feelings"),
}
BEFORE: Final = ("title", "intro", "about", "subject")
AFTER: Final = ("thanks",)


def question_problems(question: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    """Every problem of one question of a document, in whichever language it shows."""
    name = question.get("kind")
    if name not in KINDS:
        return [_('"%(kind)s" is no kind of question: use %(kinds)s.') % {"kind": name, **_kinds()}]
    problems: dict[str, None] = {}
    for language in languages or ("",):
        spec = _spec(question, language)
        problems.update(dict.fromkeys(kind(spec.kind).validate_spec(spec)))
    problems.update(dict.fromkeys(_strange_keys(question)))
    return list(problems)


def _strange_keys(question: Mapping[str, Any]) -> Iterator[str]:
    """Keys that mean nothing for the kind, and values that name nothing."""
    for key, kinds in KINDS_OF.items():
        if question.get(key) not in (None, "", [], False) and question["kind"] not in kinds and key != "rows":
            names = {"kind": question["kind"], "key": key, "kinds": ", ".join(kinds)}
            yield _('A question of kind "%(kind)s" has no "%(key)s": it belongs to %(kinds)s.') % names
    offered = [str(each.get("code")) for each in (*(question.get("choices") or ()), *(question.get("rows") or ()))]
    for code in question.get("keep_last") or ():
        if code not in offered:
            yield _('keep_last names "%s", which is no choice or row of this question.') % code
    if len([choice for choice in question.get("choices") or () if choice.get("other")]) > 1:
        yield _("Only one choice can ask for words of one's own.")
    for row in question.get("rows") or ():
        if row.get("metric") and row["metric"] not in Metric.values:
            names = {"metric": row["metric"], "known": ", ".join(Metric.values)}
            yield _('"%(metric)s" is no metric: use %(known)s.') % names


def document_problems(document: Mapping[str, Any], survey_kind: str) -> list[tuple[Path, str]]:
    """Every reason why this document cannot be published, with the place in the document."""
    found: list[tuple[Path, str]] = []
    questions = document.get("questions") or []
    if not questions:
        found.append((("questions",), _("The survey has no question.")))
    for index, question in enumerate(questions):
        found += [(("questions", index), text) for text in question_problems(question, document.get("languages") or ())]
    return found + survey_problems(document, survey_kind)


def survey_problems(document: Mapping[str, Any], survey_kind: str) -> list[tuple[Path, str]]:
    """Problems between the questions of a document: codes, layout, text messages, logic, piped words, headline."""
    questions = document.get("questions") or []
    found = [*_code_problems(questions)]
    if document.get("layout") and document["layout"] not in LAYOUTS:
        names = {"layout": document["layout"], "known": ", ".join(LAYOUTS)}
        found.append((("layout",), _('"%(layout)s" is no layout: use %(known)s.') % names))
    found += [*conversation_problems(document), *_replaced_problems(questions)]
    found += [(problem.path, problem.text) for problem in graph.problems(document)]
    return [*found, *_piping_problems(document, survey_kind), *headline_problems(questions, survey_kind)]


def _code_problems(questions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for index, question in enumerate(questions):
        for code in dict.fromkeys((str(question.get("code", "")), *keys_of(question))):
            if code in seen:
                yield ("questions", index), _('The question code "%s" is there more than once.') % code
            seen.add(code)


def _replaced_problems(questions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Path, str]]:
    """A question takes the place of an earlier one of its survey, on another scale: their answers are never pooled."""
    scales: dict[Any, Any] = {}
    for index, question in enumerate(questions):
        code, path = question.get("replaces"), ("questions", index, "replaces")
        if code and code not in scales:
            yield path, _('"%s" is no earlier question of the survey, so that nothing can replace it.') % code
        elif code and list(scales[code] or ()) == list(question.get("scale") or ()):
            yield path, _('"%s" has the same scale: one question is enough.') % code
        scales[question.get("code")] = question.get("scale")


def _piping_problems(document: Mapping[str, Any], survey_kind: str) -> Iterator[tuple[Path, str]]:
    """Marks such as [[answer.why|that]] that name nothing, or nothing that is there for certain."""
    stage = {"stage.name"} if survey_kind == SurveyKind.TOUCHPOINT else set[str]()
    for key in BEFORE:
        yield from _marks((key,), document.get(key), set(), stage)
    earlier: set[str] = set()
    certain = set(stage)
    skippable = False
    for index, question in enumerate(document.get("questions") or ()):
        for path, text in question_texts(question):
            yield from _marks(("questions", index, *path), text, earlier, certain)
        earlier |= set(keys_of(question))
        if question.get("required") and not question.get("show_if") and not skippable:
            certain |= {f"answer.{key}" for key in keys_of(question)}
        skippable = skippable or bool(question.get("then"))
    for key in AFTER:
        yield from _marks((key,), document.get(key), earlier, certain)
    for code, text in (document.get("endings") or {}).items():
        yield from _marks(("endings", code), text, earlier, stage)
    for number, quota in enumerate(document.get("quotas") or ()):
        yield from _marks(("quotas", number, "message"), quota.get("message"), earlier, stage)


def question_texts(question: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every text of a question that customers read, and where it stands in it."""
    for key in ("text", "help", "low", "high"):
        yield (key,), question.get(key)
    for key in ("choices", "rows"):
        for number, each in enumerate(question.get(key) or ()):
            yield (key, number, "text"), each.get("text")


def _marks(path: Path, text: Any, earlier: set[str], certain: set[str]) -> Iterator[tuple[Path, str]]:
    words = [text] if isinstance(text, str) else list((text or {}).values())
    found = [problem for each in words if "[[" in each for problem in piping.problems(each, earlier, certain)]
    for problem in dict.fromkeys(found):
        yield path, problem


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
            text = _("The headline question must be on a scale: nps, csat, ces, scale, agreement or yes_no.")
            found.append((("questions", index), text))
        if questions[index].get("show_if"):
            found.append((("questions", index, "show_if"), _("The headline question must be shown to everybody.")))
        found += _jumps_over(questions, index)
    return found


def _jumps_over(questions: Sequence[Mapping[str, Any]], headline: int) -> Iterator[tuple[Path, str]]:
    """Jumps that lead past the headline question."""
    places = {question.get("code"): index for index, question in enumerate(questions)}
    for index, question in enumerate(questions[:headline]):
        for number, jump in enumerate(question.get("then") or ()):
            target = jump.get("go_to") if isinstance(jump, Mapping) else None
            if target and places.get(target, len(questions)) > headline:
                names = {"own": question.get("code"), "headline": questions[headline].get("code")}
                text = _('The jump from "%(own)s" leads past the headline question "%(headline)s".') % names
                yield ("questions", index, "then", number), text


def _spec(question: Mapping[str, Any], language: str) -> QuestionSpec:
    return spec_from(question, lambda text: _words(text, language))


def _words(text: str | Mapping[str, str] | None, language: str) -> str:
    """The text in this language, else in any that it is written in."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    return text.get(language) or next((words for words in text.values() if words), "")


def _kinds() -> dict[str, str]:
    return {"kinds": ", ".join(KINDS)}
