"""What the first screen tells the customer: who asks, about what and when, how long it takes, how to stop."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from surveys.models import Invitation
from surveys.rendering.pages import PageTexts, best_language


def language_of(request: HttpRequest, customer_language: str, available: Sequence[str]) -> str:
    """?lang= first, then what is known of the customer, then what the browser asks for; always one the survey has."""
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200]
    return _language(tuple(available), request.GET.get("lang", "")[:20], customer_language, accepted)


@lru_cache(maxsize=1024)
def _language(available: tuple[str, ...], chosen: str, customers: str, accepted: str) -> str:
    wanted = [chosen, customers, *(code for code, _quality in parse_accept_lang_header(accepted))]
    return best_language(available, [code for code in wanted if code])


def who_asks(invitation: Invitation | None, texts: PageTexts) -> str:
    """One sentence: who asks, about what, and when that was."""
    about, day = texts.about, contact_day(invitation) if invitation else ""
    names = {"sender": settings.SENDER_NAME, "about": about, "day": day}
    if about and day:
        # Translators: %(about)s is written by the survey's author as it would stand alone ("your call", "Ihr Anruf"):
        # put it where it needs no other case.
        return _("%(sender)s asks you about %(about)s on %(day)s.") % names
    if about:
        return _("%(sender)s asks you about %(about)s.") % names
    if day:
        return _("%(sender)s asks you about your contact with us on %(day)s.") % names
    return _("%(sender)s asks for your opinion.") % names


def contact_day(invitation: Invitation) -> str:
    """The day of the contact or of the end of the run, where the customer is."""
    moment = _moment(invitation)
    if moment is None:
        return ""
    return _written(moment.astimezone(_zone(invitation.customer.time_zone)).date(), get_language() or "en")


@lru_cache(maxsize=1024)
def _written(day: date, _language: str) -> str:
    """The day in the language in force; writing it anew took a tenth of a page."""
    return date_format(day, "DATE_FORMAT")


def _moment(invitation: Invitation) -> datetime | None:
    if invitation.interaction:
        return invitation.interaction.started_at
    return invitation.run.ended_at if invitation.run else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
