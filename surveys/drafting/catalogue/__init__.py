"""Questionnaires to begin with: the standard questions of the field, in every language of the product."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from surveys.enums import Measures, SurveyKind

FOLDER: Final = Path(__file__).parent
OF_SURVEY: Final[dict[str, Any]] = {"title": {}, "intro": {}, "thanks": {}, "subject": {}, "about": {}, "help_url": ""}
DEFAULTS: Final[dict[str, Any]] = {
    "help": {},
    "low": {},
    "high": {},
    "scale": None,
    "choices": [],
    "required": False,
    "headline": False,
    "reversed": False,
    "multiline": True,
    "show_if": None,
}


@dataclass(frozen=True, slots=True)
class Template:
    """name and why in English: they are shown to staff through gettext. fits: kinds of survey that it is made for."""

    code: str
    name: str
    why: str
    fits: tuple[str, ...]
    document: dict[str, Any]


def templates() -> Sequence[Template]:
    """All of them, in the order of the file."""
    return _loaded()


@cache
def _loaded() -> tuple[Template, ...]:
    entries = YAML(typ="safe").load(FOLDER / "templates.yaml")
    return tuple(
        Template(each["code"], each["name"], each["why"], tuple(each["fits"]), each["document"]) for each in entries
    )


def document_for(code: str, kind: str, stage: str = "") -> dict[str, Any]:
    """A document made of the template (without one: nothing but English), measuring what the survey is about."""
    found = next((each for each in templates() if each.code == code), None)
    empty: dict[str, Any] = {"languages": ["en"], "questions": []}
    document = copy.deepcopy(OF_SURVEY | (found.document if found else empty))
    document["questions"] = [_whole(question, kind, stage) for question in document["questions"]]
    return document


def _whole(question: dict[str, Any], kind: str, stage: str) -> dict[str, Any]:
    """With every key of a document; a touchpoint survey's questions measure its stage."""
    target = {SurveyKind.TOUCHPOINT: Measures.STAGE, SurveyKind.END_TO_END: Measures.JOURNEY}.get(
        SurveyKind(kind), Measures.RELATIONSHIP
    )
    place = {"measures": str(target), "stage_code": stage if target == Measures.STAGE else "", "to_stage_code": ""}
    return copy.deepcopy(DEFAULTS) | place | question
