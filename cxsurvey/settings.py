"""Every setting, read from the environment with types; a bad value stops the start with a clear sentence.

Documented one by one in docs/settings.md.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from cxsurvey.lib.rates import read_rates

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str, when_debug: str) -> str:
    """Return a setting that production must give; DEBUG alone may fall back."""
    value: str = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return when_debug
    raise ImproperlyConfigured(f"{name} is not set. Set it in the environment; see docs/settings.md.")


DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", "insecure-development-key-" + "x" * 40)
TOKEN_KEY = env.str("TOKEN_KEY", default=SECRET_KEY)  # derives the tokens in links
ADDRESS_KEY = env.str("ADDRESS_KEY", default=SECRET_KEY)  # look-up hash of addresses and suppressions
SALT_KEY = env.list("SALT_KEY", default=[SECRET_KEY])  # encryption of addresses at rest (newest first)
PUBLIC_BASE_URL = required("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_BASE_URL).hostname or ""])
if DEBUG:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1", "localhost", "testserver"]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts; '*' lets strangers choose the host in mailed links.")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_BASE_URL])

INSTALLED_APPS = [
    "cxsurvey.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "pgtrigger",
    "encrypted_fields",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "cxsurvey.apps.ProjectConfig",
    "surveys",
    "feedback",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cxsurvey.middleware.PolicyMiddleware",
    "cxsurvey.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cxsurvey.middleware.AuthenticationMiddleware",
    "cxsurvey.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cxsurvey.guessing.limit_guessing",
]
ROOT_URLCONF = "cxsurvey.urls"
WSGI_APPLICATION = "cxsurvey.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cxsurvey" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default="postgres://127.0.0.1:1/unset")}
DATABASES["default"].setdefault("OPTIONS", {})
if env.bool("DATABASE_POOL", default=False):  # web processes only: the pool is useless in prefork workers
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": 5,  # seconds that a request waits for a database that is away: a restart takes up to three
    }
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5  # allows it: see cxsurvey/lib/prepared.py
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "cxsurvey" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
HTTPS = env.bool("HTTPS", default=PUBLIC_BASE_URL.startswith("https://"))
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
BEHIND_PROXY: bool = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["cxsurvey.lib.permissions.StaffModelPermissions"],
    "DEFAULT_PAGINATION_CLASS": "cxsurvey.lib.paging.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "403", "404", "429"],  # others: per operation
    "EXCEPTION_HANDLER_CLASS": "cxsurvey.lib.api_errors.Handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "cxsurvey",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "VersionStateEnum": "surveys.enums.VersionState.choices",
        "InvitationStateEnum": "surveys.enums.InvitationState.choices",
        "DeliveryStateEnum": "surveys.enums.DeliveryState.choices",
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum.choices",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum.choices",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum.choices",
        **{
            f"ErrorCode{code}Enum": f"drf_standardized_errors.openapi_serializers.ErrorCode{code}Enum.choices"
            for code in (401, 403, 404, 405, 406, 415, 429, 500)
        },
    },
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
}

# Celery carries ids only; these settings are reliability rule R6.
NO_BROKER = "redis://127.0.0.1:1/0"  # a command without a broker: its rows wait for the sweeper
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=NO_BROKER)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: the default of 100 ends the worker after an hour
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5 if DEBUG else 30
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# Sending has a queue of its own, so that a flood of receipts and answers does not make messages wait behind it.
_rabbit = CELERY_BROKER_URL.startswith("amqp")
_queue = {"x-queue-type": "quorum"} if _rabbit else None
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum" if _rabbit else "classic"
CELERY_TASK_QUEUES = (Queue("celery", queue_arguments=_queue), Queue("deliver", queue_arguments=_queue))
CELERY_TASK_ROUTES = {name: {"queue": "deliver"} for name in ("surveys.deliver_due", "surveys.canary_deliver")}
CELERY_TASK_PUBLISH_RETRY = False  # a hanging broker must never cost a customer his page
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": env.float("BROKER_SOCKET_TIMEOUT", default=5.0),
    }
elif _rabbit:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
elif CELERY_BROKER_URL.startswith("filesystem"):
    _folder = env.str("BROKER_FOLDER", default=str(BASE_DIR / "var" / "broker"))
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _folder,
        "data_folder_out": _folder,
        "control_folder": _folder + "-control",
    }

# Sending. EMAIL_URL: smtp://user:password@host:port, smtp+tls://…, smtps://…
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="smtp")  # smtp: EMAIL_URL; else a provider that anymail knows
EMAIL_URL = env.str("EMAIL_URL", default="smtp://127.0.0.1:25")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="feedback@localhost")
SENDER_NAME = env.str("SENDER_NAME", default="Customer feedback")
# Domains that mails may come from: a programme file that names another is refused.
SENDER_DOMAINS: list[str] = env.list("SENDER_DOMAINS", default=[DEFAULT_FROM_EMAIL.rpartition("@")[2]])
OWNER_EMAIL = env.str("OWNER_EMAIL", default="")  # who is told when sending holds by itself; empty: only the log
if OWNER_EMAIL and not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+", OWNER_EMAIL):
    raise ImproperlyConfigured(f'OWNER_EMAIL is "{OWNER_EMAIL}": give one address, such as owner@example.org.')
SMTP_CONNECT_TIMEOUT = env.float("SMTP_CONNECT_TIMEOUT", default=10.0)
SMTP_REPLY_TIMEOUT = env.float("SMTP_REPLY_TIMEOUT", default=60.0)
ANYMAIL: dict[str, Any] = {
    "REQUESTS_TIMEOUT": (10.0, 60.0),
    **{name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")},
}
BOUNCE_SECRET = env.str("BOUNCE_SECRET", default="")  # of /hooks/bounces/; empty: closed
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")  # where bounces come back to; empty: to the sender
SMS_PROVIDER = env.str("SMS_PROVIDER", default="")  # empty: no SMS is sent; twilio, vonage, or one compatible
SMS_API_URL = env.str("SMS_API_URL", default="")  # empty: the provider's own
SMS_ACCOUNT = env.str("SMS_ACCOUNT", default="")
SMS_SECRET = env.str("SMS_SECRET", default="")
# What checks the signature of callbacks: Twilio signs with the account's secret, Vonage with a secret for signatures.
SMS_SIGNATURE_SECRET = env.str("SMS_SIGNATURE_SECRET", default=SMS_SECRET if SMS_PROVIDER == "twilio" else "")
SMS_FROM = env.str("SMS_FROM", default="")
SMS_SENDER_NAME = env.str("SMS_SENDER_NAME", default="")
PHONE_REGION = env.str("PHONE_REGION", default="")  # country of numbers written without +; empty: refused
SMS_COUNTRIES: list[str] = env.list("SMS_COUNTRIES", default=[PHONE_REGION] if PHONE_REGION else [])
SMS_BURST_NUMBERS = env.int("SMS_BURST_NUMBERS", default=20)
SMS_SEGMENTS_PER_DAY = env.int("SMS_SEGMENTS_PER_DAY", default=10_000)
SMS_SEGMENTS_PER_DAY_AND_JOURNEY = env.int("SMS_SEGMENTS_PER_DAY_AND_JOURNEY", default=5_000)
# Messages a second to a provider (its name) or a recipient domain (* for each other one).
try:
    SEND_RATES = read_rates(env.list("SEND_RATES", default=[]))
except ValueError as problem:
    raise ImproperlyConfigured(str(problem)) from problem
DELIVERY_LEASE_SECONDS = env.float("DELIVERY_LEASE_SECONDS", default=30.0)
DELIVERY_SENDING_LIMIT_SECONDS = env.float("DELIVERY_SENDING_LIMIT_SECONDS", default=150.0)
DELIVERY_BATCH = env.int("DELIVERY_BATCH", default=250)
DELIVERY_LANES = env.int("DELIVERY_LANES", default=8)  # connections of a worker process to a carrier at most
# How far sending has come, kept outside the database, so that a restore is noticed; empty: no file.
DISPATCH_MARK_FILE = env.str(
    "DISPATCH_MARK_FILE",
    default=str(Path(env.str("CXSURVEY_VAR", default="") or BASE_DIR / "var") / "dispatch-mark.json"),
)
# Channels whose unknown messages are sent again (at least once) instead of never again by themselves (at most once).
RESEND_UNKNOWN: list[str] = env.list("RESEND_UNKNOWN", default=[])
if set(RESEND_UNKNOWN) - {"email", "sms"}:
    raise ImproperlyConfigured(f"RESEND_UNKNOWN is {','.join(RESEND_UNKNOWN)}: name email, sms, both, or neither.")
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=30.0)
STANDINS = DEBUG and env.bool("STANDINS", default=False)  # local inbox and SMS provider, development only
STANDIN_SMTP_PORT = env.int("STANDIN_SMTP_PORT", default=8025)
STANDIN_SMS_PORT = env.int("STANDIN_SMS_PORT", default=8026)
STANDIN_FOLDER = Path(
    env.str("STANDIN_FOLDER", default=str(Path(env.str("CXSURVEY_VAR", default="") or BASE_DIR / "var") / "inbox"))
)

# Numbers of fewer customers than this are hidden; feedback refuses less than 5.
SMALL_CELL = env.int("SMALL_CELL", default=5)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # empty: /metrics is off

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "cxsurvey.lib.log_lines.Line", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"brief": {"()": "cxsurvey.lib.log_lines.Brief"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"filters": ["brief"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
