"""`manage.py sweep`: a plain process beside worker and beat that keeps everything going while the broker is away."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cxsurvey.sweeper import Sweeper


class Command(BaseCommand):
    """Sweeps every 30 seconds until it is told to stop."""

    help = (
        "Wakes the workers for every periodic job; where the broker cannot be reached, or nobody has sent what is due "
        "for a while, does the work itself. Needs only the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do every job once, here and now, then exit")
        parser.add_argument(
            "--seconds", type=float, default=settings.SWEEP_SECONDS, help="pause between rounds (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sweeper, stop = Sweeper(), threading.Event()
        if options["once"]:
            self._tell(sweeper.sweep(by_hand=True))
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            self._tell(sweeper.sweep())
            stop.wait(options["seconds"])

    def _tell(self, told: dict[str, str]) -> None:
        by_hand = {name: what for name, what in told.items() if what != "woken"}
        for name, what in by_hand.items():
            self.stdout.write(f"{name}: {what}")
