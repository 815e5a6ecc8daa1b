"""What became of an ask that was due: sent, or the reason of not sending. The words of the ledger."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from surveys.enums import SuppressionReason


class Reason(TextChoices):
    """Reason codes of AskDecision and of the recheck at the claim."""

    SENT = "sent", _("sent")
    DELAYED = "delayed", _("delayed")
    NO_CONSENT = "no_consent", _("no consent")
    OPTED_OUT = "opted_out", _("opted out")
    BOUNCED = "bounced", _("address bounced")
    COMPLAINT = "complaint", _("complained about a message")
    NEVER_ASK = "never_ask", _("never to be asked")
    POLICY = "policy", _("asked too often already")
    NOT_SAMPLED = "not_sampled", _("not in the sample")
    NO_ADDRESS = "no_address", _("no address")
    EXPIRED = "expired", _("expired before it could be sent")
    WITHDRAWN = "withdrawn", _("withdrawn or answered already")
    QUIET_HOURS_OVER_LIFE = "quiet_hours_over_life", _("quiet hours last longer than the link lives")
    TOO_OLD = "too_old", _("the event is too old")
    DUPLICATE = "duplicate", _("asked for this occasion already")
    CARRY_OVER_HOLDOUT = "carry_over_holdout", _("asked end-to-end only, to measure carry-over")
    FAILED = "failed", _("could not be sent")


_OF_SUPPRESSION: Final = {
    SuppressionReason.OPT_OUT: Reason.OPTED_OUT,
    SuppressionReason.BOUNCE: Reason.BOUNCED,
    SuppressionReason.COMPLAINT: Reason.COMPLAINT,
}


def reason_of_suppression(suppression: str) -> Reason:
    """The ledger's word for a suppression row; whatever is no opt-out, bounce or complaint means: never ask."""
    return _OF_SUPPRESSION.get(SuppressionReason(suppression), Reason.NEVER_ASK)


# The more a refusal tells about the person's will, the earlier it stands; one reason is kept for many channels.
_WEIGHT: Final = (
    Reason.NEVER_ASK,
    Reason.COMPLAINT,
    Reason.OPTED_OUT,
    Reason.NO_CONSENT,
    Reason.BOUNCED,
    Reason.NO_ADDRESS,
)


def strongest(reasons: list[Reason]) -> Reason:
    """The one reason to write down where several hold."""
    return min(reasons, key=lambda reason: _WEIGHT.index(reason) if reason in _WEIGHT else len(_WEIGHT))
