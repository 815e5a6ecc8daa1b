"""The named values of listening."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ResponseSource(TextChoices):
    """Where a response came from."""

    LINK = "link", _("personal link")
    SMS = "sms", _("SMS conversation")
    OPEN_LINK = "open_link", _("open link")
    API = "api", _("API")
    IMPORT = "import", _("import")


class SentimentLabel(TextChoices):
    """What a sentiment engine says of a text."""

    NEGATIVE = "negative", _("negative")
    NEUTRAL = "neutral", _("neutral")
    POSITIVE = "positive", _("positive")
    MIXED = "mixed", _("mixed")
    UNSURE = "unsure", _("unsure")
    UNSUPPORTED = "unsupported", _("language not supported")


class FollowUpState(TextChoices):
    """Life of closing the loop with one customer."""

    OPEN = "open", _("open")
    CONTACTED = "contacted", _("contacted")
    SOLVED = "solved", _("solved")
    NOT_SOLVABLE = "not_solvable", _("could not be solved")


CLOSED_STATES = (FollowUpState.SOLVED, FollowUpState.NOT_SOLVABLE)


class RootCause(TextChoices):
    """What a follow-up came from in the end: the service taxonomy, and what no comment names."""

    SPEED = "speed", _("speed")
    KNOWLEDGE = "knowledge", _("knowledge")
    PATIENCE = "patience", _("patience")
    ACCOMMODATION = "accommodation", _("accommodation")
    WAITING = "waiting_between_steps", _("waiting between steps")
    KEPT_INFORMED = "kept_informed", _("not kept informed")
    PAPERWORK = "paperwork", _("paperwork")
    REPEATING = "repeating", _("having to repeat oneself, or to come back")
    PRICE = "price", _("price and charges")
    STAFF_MANNER = "staff_manner", _("staff manner")
    WEB_APP = "web_app", _("web and app")
    RULES = "rules", _("our own rules")
    PRODUCT = "product", _("the product itself")
    OTHER = "other", _("something else")


class ImprovementKind(TextChoices):
    """What kind of change an improvement is."""

    PROCESS = "process", _("process")
    TECHNOLOGY = "technology", _("technology")
    PEOPLE = "people", _("people")


class AnalysisState(TextChoices):
    """Life of a kept comparison; a value computed before stays readable in every state."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being computed")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped by somebody")


class HeldState(TextChoices):
    """Life of answers that are held back: nobody knows whether a person sent them."""

    HELD = "held", _("held back")
    CONFIRMED = "confirmed", _("confirmed by the customer")
    COUNTED = "counted", _("counted by staff")
    DISMISSED = "dismissed", _("set aside")


class ClickKind(TextChoices):
    """Which link of a message was fetched."""

    SCORE = "score", _("an answer of the first question")
    TRAP = "trap", _("the link that no person sees")


class Doubt(TextChoices):
    """Why it is doubted that a person sent these answers (reliability R9, D9, D20)."""

    TRAP_FIELD = "trap_field", _("a field was filled that no person sees")
    TRAP_LINK = "trap_link", _("the link was fetched that no person sees")
    NOT_PRESSED = "not_pressed", _("the form was sent without its button")
    TOO_FAST = "too_fast", _("sent within two seconds of opening the page")
    FIRST_HIT = "first_hit", _("the first click came within ten seconds of the message")
    MANY_SCORES = "many_scores", _("several different answers were clicked within ten seconds")
    MANY_ADDRESSES = "many_addresses", _("clicks came from several network addresses in one second")
    ONE_ADDRESS = "one_address", _("more than the open link allows from one network address in an hour")
    FLOOD = "flood", _("more than the open link allows in an hour")


class PaidMetric(TextChoices):
    """What pay of people who serve customers may depend on (method C96)."""

    AHT = "aht", _("handling time per call")
    CALLS_PER_HOUR = "calls_per_hour", _("calls per hour")
    OWN_SCORE = "own_score", _("own survey score")
    THT = "tht", _("handling time until solved")
    RECONTACT = "recontact", _("customers who call again")
    FCR = "fcr", _("solved at first contact")
    EXPERIENCE = "experience", _("experience of the whole journey")
    TEAM_SCORE = "team_score", _("survey score of the team")
    OTHER = "other", _("something else")
