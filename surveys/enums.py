"""The named values of asking: kinds, states and the sets of states that mean something."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StageKind(TextChoices):
    """Who or what a customer meets at a stage."""

    SERVICE = "service", _("service (people or bots serve)")
    NON_SERVICE = "non_service", _("not service (policy, price, product, page)")
    WAIT = "wait", _("wait")


class Phase(TextChoices):
    """Where a stage lies relative to the purchase."""

    PRE_PURCHASE = "pre_purchase", _("pre-purchase")
    PURCHASE = "purchase", _("purchase")
    POST_PURCHASE = "post_purchase", _("post-purchase")


class RunOutcome(TextChoices):
    """How a journey run ended, or that it has not."""

    OPEN = "open", _("open")
    COMPLETED = "completed", _("completed")
    ABANDONED = "abandoned", _("abandoned")


class Initiator(TextChoices):
    """Who started a contact."""

    CUSTOMER = "customer", _("customer")
    COMPANY = "company", _("company")


class SurveyKind(TextChoices):
    """What a survey is about."""

    TOUCHPOINT = "touchpoint", _("touchpoint: one stage")
    END_TO_END = "end_to_end", _("end-to-end: the whole journey")
    RELATIONSHIP = "relationship", _("relationship: the customer's bond")


class Measures(TextChoices):
    """What one answer measures."""

    STAGE = "stage", _("stage")
    TRANSITION = "transition", _("transition")
    JOURNEY = "journey", _("journey")
    RELATIONSHIP = "relationship", _("relationship")


class Metric(TextChoices):
    """What a question measures, in the field's terms."""

    CSAT = "csat", _("customer satisfaction (CSAT)")
    NPS = "nps", _("Net Promoter Score (NPS)")
    CES = "ces", _("customer effort score (CES)")
    FCR = "fcr", _("first-contact resolution (FCR)")
    EASE = "ease", _("ease")
    SPEED = "speed", _("speed")
    KNOWLEDGE = "knowledge", _("knowledge")
    PATIENCE = "patience", _("patience")
    ACCOMMODATION = "accommodation", _("accommodation")
    RECEIPT_CONFIRMED = "receipt_confirmed", _("receipt confirmed")
    KNEW_WHAT_NEXT = "knew_what_next", _("knew what was next")
    KNEW_WHEN = "knew_when", _("knew when to expect an answer")
    REPEATED_MYSELF = "repeated_myself", _("had to repeat myself")
    FEELINGS = "feelings", _("feelings")
    FREE_TEXT = "free_text", _("free text")
    RATING = "rating", _("rating")
    PROBLEM = "problem", _("problem")
    OTHER = "other", _("other")


class VersionState(TextChoices):
    """Life of a survey or journey version; anything but a draft is frozen."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class Channel(TextChoices):
    """How an ask travels."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")


class Trigger(TextChoices):
    """What makes an ask due."""

    INTERACTION = "interaction", _("an interaction at a stage")
    STAGE = "stage", _("a stage entered or left")
    RUN = "run", _("the end of a run")
    WAIT = "wait", _("a wait over its promise")
    CLOCK = "clock", _("the clock")
    MANUAL = "manual", _("a list, by hand or by the API")


class RuleMode(TextChoices):
    """How far a rule is in force: each step asks more people than the one before."""

    SHADOW = "shadow", _("shadow")
    TEST = "test", _("test")
    RAMP = "ramp", _("ramp")
    LIVE = "live", _("live")


class NeverAskReason(TextChoices):
    """Why a person must not be asked, whatever the address."""

    DECEASED = "deceased", _("deceased")
    VULNERABLE = "vulnerable", _("vulnerable")
    LITIGATION = "litigation", _("in litigation with us")
    FRAUD = "fraud", _("under suspicion of fraud")
    STAFF = "staff", _("our own staff")


class StopReason(TextChoices):
    """Why a customer wants to be asked less; said by choice on the preferences page."""

    TOO_OFTEN = "too_often", _("You ask too often")
    NOT_USEFUL = "not_useful", _("Nothing comes of my answers")
    PRIVACY = "privacy", _("I am concerned about my data")
    OTHER = "other", _("Another reason")


