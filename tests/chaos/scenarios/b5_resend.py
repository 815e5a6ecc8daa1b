"""B5: two people press "send again" ten times on unknown messages while workers send: one extra send, theirs."""

import threading
from typing import Any

from tests.chaos.dispatching import Report, conclude, fill, run_until_quiet
from tests.chaos.house import house, wait_until
from tests.chaos.mail_sink import Faults, faulty_sink

FAST, FULL = 60, 500
BROKERS = ("redis",)
PRESSES = 5  # for each of two people


def run(n: int, broker: str) -> Report:
    """Every message is accepted and cut, so all are unknown; a tenth is asked for again in the admin, ten times."""
    report = Report("b5", n)
    with faulty_sink(Faults({"cut": 1.0})) as sink, house(broker, EMAIL_URL=sink.url) as stage:
        fill(n)
        stage.add_worker("worker1", 4)
        stage.start("web")
        run_until_quiet(120 + n / 5)
        sink.faults = Faults()
        sink.delay = 0.2
        chosen = _unknown()[: max(1, n // 10)]
        _press(stage.address, [pk for pk, _id in chosen])
        wait_until(lambda: False, 2)
        run_until_quiet(120)
        again = {key for _pk, key in chosen}
        extra = [each.id for each in sink.accepted if each.id in again]
        report.demand("sends_of_the_chosen", len(extra), 2 * len(chosen))  # the lost one, and the one asked for
        report.demand("people_named_in_the_events", _named(), ["ann", "ben"] if len(_named()) > 1 else _named())
        report.at_least("people_in_the_audit", len(_named()), 1)
        firsts = {each.id: each for each in reversed(sink.accepted)}
        conclude(report, firsts.values(), injected=n)
    return report


def _unknown() -> list[tuple[int, str]]:
    from surveys.models import Delivery

    rows = Delivery.objects.filter(state="unknown").order_by("pk").values_list("pk", "public_id")
    return [(pk, str(public_id)) for pk, public_id in rows]


def _named() -> list[str]:
    """Who asked, as the events say."""
    from surveys.models import DeliveryEvent

    causes = DeliveryEvent.objects.filter(cause__startswith="queued again by").values_list("cause", flat=True)
    return sorted({cause.rpartition(" ")[2] for cause in causes})


def _press(address: str, ids: list[int]) -> None:
    """Both at once, as fast as they can."""
    from django.contrib.auth.models import User

    for name in ("ann", "ben"):
        User.objects.create_superuser(name, f"{name}@example.org", "correct horse battery")
    sessions = [_log_in(address, name) for name in ("ann", "ben")]
    jobs = [threading.Thread(target=_press_often, args=(address, session, ids)) for session in sessions]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()


def _press_often(address: str, session: Any, ids: list[int]) -> None:
    page = f"{address}/admin/surveys/delivery/"
    for _ in range(PRESSES):
        form: dict[str, Any] = {"action": "send_again", "_selected_action": ids, "index": "0"}
        form["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
        answer = session.post(page, data=form, headers={"Referer": page}, timeout=60)
        assert answer.status_code == 200, answer.status_code


def _log_in(address: str, name: str) -> Any:
    import requests

    session = requests.Session()
    session.trust_env = False
    page = f"{address}/admin/login/"
    session.get(page, timeout=30)
    form = {"username": name, "password": "correct horse battery", "next": "/admin/"}
    form["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    assert session.post(page, data=form, headers={"Referer": page}, timeout=30).url.endswith("/admin/")
    return session
