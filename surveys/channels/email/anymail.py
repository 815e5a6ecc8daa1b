"""E-mail by the API of a provider, through anymail: the same EmailMessage as by SMTP, over one kept connection."""

from typing import Any

import requests
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from surveys.channels.base import (
    ChannelFailure,
    DeliveryClass,
    Message,
    OpenClose,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
    UnsafeMessage,
)
from surveys.channels.email.mime import email_of
from surveys.channels.email.providers import PROVIDERS
from surveys.channels.http import failure_of, json_of, refusal

REFERENCE = "delivery"  # the key of metadata that brings our own id back with each event


class AnymailChannel(OpenClose):
    """One provider; of which class, its row in PROVIDERS says."""

    def __init__(self, name: str, sender: str) -> None:
        self.name = name
        self.sender = sender
        self.provider = PROVIDERS[name]
        self.delivery_class: DeliveryClass = self.provider.delivery_class
        self._backend: Any = None

    def open(self) -> None:
        self.close()
        self._backend = import_string(self.provider.backend)()
        self._backend.open()

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def send(self, message: Message) -> Receipt:
        """One recipient, one message. Refusals are certain; without a reply after the request began, it is unknown."""
        try:
            mail = email_of(message, message.sender or self.sender)
        except (UnsafeMessage, UnicodeError, ValueError) as error:
            raise PermanentFailure(str(error)) from error
        if self._backend is None:
            self.open()
        reference = message.message_id.strip("<>").partition("@")[0]
        mail.metadata = {REFERENCE: reference}  # type: ignore[attr-defined]
        for theirs in ("Date", "To"):  # written by them; To stands in the envelope
            mail.extra_headers.pop(theirs, None)
        self._put_key(mail, reference)
        try:
            self._backend.send_messages([mail])
        except AnymailRecipientsRefused as error:
            raise PermanentFailure("The provider refuses this recipient.", hard_bounce=False) from error
        except AnymailRequestsAPIError as error:
            raise _failure(error) from error
        except AnymailError as error:  # found before anything left: an address, a header, a setting
            raise PermanentFailure(f"{type(error).__name__}: {error}") from error
        return Receipt(provider_id=str(mail.anymail_status.message_id or ""))  # type: ignore[attr-defined]

    def _put_key(self, mail: EmailMultiAlternatives, key: str) -> None:
        """The same key on every attempt: a second request of the same words is answered, not sent."""
        if not self.provider.key_header:
            return
        headers = mail.extra_headers if self.provider.key_in_message else self._backend.session.headers
        headers[self.provider.key_header] = key


def _failure(error: AnymailRequestsAPIError) -> ChannelFailure:
    response: requests.Response | None = error.response
    if response is None:
        return failure_of(error) if isinstance(error, requests.RequestException) else UnknownOutcome(str(error))
    if response.status_code < 300:
        return UnknownOutcome("The provider accepted the request with a reply that cannot be read.")
    if response.status_code == 409:  # the same key is in flight
        return TemporaryFailure("The provider is busy with this very message.", "409")
    if 400 <= response.status_code < 500 and response.status_code not in (401, 402, 403, 404, 408, 429):
        words = json_of(response)
        said = str(words.get("message") or words.get("Message") or response.reason or "")
        return PermanentFailure(said, str(response.status_code))
    return refusal(response)
