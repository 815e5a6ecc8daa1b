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
    CLOSED = "closed", _("closed")


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
