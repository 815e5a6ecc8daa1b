"""The invitation behind a token, with what its page shows; one query."""

from datetime import datetime

from cxsurvey.lib.tokens import digest, looks_like_token
from surveys.enums import INVITATION_MAY_ANSWER, InvitationState
from surveys.models import Invitation

COLUMNS = (
    *("public_id", "state", "channel", "due_at", "expires_at", "occasion", "token_version", "answered_at"),
    *("survey__name", "survey__code", "survey__kind", "survey__journey_id", "survey__stage_code"),
    *("version__state", "version__survey_id"),
    *("customer__language", "customer__time_zone"),
    *("run__version_id", "run__ended_at"),
    *("stage__name", "stage__code", "stage__version_id"),
    *("interaction__started_at", "interaction__ended_at"),
)
RELATED = ("survey", "version", "customer", "run", "stage", "interaction")


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that this answer token opens, whatever its state; addresses and the document are not read."""
    if not looks_like_token(token):
        return None
    return Invitation.objects.filter(token_hash=digest(token)).select_related(*RELATED).only(*COLUMNS).first()


def may_answer(invitation: Invitation, now: datetime) -> bool:
    """Whether its page is shown; the claim at submit asks the database again."""
    return invitation.state in INVITATION_MAY_ANSWER and invitation.expires_at > now


def is_answered(invitation: Invitation) -> bool:
    return invitation.state == InvitationState.ANSWERED
