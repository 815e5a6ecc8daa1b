"""App configuration of surveys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    """The asking half."""

    name = "surveys"
    verbose_name = _("Asking")
