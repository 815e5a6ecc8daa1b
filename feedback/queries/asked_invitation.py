"""The invitation behind a token, with what its page shows; one query, and what is frozen from memory."""

from datetime import datetime

from cxsurvey.lib.tokens import digest, looks_like_token
from surveys.enums import INVITATION_MAY_ANSWER, InvitationState, VersionState
from surveys.models import Invitation, Stage, SurveyVersion

COLUMNS = (
    *("public_id", "state", "channel", "due_at", "expires_at", "occasion", "token_version", "answered_at"),
    *("survey_id", "version_id", "stage_id"),
    *("customer__language", "customer__time_zone"),
    *("run__version_id", "run__ended_at"),
    *("interaction__started_at", "interaction__ended_at"),
)
RELATED = ("customer", "run", "interaction")
VERSION_COLUMNS = (
    *("state", "survey__name", "survey__code", "survey__kind", "survey__journey_id", "survey__stage_code"),
)


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that this answer token opens, whatever its state; addresses and the document are not read.

    Version, survey and stage come from memory: joined to the rest, planning the statement took PostgreSQL twenty times
    as long as running it.
    """
    if not looks_like_token(token):
        return None
    rows = Invitation.objects.filter(token_hash=digest(token)).select_related(*RELATED).only(*COLUMNS)
    invitation = next(iter(rows.order_by()), None)  # unique, so nothing is to be sorted as by first()
    if invitation is not None:
        invitation.version = version_by_id(invitation.version_id)
        invitation.survey = invitation.version.survey
        invitation.stage = _stage(invitation.stage_id) if invitation.stage_id else None
    return invitation


def may_answer(invitation: Invitation, now: datetime) -> bool:
    """Whether its page is shown; the claim at submit asks the database again."""
    return invitation.state in INVITATION_MAY_ANSWER and invitation.expires_at > now


def is_answered(invitation: Invitation) -> bool:
    return invitation.state == InvitationState.ANSWERED


def version_by_id(version_id: int) -> SurveyVersion:
    """A survey version with its survey; kept once it is published."""
    found = _versions.get(version_id)
    if found is None:
        found = SurveyVersion.objects.select_related("survey").only("survey_id", *VERSION_COLUMNS).get(pk=version_id)
        if found.state != VersionState.DRAFT:
            _versions[version_id] = found
    return found


def _stage(stage_id: int) -> Stage:
    """A stage; kept once its journey version is published."""
    found = _stages.get(stage_id)
    if found is None:
        found = Stage.objects.select_related("version").get(pk=stage_id)
        if found.version.state != VersionState.DRAFT:
            _stages[stage_id] = found
    return found


_versions: dict[int, SurveyVersion] = {}
_stages: dict[int, Stage] = {}
