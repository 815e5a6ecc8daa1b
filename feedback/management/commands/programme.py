"""manage.py programme check|load|dump: a whole programme as one text file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.actions.programmes import ProgrammeRefused, check_text, dump_text, load_text
from surveys.models import Journey
from surveys.programme.nodes import Problem
from surveys.programme.reading import Unreadable

PROBLEMS = 1
UNUSABLE = 2


class Command(BaseCommand):
    """Exit 0: fine, 1: the file has problems (nothing was written), 2: no readable file or no such journey."""

    help = "Check or load a programme file, or dump a journey as one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="list every problem with its line; change nothing")
        check.add_argument("file")
        load = verbs.add_parser("load", help="check, then write everything in one transaction")
        load.add_argument("file")
        load.add_argument("--publish", action="store_true", help="publish what is new")
        dump = verbs.add_parser("dump", help="print the journey's programme file")
        dump.add_argument("journey")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "dump":
            self.dump_journey(options["journey"])
            return
        name = options["file"]
        try:
            text = read_file(name)
            self.check_file(name, text) if options["verb"] == "check" else self.load_file(
                name, text, publish=options["publish"]
            )
        except Unreadable as error:
            place = f"{name}:{error.line}" if error.line else name
            raise CommandError(f"{place}: {error}", returncode=UNUSABLE) from error

    def check_file(self, name: str, text: str) -> None:
        checked = check_text(text)
        self.show(name, checked.problems)
        if checked.errors:
            raise CommandError(refusal(name, len(checked.errors)), returncode=PROBLEMS)
        self.stdout.write(_("%(file)s can be loaded.") % {"file": name})

    def load_file(self, name: str, text: str, *, publish: bool) -> None:
        try:
            loaded = load_text(text, publish=publish)
        except ProgrammeRefused as refused:
            self.show(name, refused.problems)
            raise CommandError(refusal(name, len(refused.problems)), returncode=PROBLEMS) from refused
        for change in loaded.changes:
            self.stdout.write(f"  {change}")
        self.stdout.write(summary(loaded.journey.code, len(loaded.changes)))

    def dump_journey(self, code: str) -> None:
        try:
            self.stdout.write(dump_text(Journey.objects.get(code=code)), ending="")
        except (Journey.DoesNotExist, ValueError) as error:
            known = ", ".join(Journey.objects.values_list("code", flat=True)) or _("none yet")
            message = _('There is no journey "%(code)s" to dump. Journeys: %(known)s.') % {"code": code, "known": known}
            raise CommandError(message, returncode=UNUSABLE) from error

    def show(self, name: str, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            self.stdout.write(f"{name}: {problem}")


def read_file(name: str) -> str:
    """The text of the file; Unreadable says why there is none."""
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Unreadable(_("There is no such file.")) from error
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is not UTF-8: save it as UTF-8.")) from error
    except OSError as error:
        raise Unreadable(_("The file cannot be read: %s.") % error.strerror) from error


def refusal(name: str, count: int) -> str:
    words = ngettext("%(count)s problem", "%(count)s problems", count) % {"count": count}
    return _("%(file)s: %(problems)s; nothing was changed.") % {"file": name, "problems": words}


def summary(code: str, count: int) -> str:
    if not count:
        return _('Journey "%(code)s": nothing to change.') % {"code": code}
    return _('Journey "%(code)s": loaded.') % {"code": code}
