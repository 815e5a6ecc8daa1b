"""Runs workers that call deliver_due until nothing is left, and starts a new one for each that dies.

Started as a program of its own, with fail-points in its environment; a fork is a worker, so that a death costs
milliseconds. Ends when no message waits or is in hand.
"""

import os
import signal
import sys
import time

import django


def main(count: int) -> None:
    django.setup()
    from django.template.loader import get_template

    from surveys.actions import deliver, reconcile  # noqa: F401 - loaded once, before the forks
    from surveys.models import Customer

    for name in ("surveys/mail/invitation.html", "surveys/mail/invitation.txt"):
        get_template(name)
    Customer._meta.get_field("email").get_prep_value("warm@example.org")  # derives the key: slow on purpose
    reconcile.MAX_DEATHS = 1_000  # type: ignore[misc]  # poison is another test's matter
    workers = {_start() for _ in range(count)}
    while workers:
        pid, status = os.wait()
        workers.discard(pid)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            workers.add(_start())
        elif status:
            sys.exit(f"worker {pid} ended with {status}")


def _start() -> int:
    pid = os.fork()
    if pid:
        return pid
    _work()
    os._exit(0)


def _work() -> None:
    from surveys.actions.deliver import deliver_due

    while _left():
        if not deliver_due():
            time.sleep(0.05)


def _left() -> bool:
    from surveys.enums import DELIVERY_IN_HAND, DELIVERY_MAY_SEND
    from surveys.models import Delivery

    return Delivery.objects.filter(state__in=(*DELIVERY_MAY_SEND, *DELIVERY_IN_HAND)).exists()


if __name__ == "__main__":
    main(int(sys.argv[1]))
