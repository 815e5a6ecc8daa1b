"""The key surveys of a programme file: each becomes the document of a survey version."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from surveys.enums import StageKind, SurveyKind
from surveys.programme.journeys import check_stage
from surveys.programme.logic import SURVEY_KEYS as LOGIC_KEYS
from surveys.programme.logic import survey_logic
from surveys.programme.messages import SMS_KEYS, survey_messages
from surveys.programme.nodes import Node, nearest
from surveys.programme.questions import parse_question
from surveys.programme.schema import JourneyDef, SurveyDef, survey_order
from surveys.programme.wording import languages_of, texts
from surveys.validators import SCORED, survey_problems

SURVEY_KEYS: Final = (
    "code",
    "kind",
    "stage",
    "name",
    "headline",
    "languages",
    "title",
    "intro",
    "thanks",
    "help_url",
    "subject",
    "about",
    *SMS_KEYS,
    "questions",
    *LOGIC_KEYS,
)
HELP_URL: Final = re.compile(r"https?://\S+|mailto:\S+@\S+|tel:[+0-9 ()-]+")
TEXTS: Final = ("title", "intro", "thanks", "subject", "about")


@dataclass(frozen=True)
class Place:
    """What the questions of a survey need to know: their journey, survey and languages."""

    journey: JourneyDef
    kind: str
    stage: str
    languages: tuple[str, ...]


def parse_surveys(root: Node, journey: JourneyDef) -> tuple[SurveyDef, ...]:
    """Every survey in canonical order; problems of the journey's headline are noted too."""
    found: dict[str, SurveyDef] = {}
    for node in root.entries("surveys"):
        survey = _survey(node, journey) if node.expect(*SURVEY_KEYS) else None
        if survey and survey.code in found:
            node.problem(f'the survey code "{survey.code}" is there more than once.', "code")
        elif survey:
            found[survey.code] = survey
    stages = [stage.code for stage in journey.stages]
    surveys = tuple(sorted(found.values(), key=lambda survey: survey_order(survey, stages)))
    _check_headline(root, journey, surveys)
    return surveys


def _survey(node: Node, journey: JourneyDef) -> SurveyDef | None:
    code = node.code("code")
    node.require("kind", "questions")
    kind = node.one_of("kind", SurveyKind.values, SurveyKind.TOUCHPOINT if node.has("stage") else SurveyKind.END_TO_END)
    place = Place(journey, kind, _stage(node, kind, journey), languages_of(node))
    document: dict[str, Any] = {"languages": list(place.languages)}
    document |= {key: texts(node, key, place.languages) for key in TEXTS}
    document["help_url"] = _help_url(node)
    headline = node.optional_code("headline")
    document |= survey_messages(node) | survey_logic(node, place.languages)
    document["questions"] = _questions(node, place, headline or _default_headline(journey, kind, code), document)
    chosen = [question["code"] for question in document["questions"] if question["headline"]]
    if headline and headline not in chosen:
        codes = [question["code"] for question in document["questions"]]
        node.problem(f'there is no question "{headline}"{nearest(headline, codes)}', "headline")
    if not code or (kind == SurveyKind.TOUCHPOINT and not place.stage):
        return None
    return SurveyDef(code, kind, place.stage, node.text("name"), chosen[0] if chosen else "", document)


def _default_headline(journey: JourneyDef, kind: str, survey: str) -> str:
    """An end-to-end survey's headline is the journey's: `overall`, or `survey.overall` where it is of that survey."""
    named, _, question = journey.headline.rpartition(".")
    return question if kind == SurveyKind.END_TO_END and named in ("", survey) else ""


def _stage(node: Node, kind: str, journey: JourneyDef) -> str:
    stage = node.optional_code("stage")
    if kind == SurveyKind.TOUCHPOINT and not stage:
        node.problem('"stage" is missing: a touchpoint survey is about one stage.')
    if kind != SurveyKind.TOUCHPOINT and stage:
        node.problem(f"a survey of kind {kind} has no stage.", "stage")
        return ""
    return stage if stage and check_stage(node, "stage", stage, journey.stages) else ""


