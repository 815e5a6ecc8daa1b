"""A6, class K: the provider keeps our key; the unknown is asked again with it: none unknown, none twice."""

import contextlib
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from cxsurvey.lib.nudge import publish
from tests.chaos.dispatching import TASK, Report, conclude, fill, hurry, in_windows, note_deaths, open_messages
from tests.chaos.house import house, wait_until
from tests.chaos.oracle import Accepted

FAST, FULL = 200, 2_000
BROKERS = ("redis",)
SHARES: Final = {"cut": 0.03, "500": 0.02}
WINDOW: Final = ("after_sending_mark", "after_250", "before_record_commit")


class _Provider(ThreadingHTTPServer):
    """Resend's protocol: one POST a mail; a key that is known gets the first answer again and sends nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, str] = {}
        self.accepted: list[Accepted] = []
        self.met: Counter[str] = Counter()
        self.cut: list[Accepted] = []  # without a reply
        self.draw, self.lock = random.Random(6), threading.Lock()

    def fault(self) -> str:
        """What the next request meets."""
        with self.lock:
            drawn = self.draw.random()
            name = "cut" if drawn < SHARES["cut"] else "500" if drawn < sum(SHARES.values()) else ""
            self.met[name] += 1
        return name


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Provider

    def do_POST(self) -> None:
        """Take one mail over, unless its key is known."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault, key = self.server.fault(), self.headers.get("Idempotency-Key", "")
        if fault == "500":
            return self._say(500, {"message": "later"})
        with self.server.lock:
            if key not in self.server.answers or not key:
                self.server.answers[key] = str(uuid.uuid4())
                self.server.accepted.append(Accepted(key, time.time()))
        if fault == "cut":
            self.server.cut.append(Accepted(key, time.time()))
            self.close_connection = True
            self.connection.close()
            return None
        return self._say(200, {"id": self.server.answers[key]})

    def _say(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def run(n: int, broker: str) -> Report:
    """Connections cut after acceptance and workers dead inside the window, both at once."""
    report = Report("a6k", n)
    with _provider() as provider, house(broker, **_settings(provider)) as stage:
        fill(n)
        points = ",".join(f"{name}:0.01" for name in WINDOW)
        stage.add_worker("worker1", 4, CXSURVEY_FAILPOINTS=points)
        report.figures["settled_after_s"] = round(_settle(180 + n / 5), 1)
        kills = in_windows(note_deaths(report, stage))
        report.figures["met"] = {name: count for name, count in provider.met.items() if name}
        injected = len(provider.cut) - _cut_and_dead(provider.cut)
        conclude(report, provider.accepted, window_kills=kills, injected=injected)
        report.demand("unknown_at_the_end", report.figures["states"].get("unknown", 0), 0)
        report.demand("sent", report.figures["states"].get("sent", 0), n)
    return report


def _cut_and_dead(cut: list[Accepted]) -> int:
    """Replies withheld of which the worker died before it could write that down: these count as its death."""
    from surveys.models import DeliveryEvent

    died = 0
    began: dict[int, float] = {}
    events = DeliveryEvent.objects.order_by("pk").values_list(
        "delivery_id", "delivery__public_id", "to_state", "at", "cause"
    )
    for delivery, public_id, to, at, cause in events:
        if to == "sending":
            began[delivery] = at.timestamp()
        elif to == "unknown" and cause.startswith("its worker died"):
            died += sum(each.id == str(public_id) and began[delivery] <= each.at <= at.timestamp() for each in cut)
    return died


def _settings(provider: _Provider) -> dict[str, str]:
    url = f"http://127.0.0.1:{provider.server_port}/"
    return {"EMAIL_PROVIDER": "resend", "ANYMAIL_RESEND_API_KEY": "chaos", "ANYMAIL_RESEND_API_URL": url}


@contextlib.contextmanager
def _provider() -> Iterator[_Provider]:
    provider = _Provider()
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()


def _settle(seconds: float) -> float:
    """Until nothing is open and nothing unknown; the reconciling job is woken more often than by its schedule."""
    from surveys.models import Delivery

    began = time.monotonic()

    def is_settled() -> bool:
        hurry()
        publish(TASK)
        publish("surveys.reconcile_deliveries")
        return open_messages() == 0 and not Delivery.objects.filter(state="unknown").exists()

    wait_until(is_settled, seconds, 1.0)
    return time.monotonic() - began