class InvitationState(TextChoices):
    """Life of one ask to one customer for one occasion."""

    PLANNED = "planned", _("planned")
    LIVE = "live", _("live")
    ANSWERED = "answered", _("answered")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled")


INVITATION_OPEN = (InvitationState.PLANNED, InvitationState.LIVE)
INVITATION_MAY_ANSWER = (InvitationState.PLANNED, InvitationState.LIVE)
INVITATION_FINAL = (
    InvitationState.ANSWERED,
    InvitationState.EXPIRED,
    InvitationState.WITHDRAWN,
    InvitationState.CANCELLED,
)


class DeliveryPurpose(TextChoices):
    """Why a message is sent for an invitation."""

    FIRST = "first", _("first")
    REMINDER = "reminder", _("reminder")
    CONVERSATION = "conversation", _("conversation")


class DeliveryState(TextChoices):
    """Life of one message (reliability rule R2)."""

    PLANNED = "planned", _("planned")
    QUEUED = "queued", _("queued")
    CLAIMED = "claimed", _("claimed")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    BOUNCED = "bounced", _("bounced")
    UNDELIVERED = "undelivered", _("undelivered")
    COMPLAINED = "complained", _("complained")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")
    ASSUMED_SENT = "assumed_sent", _("assumed sent")
    SUPPRESSED = "suppressed", _("suppressed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


DELIVERY_MAY_SEND = (DeliveryState.PLANNED, DeliveryState.QUEUED)
DELIVERY_IN_HAND = (DeliveryState.CLAIMED, DeliveryState.SENDING)
DELIVERY_LEFT_US = (
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.BOUNCED,
    DeliveryState.UNDELIVERED,
    DeliveryState.COMPLAINED,
    DeliveryState.UNKNOWN,
    DeliveryState.ASSUMED_SENT,
)


class ConversationState(TextChoices):
    """Life of a survey that is asked by text messages."""

    OPEN = "open", _("open: waits for a reply")
    PAUSED = "paused", _("paused: a person looks at a reply")
    DONE = "done", _("done")
    ENDED = "ended", _("ended: by the customer, or because nothing may be sent")
    EXPIRED = "expired", _("expired: no reply came")
    GAVE_WAY = "gave_way", _("gave way to the link")


CONVERSATION_LIVE = (ConversationState.OPEN, ConversationState.PAUSED)


class ReplyOutcome(TextChoices):
    """What became of a text message that somebody sent into a conversation."""

    ANSWERED = "answered", _("answered the question")
    SKIPPED = "skipped", _("left the question out")
    ASKED_AGAIN = "asked_again", _("not understood, asked again")
    NOT_UNDERSTOOD = "not_understood", _("not understood")
    EARLY = "early", _("came before the question was sent")
    OVER = "over", _("came when the conversation was over")


class CampaignState(TextChoices):
    """Whether a big send may leave."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    CANCELLED = "cancelled", _("cancelled")


class HoldCause(TextChoices):
    """Who or what holds sending."""

    OPERATOR = "operator", _("an operator")
    BOUNCES = "bounces", _("too many bounces")
    COMPLAINTS = "complaints", _("too many complaints")
    ACCOUNT = "account", _("the provider refuses our account")
    RESTORE = "restore", _("the database was restored")
    BURST = "burst", _("too many numbers alike in an hour")


class LegalBasis(TextChoices):
    """What allows us to ask somebody."""

    CONSENT = "consent", _("consent")
    CUSTOMER = "customer", _("existing customer, told of the right to object")
    CONTRACT = "contract", _("part of the contract")
    INTEREST = "interest", _("legitimate interest")


class AlertState(TextChoices):
    """Life of one word to the owner of the installation."""

    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("unknown")
    FAILED = "failed", _("failed")


class SuppressionReason(TextChoices):
    """Why an address must not be written to."""

    OPT_OUT = "opt_out", _("opted out")
    BOUNCE = "bounce", _("hard bounce")
    COMPLAINT = "complaint", _("complaint")
    DECEASED = "deceased", _("never ask: deceased")
    VULNERABLE = "vulnerable", _("never ask: vulnerable")
    LITIGATION = "litigation", _("never ask: litigation")
    FRAUD = "fraud", _("never ask: fraud")
    STAFF = "staff", _("never ask: staff")