def _help_url(node: Node) -> str:
    url = node.text("help_url", most=500)
    if url and not HELP_URL.fullmatch(url):
        node.problem("must start with https://, http://, mailto: or tel:.", "help_url")
        return ""
    return url


def _questions(node: Node, place: Place, headline: str, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions that can be read; problems between them are noted where they stand in the file."""
    found: dict[str, dict[str, Any]] = {}
    nodes: list[Node] = []
    for item in node.entries("questions"):
        question = parse_question(item, place.journey, (place.kind, place.stage), place.languages)
        if question is None:
            continue
        if question["code"] in found:
            item.problem(f'the question code "{question["code"]}" is there more than once.', "code")
            continue
        question["headline"] = question["headline"] or question["code"] == headline
        found[question["code"]] = question
        nodes.append(item)
    if node.has("questions") and not node.entries("questions"):
        node.problem("the survey has no question.", "questions")
    _note_problems(node, nodes, {**document, "questions": list(found.values())}, place.kind)
    _note_headlines(node, place, list(found.values()))
    return list(found.values())


def _note_problems(node: Node, nodes: Sequence[Node], document: Mapping[str, Any], kind: str) -> None:
    """What is wrong between the questions, at the line of the question or key that it is about."""
    for path, message in survey_problems(document, kind):
        if path[0] == "questions" and len(path) > 1:
            nodes[int(path[1])].problem_at(path[2:], message)
        elif path[0] != "headline" or node.has("headline"):
            node.problem_at(path, message)
        else:
            node.problem(message)


def _note_headlines(node: Node, place: Place, questions: list[dict[str, Any]]) -> None:
    if place.kind != SurveyKind.TOUCHPOINT or any(question["headline"] for question in questions):
        return
    stage = next((each for each in place.journey.stages if each.code == place.stage), None)
    if stage and any(question["kind"] in SCORED for question in questions):
        message = f'the headline question is missing: without it the stage "{stage.code}" has no score.'
        if stage.kind == StageKind.SERVICE:
            node.problem(message)
        else:
            node.warn("no_headline", message)


def _check_headline(root: Node, journey: JourneyDef, surveys: Sequence[SurveyDef]) -> None:
    """The journey's headline is a question of one of its end-to-end surveys, on the scale of the stages' headlines.

    It need not be named where only one of them has a headline.
    """
    whole = [survey for survey in surveys if survey.kind == SurveyKind.END_TO_END]
    node = root.child("journey")
    if not whole:
        if journey.headline:
            node.problem("there is no end-to-end survey that could ask it.", "headline")
        else:
            node.warn("not_measured", "there is no end-to-end survey: the experience is not measured on this journey.")
        return
    matches = [survey for survey in whole if survey.headline]
    if not journey.headline and len(matches) != 1:
        node.problem('"headline" is missing: name the question of the end-to-end survey that measures the experience.')
        return
    if journey.headline:
        named, _, code = journey.headline.rpartition(".")
        matches = [survey for survey in matches if named in ("", survey.code) and survey.headline == code]
    if not matches:
        node.problem(f'no end-to-end survey has the headline question "{journey.headline}".', "headline")
        return
    _note_scales(root, scale_of(matches[0]), journey, surveys)


def scale_of(survey: SurveyDef) -> tuple[int, ...]:
    question: Mapping[str, Any] = next(each for each in survey.document["questions"] if each["headline"])
    return tuple(question["scale"] or ())


def _note_scales(root: Node, scale: tuple[int, ...], journey: JourneyDef, surveys: Sequence[SurveyDef]) -> None:
    service = {stage.code for stage in journey.stages if stage.kind == StageKind.SERVICE}
    other = [survey for survey in surveys if survey.stage in service and survey.headline and scale_of(survey) != scale]
    if other:
        codes = ", ".join(survey.code for survey in other)
        root.child("journey").warn(
            "different_scales",
            f"the headline is asked on another scale than at the stages ({codes}): small gaps say nothing.",
            "headline",
        )
