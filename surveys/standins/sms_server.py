"""The HTTP side of the SMS stand-in: the addresses of both protocols, and /control/ for scripts and tests."""

import hmac
import json
import time
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from surveys.standins.sms import Accepted, SmsProvider


class Refusal(Exception):
    """The provider says no: HTTP status, own code, words; perhaps seconds to wait, or a page instead of JSON."""

    def __init__(self, status: int, code: int, words: str, *, retry_after: str = "", page: bool = False) -> None:
        super().__init__(words)
        self.status, self.body = status, {"status": status, "code": code, "message": words}
        self.retry_after, self.page = retry_after, page


class ProviderServer(ThreadingHTTPServer):
    """Serves one provider on loopback."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, provider: "SmsProvider", port: int) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", port), ProviderHandler)


class ProviderHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer on a kept connection waits 40 ms
    server: ProviderServer

    def do_POST(self) -> None:
        """POST Messages.json, /sms/json, /control/inbound, /control/faults."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        provider = self.server.provider
        if path == f"/2010-04-01/Accounts/{provider.account}/Messages.json":
            self._message(body)
        elif path == "/sms/json":
            self._vonage(body)
        elif path == "/control/faults":
            self._json(200, {"due": provider.fail(json.loads(body or b"[]"))})
        elif path == "/control/inbound":
            asked = json.loads(body or b"{}")
            status, reply = provider.write_in(str(asked.get("from", "")), str(asked.get("body", "")))
            self._json(200, {"status": status, "reply": reply})
        else:
            self._json(404, {"status": 404, "code": 20404, "message": "Not found."})

    def do_GET(self) -> None:
        """GET Messages/<sid>.json, Messages.json?To=, /control/messages."""
        parts = urlsplit(self.path)
        base = f"/2010-04-01/Accounts/{self.server.provider.account}/Messages"
        if parts.path == "/control/messages":
            self._json(200, [each.as_json() for each in self.server.provider.messages])
        elif not parts.path.startswith(base) or not self._is_ours():
            self._json(404, {"status": 404, "code": 20404, "message": "Not found."})
        elif parts.path == f"{base}.json":
            self._list(parse_qs(parts.query).get("To", []))
        else:
            found = self.server.provider.find(parts.path.removeprefix(f"{base}/").removesuffix(".json"))
            self._json(200 if found else 404, found.as_json() if found else {"status": 404, "code": 20404})

    def do_DELETE(self) -> None:
        """DELETE /control/faults: nothing goes wrong any more."""
        self.server.provider.faults.clear()
        self._json(200, {"due": 0})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the inbox shows what came."""

    def _list(self, to: list[str]) -> None:
        every = [each for each in reversed(self.server.provider.messages) if not to or each.to in to]
        self._json(200, {"messages": [each.as_json() for each in every[:50]]})

    def _message(self, body: bytes) -> None:
        if not self._is_ours():
            return self._json(401, {"status": 401, "code": 20003, "message": "Authenticate"})
        form = {key: values[-1] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        try:
            message = self._accept(form)
        except Refusal as refusal:
            return self._refuse(refusal)
        if message is None:
            return self._cut()
        return self._page(200) if message.unreadable else self._json(201, message.as_json() | {"status": "queued"})

    def _vonage(self, body: bytes) -> None:
        """Everything is answered with 200; what became of the message stands in its status."""
        given = {key: values[-1] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        provider = self.server.provider
        if (given.get("api_key"), given.get("api_secret")) != (provider.account, provider.secret):
            return self._json(200, {"messages": [{"status": "4", "error-text": "Bad Credentials"}]})
        form = {"To": "+" + given.get("to", ""), "From": given.get("from", ""), "Body": given.get("text", "")}
        form |= {"StatusCallback": given.get("callback", ""), "Reference": given.get("client-ref", "")}
        try:
            message = self._accept(form)
        except Refusal as refusal:
            if refusal.status >= 500:
                return self._refuse(refusal)
            code = {429: "1", 401: "4", 402: "9"}.get(refusal.status, "3")
            return self._json(200, {"messages": [{"status": code, "error-text": refusal.body["message"]}]})
        if message is None:
            return self._cut()
        if message.unreadable:
            return self._page(200)
        parts = int(message.as_json()["num_segments"])
        ids = [message.sid, *(f"{message.sid}-{number}" for number in range(1, parts))]
        return self._json(
            200, {"message-count": str(parts), "messages": [{"status": "0", "message-id": i} for i in ids]}
        )

    def _accept(self, form: dict[str, str]) -> "Accepted | None":
        """Take the message over as the script says; None: the connection is to be cut without a word."""
        provider = self.server.provider
        fault = provider.take_fault()
        if fault.get("cut") == "before":
            return None
        message = provider.accept(form, fault)
        if fault.get("cut") == "after":
            return None
        time.sleep(float(fault.get("delay", 0)))
        return message

    def _is_ours(self) -> bool:
        provider = self.server.provider
        wanted = "Basic " + b64encode(f"{provider.account}:{provider.secret}".encode()).decode()
        return hmac.compare_digest(self.headers.get("Authorization", "").encode(), wanted.encode())

    def _cut(self) -> None:
        """End the connection without a word."""
        self.close_connection = True
        self.connection.close()

    def _refuse(self, refusal: Refusal) -> None:
        if refusal.page:
            return self._page(refusal.status)
        more = {"Retry-After": refusal.retry_after} if refusal.retry_after else {}
        return self._json(refusal.status, refusal.body, more)

    def _page(self, status: int) -> None:
        """What a proxy in between says: HTML."""
        self._write(status, b"<html><body>Something went wrong</body></html>", {"Content-Type": "text/html"})

    def _json(self, status: int, value: Any, more: dict[str, str] | None = None) -> None:
        self._write(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(more or {})})

    def _write(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
