"""Tokens and addresses of an invitation: derived when needed, only their hashes are stored (reliability R10, R13)."""

from django.conf import settings

from cxsurvey.lib.tokens import Purpose, derive, digest
from surveys.models import Invitation


def answer_token(invitation: Invitation) -> str:
    """The token that opens the survey."""
    return _token(invitation, Purpose.ANSWER)


def preferences_token(invitation: Invitation) -> str:
    """The token that opens the customer's preferences and unsubscribes."""
    return _token(invitation, Purpose.PREFERENCES)


def answer_url(invitation: Invitation) -> str:
    """Where the survey is answered; never built from a request's host."""
    return f"{settings.PUBLIC_BASE_URL}/s/{answer_token(invitation)}/"


def preferences_url(invitation: Invitation) -> str:
    """Where the customer says stop, pause or another language."""
    return f"{settings.PUBLIC_BASE_URL}/p/{preferences_token(invitation)}/"


def set_token_hashes(invitation: Invitation) -> None:
    """Put the hashes of both tokens onto an invitation that is about to be inserted."""
    invitation.token_hash = digest(answer_token(invitation))
    invitation.preferences_hash = digest(preferences_token(invitation))


def _token(invitation: Invitation, purpose: Purpose) -> str:
    return derive(invitation.public_id, purpose, invitation.token_version, settings.TOKEN_KEY.encode())
