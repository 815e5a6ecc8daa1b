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
    PAUSED = "paused", _("has paused all questions")
    NOT_WANTED = "not_wanted", _("does not want this kind of question")
    POLICY = "policy", _("asked too often already")
    ROOM_FOR_JOURNEY = "room_for_journey", _("the last place is kept for the question about the whole journey")
    NOT_SAMPLED = "not_sampled", _("not in the sample")
    NO_ADDRESS = "no_address", _("no address")
    EXPIRED = "expired", _("expired before it could be sent")
    WITHDRAWN = "withdrawn", _("withdrawn or answered already")
    QUIET_HOURS_OVER_LIFE = "quiet_hours_over_life", _("quiet hours last longer than the link lives")
    TOO_OLD = "too_old", _("the event is too old")
    DUPLICATE = "duplicate", _("asked for this occasion already")
    E2E_ONLY = "e2e_only", _("asked end-to-end only, to measure carry-over")
    REOPENED = "reopened", _("the customer came back about it")
    NO_DATE = "no_date", _("the date that it waits for is not known")
    SHADOW = "shadow", _("nobody is asked while the rule is in shadow mode")
    NOT_IN_TEST = "not_in_test", _("not on the list while the rule is tested")
    OVER_RAMP = "over_ramp", _("over the number a day while the rule is ramped up")
    NOT_MOBILE = "not_mobile", _("the number takes no text messages")
    COUNTRY_CLOSED = "country_closed", _("text messages to this country are not allowed")
    HELD = "held", _("held until somebody has looked")
    BUDGET = "budget", _("the text messages of the day are used up")
    IN_CONVERSATION = "in_conversation", _("the number is in a conversation about another survey")
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
    Reason.PAUSED,
    Reason.NOT_WANTED,
    Reason.BOUNCED,
    Reason.NO_ADDRESS,
)


def strongest(reasons: list[Reason]) -> Reason:
    """The one reason to write down where several hold."""
    return min(reasons, key=lambda reason: _WEIGHT.index(reason) if reason in _WEIGHT else len(_WEIGHT))
