"""What SMS providers with an HTTP API share: an account and one kept connection."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import requests

from surveys.channels.base import DeliveryClass, Message, OpenClose, Receipt
from surveys.channels.http import failure_of, refusal


@dataclass(frozen=True)
class SmsAccount:
    """Account and addresses; `status_callback` is our public receipt address, blank for none. Times in seconds."""

    base_url: str
    account: str
    secret: str
    sender: str
    status_callback: str = ""
    connect_timeout: float = 10.0
    reply_timeout: float = 60.0


class HttpSmsChannel(OpenClose):
    """Posts one form per message over a kept connection."""

    name: ClassVar[str]
    delivery_class: ClassVar[DeliveryClass]

    def __init__(self, account: SmsAccount) -> None:
        self.account = account
        self._session: requests.Session | None = None

    def open(self) -> None:
        self.close()
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy or .netrc of the machine may see messages or replace the log-in
        self._log_in(self._session)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def send(self, message: Message) -> Receipt:
        """POST one message. Only a reply is certain: without one after the request began, the outcome is unknown."""
        response = self._post(self._url(), self._form(message))
        if response.status_code in (200, 201, 202):
            return self._receipt(response, message)
        raise refusal(response)

    @abstractmethod
    def _log_in(self, session: requests.Session) -> None: ...

    @abstractmethod
    def _url(self) -> str: ...

    @abstractmethod
    def _form(self, message: Message) -> dict[str, str]: ...

    @abstractmethod
    def _receipt(self, response: requests.Response, message: Message) -> Receipt: ...

    def _post(self, url: str, form: Mapping[str, str]) -> requests.Response:
        if self._session is None:
            self.open()
        assert self._session is not None  # noqa: S101 - opened above; for the type checker
        times = (self.account.connect_timeout, self.account.reply_timeout)
        try:
            return self._session.post(url, data=form, timeout=times, allow_redirects=False)
        except requests.RequestException as error:
            raise failure_of(error) from error
