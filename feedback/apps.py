"""App configuration of feedback."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from feedback.insights.suppression import LEAST, raise_small_cell


class FeedbackConfig(AppConfig):
    """The listening half."""

    name = "feedback"
    verbose_name = _("Listening")

    def ready(self) -> None:
        """What the installation asks for beyond the method; it may hide more, never less."""
        try:
            raise_small_cell(settings.SMALL_CELL)
        except ValueError as problem:
            raise ImproperlyConfigured(f"{problem} Set it to {LEAST} or more, or leave it out.") from problem
