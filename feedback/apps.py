"""App configuration of feedback."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """The listening half."""

    name = "feedback"
    verbose_name = _("Listening")
