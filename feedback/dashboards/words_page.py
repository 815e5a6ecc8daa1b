"""What is said of the page as a whole: how its findings were judged."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Value = dict[str, Any]

WATCHING = gettext_lazy("Worth watching: would pass alone, not when the whole page is read month after month")
NOTHING = gettext_lazy("Nothing on this page stands when all of it is read month after month.")


def judged_on(page: Value) -> str:
    """Which journeys the verdict rests on, how many tests, how many looks a year are counted."""
    counted = ngettext(
        "Judged among %(n)s test of this page, with %(looks)s looks a year counted.",
        "Judged among %(n)s tests of this page, with %(looks)s looks a year counted.",
        page["tests"],
    ) % {"n": page["tests"], "looks": page["looks"]}
    return f"{counted} {_basis(page['judged_until'])}"


def _basis(until: str | None) -> str:
    if until is None:
        return _("No closed month holds enough to judge yet, so everything so far counts.")
    day = date_format(datetime.fromisoformat(until), "j M Y")
    return _(
        "Journeys that ended before %(day)s count; what came later is shown, and judged when its month closes."
    ) % {"day": day}
