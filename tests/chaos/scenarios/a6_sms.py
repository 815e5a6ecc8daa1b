"""A6: SMS providers refuse, cut and dawdle; receipts that name our message settle it, the mute leave it unknown."""

import contextlib
import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cxsurvey.lib.nudge import publish
from surveys.standins.inbox import Inbox
from surveys.standins.sms import Accepted as Taken
from surveys.standins.sms import SmsProvider, VonageProvider, post_form
from tests.chaos.dispatching import TASK, Report, Waits, conclude, fill, run_until_quiet
from tests.chaos.house import House, house, wait_until
from tests.chaos.oracle import Accepted

FAST, FULL = 60, 2_000
BROKERS = ("redis",)
SECRET: Final = "s" * 32
ACCOUNT: Final = "chaos"
RETRY_AFTER: Final = 4
# A hundred messages meet these; those after the dash are taken over and leave us without a usable reply.
CERTAIN: Final[list[dict[str, Any]]] = [
    {"status": 400},
    {"status": 429, "retry_after": RETRY_AFTER},
    {"status": 429, "retry_after": RETRY_AFTER},
    {"status": 500},
    {"status": 503},
    {"status": 502, "page": True},
    {"delay": 2},
]
UNSURE: Final[list[dict[str, Any]]] = [{"cut": "after"}, {"cut": "after"}, {"unreadable": True}]
NEVER_TAKEN: Final[dict[str, Any]] = {"cut": "before"}


class _Noting(SmsProvider):
    """Notes our own id of whatever it takes over; `mute` sends no receipts."""

    def note(self) -> None:
        self.taken: list[Accepted] = []
        self.refused: list[int] = []
        self.mute = False

    def accept(self, form: Mapping[str, str], fault: Mapping[str, Any]) -> Taken:
        if "status" in fault:
            self.refused.append(int(fault["status"]))
        message = super().accept(form, fault)
        reference = message.reference or parse_qs(urlsplit(message.callback).query).get("ref", [""])[0]
        self.taken.append(Accepted(reference, time.time()))
        return message

    def _plan_receipts(self, message: Taken, fault: Mapping[str, Any]) -> None:
        if not self.mute:
            super()._plan_receipts(message, fault)


class _NotingVonage(_Noting, VonageProvider):
    """The same behind the other protocol."""


