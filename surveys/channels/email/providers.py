"""The mail providers that anymail speaks to, by the name that EMAIL_PROVIDER and /hooks/<provider>/ use.

Their class (reliability R4) is K where a key makes a second request harmless for a while, L where events bring our
reference back. Amazon SES is left out: its library is not part of the installation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.module_loading import import_string

from surveys.channels.base import DeliveryClass


@dataclass(frozen=True)
class MailProvider:
    """One provider. `secrets`: ANYMAIL settings any of which guards its hook, beside WEBHOOK_SECRET for all.

    `key_header`: where a request carries its idempotency key, good for `key_minutes`; `key_in_message`: among the
    headers of the message that the request describes, not of the request.
    """

    module: str
    view: str
    secrets: tuple[str, ...] = ()
    delivery_class: DeliveryClass = "L"
    key_header: str = ""
    key_minutes: int = 0
    key_in_message: bool = False

    @property
    def backend(self) -> str:
        return f"anymail.backends.{self.module}.EmailBackend"

    def hook(self) -> Any:
        """Anymail's view of the events: we use what it verifies and reads, not what it answers."""
        return import_string(f"anymail.webhooks.{self.module}.{self.view}")()

    def is_guarded(self, settings: Mapping[str, Any]) -> bool:
        """Whether a secret is set: without one a hook is closed."""
        return any(settings.get(name) for name in ("WEBHOOK_SECRET", *self.secrets))


PROVIDERS: Final[dict[str, MailProvider]] = {
    "brevo": MailProvider("brevo", "BrevoTrackingWebhookView", (), "K", "idempotencyKey", 15, key_in_message=True),
    "mailersend": MailProvider("mailersend", "MailerSendTrackingWebhookView", ("MAILERSEND_SIGNING_SECRET",)),
    "mailgun": MailProvider("mailgun", "MailgunTrackingWebhookView", ("MAILGUN_WEBHOOK_SIGNING_KEY",)),
    "mailjet": MailProvider("mailjet", "MailjetTrackingWebhookView"),
    "postal": MailProvider("postal", "PostalTrackingWebhookView", ("POSTAL_WEBHOOK_KEY",)),
    "postmark": MailProvider("postmark", "PostmarkTrackingWebhookView"),
    "resend": MailProvider(
        "resend", "ResendTrackingWebhookView", ("RESEND_SIGNING_SECRET",), "K", "Idempotency-Key", 1440
    ),
    "sendgrid": MailProvider(
        "sendgrid", "SendGridTrackingWebhookView", ("SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",)
    ),
    "sparkpost": MailProvider("sparkpost", "SparkPostTrackingWebhookView"),  # how it takes a key is not known for sure
}
