"""Production settings without a build step: static files are not hashed, nothing else differs."""

from cxsurvey.settings import *  # noqa: F403
from cxsurvey.settings import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING_CONFIG = None