def run(n: int, broker: str) -> Report:
    """Both modules, first with receipts (class L), then without (class N); a quarter of the messages each."""
    report, taken, injected = Report("a6", n), [], 0
    with house(broker) as stage:
        _no_caps()
        for name, kind in (("twilio", _Noting), ("vonage", _NotingVonage)):
            with _provider(kind, stage, name) as provider:
                _start(stage, name, provider)
                injected += _with_receipts(report, provider, name, max(20, n // 4))
                injected += _mute(report, provider, name, max(20, n // 4))
                _account_refused(report, provider, name)
                provider.flush()
                _stop(stage)
            taken += provider.taken
        conclude(report, taken, injected=injected)
    return report


def _no_caps() -> None:
    """The numbers of the factories repeat; their caps are another scenario's matter."""
    from surveys.models import ContactPolicy

    ContactPolicy.objects.update_or_create(journey=None, defaults={"limits": {}})


@contextlib.contextmanager
def _provider(kind: type[_Noting], stage: House, name: str) -> Iterator[_Noting]:
    hook = f"{stage.address}/hooks/{name}/"
    provider = kind(ACCOUNT, SECRET, Inbox(Path(stage.home) / "inbox"), hook, post=post_form)
    provider.note()
    with provider:
        yield provider


def _start(stage: House, name: str, provider: SmsProvider) -> None:
    """Web for the receipts, workers for both directions, all with this provider."""
    settings = {
        "SMS_PROVIDER": name,
        "SMS_API_URL": provider.url,
        "SMS_ACCOUNT": ACCOUNT,
        "SMS_SECRET": SECRET,
        "SMS_SIGNATURE_SECRET": SECRET,
        "SMS_FROM": "+15005550006",
    }
    stage.specs["web"].env.update(settings)  # type: ignore[attr-defined]
    stage.start("web")
    stage.add_worker("worker1", 4, **settings)


def _stop(stage: House) -> None:
    for name in ("web", "worker1"):
        stage.kill(name)


def _with_receipts(report: Report, provider: _Noting, name: str, count: int) -> int:
    """Class L: everything settles by receipts, nothing stays unknown. The injected come back."""
    faults = _mix(count, [*CERTAIN, *UNSURE])
    before = _unknown()  # of a mute provider
    _send(report, provider, f"{name}_l", faults, count)
    wait_until(lambda: publish("surveys.process_callbacks") and _unknown() == before, 60, 0.5)
    report.demand(f"{name}_l_unknown_after_receipts", _unknown() - before, 0)
    return sum(each in UNSURE for each in faults)


def _mute(report: Report, provider: _Noting, name: str, count: int) -> int:
    """Class N: what nobody tells us stays unknown, and is not sent again."""
    provider.mute = True
    faults = _mix(count, [*CERTAIN, *UNSURE, NEVER_TAKEN])
    before = _unknown()
    _send(report, provider, f"{name}_n", faults, count)
    provider.mute = False
    injected = sum(each in UNSURE or each == NEVER_TAKEN for each in faults)
    report.demand(f"{name}_n_unknown", _unknown() - before, injected)
    return injected


def _send(report: Report, provider: _Noting, name: str, faults: list[dict[str, Any]], count: int) -> None:
    from surveys.models import Delivery

    provider.faults.extend(faults)
    failed = Delivery.objects.filter(state="failed").count()
    fill(count, channel="sms")
    waits = Waits(_as_told)
    report.figures[f"{name}_quiet_s"] = round(run_until_quiet(180, waits=waits), 1)
    report.demand(f"{name}_waits_wrong", waits.wrong[:5], [])
    report.demand(f"{name}_faults_left", len(provider.faults), 0)
    wanted = sum(each.get("status") == 400 for each in faults)
    report.demand(f"{name}_failed", Delivery.objects.filter(state="failed").count() - failed, wanted)
    report.demand("failed_after_more_than_one_try", Delivery.objects.filter(state="failed", attempts__gt=1).count(), 0)


def _as_told(_attempts: int, cause: str) -> tuple[float, float]:
    """As long as the provider says; else by the table, which A5 looks at."""
    return (RETRY_AFTER, RETRY_AFTER) if cause.startswith("429") else (0.0, 1e6)


def _account_refused(report: Report, provider: _Noting, name: str) -> None:
    """401 and 402 hold the channel until a person looks: three for each of the four processes at most."""
    from django.utils import timezone

    from surveys.actions.dispatch import release
    from surveys.models import DispatchSwitch

    for status in (401, 402):
        before = len(provider.refused)
        provider.fail([{"status": status, "times": 200}])
        fill(40, channel="sms")
        held = wait_until(
            lambda: publish(TASK) and DispatchSwitch.objects.filter(scope="sms", paused=True).exists(), 60
        )
        time.sleep(2)
        report.demand(f"{name}_held_after_{status}", held, True)
        report.at_most(f"{name}_refused_with_{status}", len(provider.refused) - before, 3 * 4)
        provider.faults.clear()
        release("sms", "chaos", timezone.now())
        run_until_quiet(120, waits=Waits(lambda _n, _c: (0.0, 1e6)))


def _mix(count: int, kinds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """So many faults, none for most; each kind at least once. Those of the carrier never three in a row."""
    draw = random.Random(len(kinds))
    faulty = kinds * max(1, count // 100)
    mixed = [dict(each) for each in faulty] + [{}] * (count - len(faulty))
    draw.shuffle(mixed)
    return mixed


def _unknown() -> int:
    from surveys.models import Delivery

    return Delivery.objects.filter(state="unknown").count()
