"""Words for times of minutes to days."""

from django.utils.translation import gettext as _


def minutes(number: float | None) -> str:
    """A time in the unit that people would use; a dash where there is none."""
    if number is None:
        return "–"
    if number < 1:
        return _("%(n)s s") % {"n": f"{60 * number:.0f}"}
    if number < 120:
        return _("%(n)s min") % {"n": f"{number:.1f}"}
    if number < 2880:
        return _("%(n)s h") % {"n": f"{number / 60:.1f}"}
    return _("%(n)s d") % {"n": f"{number / 1440:.1f}"}
