"""`manage.py run_demo`: the demo's main job, once, for real; it fails where the comparison is not what was planted."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cxsurvey.demo.by_text import converse_by_text
from cxsurvey.demo.play import DemoFailed, Place, Played, play
from cxsurvey.demo.stories import STORIES
from feedback.dashboards.text_report import text_report


class Command(BaseCommand):
    """Record contacts, ask by e-mail and SMS, answer over HTTP, score the texts, compare."""

    help = "Play the demo's stories through the running service (development only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many customers, and which story."""
        parser.add_argument("--customers", type=int, default=60, help="customers of each story (default 60)")
        parser.add_argument("--story", choices=[story.journey for story in STORIES], help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, print, and compare with what was planted."""
        if not settings.STANDINS:
            raise CommandError("The demo needs the local stand-ins: start it by `make demo`.")
        place = Place(
            settings.PUBLIC_BASE_URL,
            settings.STANDIN_FOLDER,
            timezone.now().strftime("%y%m%d%H%M%S"),
            self.stdout.write,
        )
        stories = [story for story in STORIES if options["story"] in (None, story.journey)]
        try:
            played = [self._play(story, options["customers"], place) for story in stories]
            if options["story"] is None:
                self._by_text(place)
        except DemoFailed as trouble:
            raise CommandError(str(trouble)) from None
        if not all(one.exact for one in played):
            raise CommandError("The comparison is not what the answers hold: please report this.")

    def _by_text(self, place: Place) -> None:
        """The survey that is asked by text messages."""
        self.stdout.write("\n=== question: a survey by text messages ===")
        number = converse_by_text(place)
        self.stdout.write(f"Two people answered it. {number} waits for you: open its message in the inbox and write.")

    def _play(self, story: Any, customers: int, place: Place) -> Played:
        """One story, told while it goes on."""
        self.stdout.write(f"\n=== {story.journey}: {customers} customers ===")
        played = play(story, customers, place)
        seconds = ", ".join(f"{name} {value:.1f} s" for name, value in played.seconds.items())
        self.stdout.write(f"{played.invitations} invitations sent and answered ({seconds}).\n")
        self.stdout.write(text_report(dict(played.measured)))
        told = {"service": played.planted["service"], "experience": played.planted["experience"]}
        words = ", ".join(f"{name} {value:.4f}" for name, value in told.items())
        verdict = "exactly what was measured" if played.exact else "NOT what was measured"
        self.stdout.write(f"Planted: {words}, gap {played.planted['gap']:.4f}: {verdict}.")
        return played
