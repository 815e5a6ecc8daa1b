"""A survey with every kind of question, every word of it in one language."""

from typing import Any, Final

from surveys.models import Customer, Invitation, SurveyVersion
from tests.factories.answering import open_invitation, touchpoint_survey

TEXTS: Final = {
    "de": {
        "title": "Ihre Unterlagen",
        "about": "Ihre Unterlagen",
        "ask": "Wie war das?",
        "end": "Ende",
        "choice": "Wert",
        "words": "Schön zu hören.",
    },
    "fr": {
        "title": "Vos documents",
        "about": "vos documents",
        "ask": "C’était comment ?",
        "end": "Bout",
        "choice": "Prix",
        "words": "Merci de nous l’avoir dit.",
    },
    "ar": {
        "title": "مستنداتك",
        "about": "مستنداتك",
        "ask": "كيف كان ذلك؟",
        "end": "طرف",
        "choice": "السعر",
        "words": "يسعدنا ذلك.",
    },
}
SENDER: Final = {"de": "Musterbank", "fr": "Banque Exemple", "ar": "بنك المثال"}
RIGHT: Final = {
    "satisfied": "4", "served.speed": "4", "all": ["price", "speed"], "first": "price", "why": "9",
    "reach.name": "9", "reach.email": "ann@example.org", "reach.phone": "+4930123456", "again_please": "on",
}  # fmt: skip
WORDY: Final = {
    "mood": ["angry"], "day": "2026-03-01", "agree": "4", "solved": "no", "between.knew_when": "yes",
    "used.price": "speed", "again_please": "on",
}  # fmt: skip
WRONG: Final = {
    "recommend": "x", "satisfied": "9", "faces": "7", "easy": "8", "wait": "900", "agree": "x", "again": "9",
    "served.speed": "9", "between.knew_when": "x", "places.price": "x", "used.price": "x",
    "mood": ["angry", "anxious", "neutral"], "main": "price", "main.other": "y" * 301, "all": ["price", "staff"],
    "first": ["", "price"], "solved": "?", "calls": "1.5", "weeks": "7", "day": "1999-01-01", "why": "9" * 6000,
    "short": "9" * 600, "reach.name": "9", "reach.email": "9", "reach.phone": "9",
}  # fmt: skip
WORSE: Final = {
    "mood": ["nothing"], "all": ["nothing"], "first": ["price", "price"], "main": "nothing", "calls": "99", "day": "x",
    "reach.name": "9" * 300,
}  # fmt: skip


def every_kind(language: str) -> list[dict[str, Any]]:
    """One question at least of every kind; our own words stand wherever the survey need not bring its own."""
    words = TEXTS[language]
    choices = [{"code": code, "text": f"{words['choice']} {i}"} for i, code in enumerate(("price", "speed", "staff"))]
    ends = {"low": words["end"], "high": words["end"]}
    questions: list[dict[str, Any]] = [
        {"code": "hello", "kind": "statement"},
        {"code": "recommend", "kind": "nps"},
        {"code": "satisfied", "kind": "csat", "headline": True, "required": True},
        {"code": "faces", "kind": "csat", "style": "smileys"},
        {"code": "stars", "kind": "csat", "style": "stars"},
        {"code": "easy", "kind": "ces"},
        {"code": "wait", "kind": "scale", "scale": [0, 100], "reversed": True, **ends},
        {"code": "agree", "kind": "agreement"},
        {"code": "again", "kind": "repeated_myself"},
        {"code": "served", "kind": "service_quality"},
        {"code": "between", "kind": "between_steps"},
        {"code": "places", "kind": "matrix", "scale": [1, 5], "rows": choices, **ends},
        {"code": "used", "kind": "matrix", "choices": choices, "rows": choices},
        {"code": "mood", "kind": "feelings"},
        {"code": "main", "kind": "single", "choices": [*choices[:2], {**choices[2], "other": True}]},
        {"code": "all", "kind": "multi", "choices": [*choices[:2], {**choices[2], "exclusive": True}], "min": 2,
         "required": True},
        {"code": "first", "kind": "ranking", "choices": choices, "required": True},
        {"code": "solved", "kind": "yes_no"},
        {"code": "calls", "kind": "number", "min": 0, "max": 50},
        {"code": "weeks", "kind": "number", "min": 0, "max": 50, "step": 5},
        {"code": "day", "kind": "date", "min": "2020-01-01", "max": "2030-01-01"},
        {"code": "why", "kind": "text"},
        {"code": "short", "kind": "text", "multiline": False},
        {"code": "reach", "kind": "contact", "required": True},
        {"code": "again_please", "kind": "consent", "grants": ["email"], "required": True},
        {"code": "campaign", "kind": "hidden"},
    ]  # fmt: skip
    return [{"text": words["ask"], **question} for question in questions]


def survey_in(language: str, *codes: str, **document: Any) -> SurveyVersion:
    """A survey with these questions, all without any, in this language only."""
    words = {key: TEXTS[language][key] for key in ("title", "about")}
    questions = [each for each in every_kind(language) if not codes or each["code"] in codes]
    return touchpoint_survey(questions, **{**words, "languages": [language], **document})


def asked_in(language: str, *codes: str, **document: Any) -> tuple[Invitation, str]:
    """An invitation to such a survey, and the token that opens it."""
    invitation, token = open_invitation(survey_in(language, *codes, **document))
    Customer.objects.filter(pk=invitation.customer_id).update(language=language)
    return invitation, token
