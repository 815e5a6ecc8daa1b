"""What a customer's consents allow: noted when the customer himself has posted them, never by an import."""

from datetime import datetime

from feedback.actions.store_answers import ResponseIn
from feedback.queries.asked import questions_asked
from surveys.actions.suppress import resume
from surveys.enums import Channel
from surveys.models import SurveyVersion
from surveys.policy.basis import Basis


def note_consents(item: ResponseIn, now: datetime) -> list[Channel]:
    """Allow the channels that ticked consents of this response grant. A box left empty withdraws nothing.

    Call it inside the transaction that stores the response.
    """
    asked = questions_asked(item.version)
    granted = {
        channel
        for code, value in item.given.items()
        if code in asked and asked[code].spec.kind == "consent" and value.number
        for channel in asked[code].spec.grants
    }
    channels = [channel for channel in Channel if channel in granted]
    if channels and item.customer:
        version = item.version
        basis = Basis.of(f"answer to {version.survey.code}", now, f"{version.survey.code}, version {version.number}")
        resume(item.customer, channels, basis, now)
    return channels if item.customer else []


def may_grant(version: SurveyVersion) -> bool:
    """Whether the survey asks for a consent at all."""
    return any(question.spec.kind == "consent" for question in questions_asked(version).values())
