"""What tests of the designer share: a designer at the screen, a survey made by her, and what a browser would send."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from surveys.models import Survey, SurveyVersion
from tests.factories import published_journey


@pytest.fixture(name="client_of")
def client_of_fixture(designer: User) -> Client:
    client = Client()
    client.force_login(designer)
    return client


@pytest.fixture(name="survey")
def survey_fixture(client_of: Client) -> Survey:
    """A survey made from the CSAT template by the designer."""
    published_journey(["call", "documents"], "account")
    data = {"template": "csat", "place": "account/call", "name": "After the call"}
    client_of.post(reverse("design:new"), data)
    return Survey.objects.get()


def draft(survey: Survey) -> SurveyVersion:
    return survey.versions.get(state="draft")


def codes(survey: Survey) -> list[str]:
    return [each["code"] for each in draft(survey).document["questions"]]


def question_data(survey: Survey, **fields: Any) -> dict[str, Any]:
    """The form of the question "overall" as a browser sends it."""
    data = {
        "question-text": "How was {this call}?",
        "question-measures": "stage:call",
        "question-lowest": "1",
        "question-highest": "5",
        "question-low": "Bad",
        "question-high": "Good",
        "question-metric": "csat",
        "question-code": "overall",
        "question-required": "on",
        "question-headline": "on",
    }
    return {"base": draft(survey).revision, "lang": "en", **data, **fields}


def post(client: Client, name: str, survey: Survey, *args: str, **data: Any) -> Any:
    return client.post(reverse(f"design:{name}", args=[survey.code, *args]), data)


def row(name: str, about: str, op: str = "eq", value: str = "", named: str = "") -> dict[str, str]:
    """One comparison as a browser sends it."""
    return {f"{name}-about": about, f"{name}-named": named, f"{name}-op": op, f"{name}-value": value}
