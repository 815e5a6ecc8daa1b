"""An SMS provider on loopback: takes messages as the real one does, sends signed receipts and inbound messages."""

import logging
import queue
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import requests
from defusedxml import ElementTree

from surveys.channels.sms import twilio, vonage
from surveys.channels.sms.base import segments
from surveys.standins.inbox import Inbox
from surveys.standins.sms_server import ProviderServer, Refusal

log = logging.getLogger(__name__)

Form = dict[str, str]
Post = Callable[[str, Form, Form], tuple[int, str]]  # address, form, headers -> status, body
E164: Final = re.compile(r"\+[1-9]\d{6,14}")
RECEIPT_TRIES: Final = 4


@dataclass
class Accepted:
    """A message that the provider took over."""

    sid: str
    to: str
    sender: str
    text: str
    callback: str
    status: str = "queued"
    receipts: list[str] = field(default_factory=list)
    reference: str = ""
    unreadable: bool = False  # taken over, but the answer is no JSON

    def as_json(self) -> dict[str, Any]:
        """As the real API tells it."""
        said = {"sid": self.sid, "to": self.to, "from": self.sender, "body": self.text, "status": self.status}
        return {**said, "num_segments": str(segments(self.text).count), "error_code": None, "error_message": None}


class SmsProvider:
    """`with SmsProvider(…) as provider:` serves on provider.port.

    Without `post`, receipts are not sent but kept in `outgoing` as (address, form, headers), for tests that post them.
    Faults, each used up by one message: {"status": 429, "code": 20429}, {"delay": seconds}, {"cut": "before"|"after"},
    {"receipts": ["sent", "undelivered"], "error_code": "30005"} ([] = no receipt), {"unreadable": true} (taken over,
    the answer is a page), beside "status": "retry_after": seconds, "page": true (HTML); "times": n repeats one.
    """

    def __init__(
        self, account: str, secret: str, inbox: Inbox, inbound_url: str = "", *, post: Post | None = None
    ) -> None:
        self.account, self.secret, self.inbox, self.inbound_url = account, secret, inbox, inbound_url
        self.post = post
        self.messages: list[Accepted] = []
        self.faults: deque[dict[str, Any]] = deque()
        self.outgoing: list[tuple[str, Form, Form]] = []
        self._lock = threading.Lock()
        self._receipts: queue.Queue[tuple[str, Form] | None] = queue.Queue()
        self._server: ProviderServer | None = None
        self._threads: list[threading.Thread] = []

    # -- serving -------------------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """Where it serves, once started."""
        return self._server.server_port if self._server else 0

    @property
    def url(self) -> str:
        """As SMS_API_URL takes it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> None:
        """Serve in threads of its own."""
        self._server = ProviderServer(self, port)
        jobs = (self._server.serve_forever, self._send_receipts)
        self._threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Serve no more; receipts that wait are dropped."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._receipts.put(None)
            for thread in self._threads:
                thread.join(timeout=5)
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    # -- what the API does ---------------------------------------------------------------------------------------------

    def take_fault(self) -> dict[str, Any]:
        """The fault that the next message meets; empty for none."""
        with self._lock:
            return self.faults.popleft() if self.faults else {}

    def fail(self, faults: Iterable[Mapping[str, Any]]) -> int:
        """Script faults; returns how many are due."""
        for fault in faults:
            self.faults.extend([dict(fault)] * int(fault.get("times", 1)))
        return len(self.faults)

    def accept(self, form: Mapping[str, str], fault: Mapping[str, Any]) -> Accepted:
        """Take one message over, or raise Refusal."""
        to, text = form.get("To", ""), form.get("Body", "")
        if "status" in fault:
            told: dict[str, Any] = {"retry_after": str(fault.get("retry_after", "")), "page": bool(fault.get("page"))}
            raise Refusal(int(fault["status"]), int(fault.get("code", fault["status"])), "Scripted fault.", **told)
        if not E164.fullmatch(to):
            raise Refusal(400, 21211, "The 'To' number is not a valid phone number.")
        if not text:
            raise Refusal(400, 21602, "Message body is required.")
        callback, reference = form.get("StatusCallback", ""), form.get("Reference", "")
        message = Accepted("SM" + secrets.token_hex(16), to, form.get("From", ""), text, callback, reference=reference)
        message.unreadable = bool(fault.get("unreadable"))
        with self._lock:
            self.messages.append(message)
        self.inbox.add_sms(message.sender, to, text)
        self._plan_receipts(message, fault)
        return message

    def find(self, sid: str) -> Accepted | None:
        """The message of this id."""
        return next((each for each in self.messages if each.sid == sid), None)

    # -- receipts and inbound messages -------------------------------------------------------------------------------

    def _plan_receipts(self, message: Accepted, fault: Mapping[str, Any]) -> None:
        for status in fault.get("receipts", ("sent", "delivered")) if message.callback else ():
            failed = status in ("undelivered", "failed")
            form = self.receipt(message, status, str(fault.get("error_code", 30003)) if failed else "")
            message.receipts.append(status)
            message.status = status
            self._receipts.put((message.callback, form))

    def receipt(self, message: Accepted, status: str, error: str) -> Form:
        """The fields of a receipt."""
        form = {"MessageSid": message.sid, "MessageStatus": status, "To": message.to, "From": message.sender}
        return form | ({"AccountSid": self.account, "ErrorCode": error} if error else {})

    def inbound(self, sender: str, ours: str, text: str) -> Form:
        """The fields of a message that somebody writes."""
        form = {"MessageSid": "SM" + secrets.token_hex(16), "AccountSid": self.account, "From": sender, "To": ours}
        return form | {"Body": text, "SmsStatus": "received", "NumMedia": "0"}

    def sign(self, url: str, form: Form) -> tuple[Form, Form]:
        """The fields and headers of a call from the provider."""
        listed = {key: [value] for key, value in form.items()}
        return form, {"X-Twilio-Signature": twilio.signature(url, listed, self.secret)}

    def _send_receipts(self) -> None:
        while (item := self._receipts.get()) is not None:
            self._send_receipt(*item)
            self._receipts.task_done()
        self._receipts.task_done()

    def _send_receipt(self, url: str, form: Form) -> None:
        self.outgoing.append((url, *self.sign(url, form)))
        for attempt in range(RECEIPT_TRIES if self.post else 0):
            if self._call(url, form)[0] < 500:
                return
            time.sleep(0.2 * 2**attempt)

    def flush(self) -> None:
        """Wait until every receipt so far has been sent."""
        self._receipts.join()

    def write_in(self, sender: str, text: str) -> tuple[int, str]:
        """Somebody writes to us: post it signed; returns our status and our answer, which goes to the inbox too."""
        ours = next((each.sender for each in reversed(self.messages) if each.to == sender), "") or "+15005550006"
        self.inbox.add_sms(sender, ours, text, "in")
        status, body = self._call(self.inbound_url, self.inbound(sender, ours, text))
        reply = twiml_text(body) if status == 200 else ""
        if reply:
            self.inbox.add_sms(ours, sender, reply)
        return status, reply

    def _call(self, url: str, form: Form) -> tuple[int, str]:
        """Our status and body; 599 where we could not be reached."""
        try:
            return (self.post or post_form)(url, *self.sign(url, form))
        except requests.RequestException as problem:
            log.warning("The callback address could not be reached: %s", type(problem).__name__)
            return 599, ""


class VonageProvider(SmsProvider):
    """The same service behind the other protocol."""

    STATUS: Final = {"sent": "buffered", "undelivered": "failed"}

    def receipt(self, message: Accepted, status: str, error: str) -> Form:
        form = {"msisdn": message.to.removeprefix("+"), "to": message.sender, "messageId": message.sid}
        form |= {"status": self.STATUS.get(status, status), "err-code": error or "0"}
        return form | {vonage.REFERENCE: message.reference}

    def inbound(self, sender: str, ours: str, text: str) -> Form:
        form = {"msisdn": sender.removeprefix("+"), "to": ours, "messageId": secrets.token_hex(8).upper()}
        return form | {"text": text, "type": "text"}

    def sign(self, url: str, form: Form) -> tuple[Form, Form]:
        stamped = form | {"timestamp": str(int(time.time())), "nonce": secrets.token_hex(8)}
        listed = {key: [value] for key, value in stamped.items()}
        return stamped | {"sig": vonage.signature(listed, self.secret)}, {}


def post_form(url: str, form: Form, headers: Form) -> tuple[int, str]:
    """Post like the provider: form-encoded, no redirects."""
    response = requests.post(url, data=form, headers=headers, timeout=10, allow_redirects=False)
    return response.status_code, response.text


def twiml_text(body: str) -> str:
    """The text that our reply asks the provider to send back; "" for none."""
    try:
        return "".join(ElementTree.fromstring(body.encode()).itertext()).strip()
    except ElementTree.ParseError:
        return ""
