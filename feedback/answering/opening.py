"""What the first screen tells the customer: who asks, about what and when, how long it takes, how to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from surveys.actions.links import preferences_token
from surveys.models import Invitation
from surveys.rendering.durations import duration
from surveys.rendering.pages import PageTexts, best_language


@dataclass(frozen=True, slots=True)
class Opening:
    """One request to answer, as far as every page of it needs it."""

    invitation: Invitation
    texts: PageTexts

    def context(self) -> dict[str, Any]:
        """The names of the answering templates."""
        return {
            "texts": self.texts,
            "title": self.texts.title or _("Your feedback"),
            "sender": settings.SENDER_NAME,
            "reason": who_asks(self.invitation, self.texts),
            "duration": duration(self.texts.seconds),
            "preferences_url": f"/p/{preferences_token(self.invitation)}/",
            "contact": settings.DEFAULT_FROM_EMAIL,
        }


def language_of(request: HttpRequest, invitation: Invitation, available: Sequence[str]) -> str:
    """?lang= first, then what is known of the customer, then what the browser asks for; always one the survey has."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200])
    wanted = [request.GET.get("lang", ""), invitation.customer.language, *(code for code, _quality in accepted)]
    return best_language(available, [code for code in wanted if code])


def who_asks(invitation: Invitation, texts: PageTexts) -> str:
    """One sentence: who asks, about what, and when that was."""
    about, day = texts.about, contact_day(invitation)
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
    return date_format(moment.astimezone(_zone(invitation.customer.time_zone)), "DATE_FORMAT") if moment else ""


def _moment(invitation: Invitation) -> datetime | None:
    if invitation.interaction:
        return invitation.interaction.started_at
    return invitation.run.ended_at if invitation.run else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
