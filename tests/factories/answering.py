"""Factories of the answering half: an invitation that its own link opens, and a survey with every kind of question."""

from datetime import timedelta
from typing import Any

from surveys.actions.links import answer_token, set_token_hashes
from surveys.enums import InvitationState, SurveyKind
from surveys.models import Invitation, SurveyVersion
from tests.factories.asking import (
    InteractionFactory,
    InvitationFactory,
    JourneyRunFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)

CHOICES = [{"code": "price", "text": "The price"}, {"code": "speed", "text": "The speed"}, {"code": "staff"}]
EVERY_KIND: list[dict[str, Any]] = [
    {"code": "recommend", "kind": "nps", "metric": "nps", "low": "Not at all likely", "high": "Extremely likely"},
    {"code": "satisfied", "kind": "csat", "metric": "csat", "headline": True, "required": True},
    {"code": "easy", "kind": "ces", "metric": "ces", "low": "Strongly disagree", "high": "Strongly agree"},
    {"code": "wait", "kind": "scale", "scale": [0, 100], "reversed": True},
    {"code": "main", "kind": "single", "choices": CHOICES},
    {"code": "all", "kind": "multi", "choices": CHOICES},
    {"code": "solved", "kind": "yes_no", "metric": "fcr"},
    {"code": "why", "kind": "text", "metric": "free_text"},
    {"code": "mood", "kind": "feelings", "metric": "feelings"},
]
GOOD = {
    "recommend": "9", "satisfied": "4", "easy": "6", "wait": "25", "main": "speed", "all": ["price", "speed"],
    "solved": "yes", "why": "Quick and kind", "mood": ["relieved"],
}  # fmt: skip


def touchpoint_survey(questions: list[dict[str, Any]] | None = None, **document: Any) -> SurveyVersion:
    """A published survey about the stage "documents", by default one page with one question of every kind."""
    journey = published_journey()
    survey = SurveyFactory.create(kind=SurveyKind.TOUCHPOINT, journey=journey.journey, stage_code="documents")
    specs = [{"text": f"What about {each['code']}?", **each} for each in questions or EVERY_KIND]
    texts = {"title": "Your documents", "about": "your documents"}
    return published_survey(survey, specs, **{**texts, "layout": "one_page", **document})


def open_invitation(version: SurveyVersion | None = None, **fields: Any) -> tuple[Invitation, str]:
    """A live invitation after a contact at the stage "documents", and the token that opens it."""
    version = version or touchpoint_survey()
    journey = version.survey.journey
    assert journey is not None
    run = JourneyRunFactory.create(version=journey.versions.get())
    stage = run.version.stages.get(code="documents")
    interaction = InteractionFactory.create(run=run, stage=stage)
    values = {
        "version": version, "survey": version.survey, "customer": run.customer, "run": run, "stage": stage,
        "interaction": interaction, "state": InvitationState.LIVE, **fields,
    }  # fmt: skip
    invitation: Invitation = InvitationFactory.build(**values)
    if "expires_at" not in fields:
        invitation.expires_at = invitation.due_at + timedelta(days=14)
    set_token_hashes(invitation)
    invitation.save()
    return invitation, answer_token(invitation)
