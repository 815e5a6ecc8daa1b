"""Settings of the test run: throw-away embedded servers, unless DATABASE_URL and CELERY_BROKER_URL name real ones."""

import os

from cxsurvey import embedded

os.environ["DEBUG"] = "true"
os.environ.setdefault("SECRET_KEY", "test-key-" + "t" * 50)
os.environ.setdefault("CXSURVEY_TESTING", "1")
embedded.ensure_for_tests()  # before pytest-django reads DATABASES; xdist workers inherit the controller's servers
embedded.part_the_broker(os.environ.get("PYTEST_XDIST_WORKER", ""))

from cxsurvey.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING_CONFIG = None
DISPATCH_MARK_FILE = ""
DELIVERY_LANES = 1  # no threads: what a test does as a message leaves must be done in its own transaction
SMS_COUNTRIES = ["DE", "US"]  # those of the factories
PUBLIC_BASE_URL = "http://testserver"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
