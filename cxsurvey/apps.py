"""App configurations: our own admin site under Django's admin app, and the composition root itself."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site as the default one."""

    default = False
    default_site = "cxsurvey.admin_site.AdminSite"


class ProjectConfig(AppConfig):
    """The composition root: its templates, commands and system checks."""

    name = "cxsurvey"

    def ready(self) -> None:
        """Register the system checks, and make our Celery application the one that nudges go to."""
        from cxsurvey import celery, checks, checks_sending  # noqa: F401
