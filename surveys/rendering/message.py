"""An invitation as an e-mail (HTML and its text twin) and as an SMS, in the customer's language, without its tokens.

Where a link belongs stands a mark (ANSWER, PREFERENCES); `fill` puts the address in when the message leaves, so that
neither a rendered page in a cache nor a stored payload can open a survey (reliability R10).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.enums import SurveyKind
from surveys.models import Invitation
from surveys.policy.zones import zone_named
from surveys.question_kinds import QuestionSpec, kind
from surveys.rendering.specs import fallbacks, specs_of
from surveys.rendering.texts import pick

ANSWER: Final = "[[answer]]"
PREFERENCES: Final = "[[preferences]]"
ROW_LENGTH: Final = 11  # more choices than this are not put into a mail
SHORT_LABEL: Final = 3  # longer labels stand one below the other


@dataclass(frozen=True)
class Rendered:
    """What is frozen on a delivery. An SMS has text only."""

    text: str
    subject: str = ""
    html: str = ""

    def as_payload(self) -> dict[str, str]:
        return asdict(self)


def render_email(invitation: Invitation, language: str, *, reminder: bool = False) -> Rendered:
    """The invitation as an e-mail; `language` is the customer's, the survey's nearest is taken."""
    with translation.override(_interface_language(language)):
        context = _context(invitation, language, reminder=reminder)
        html = render_to_string("surveys/mail/invitation.html", context)
        text = render_to_string("surveys/mail/invitation.txt", context)
    return Rendered(text.strip() + "\n", str(context["subject"]), html)


def render_sms(invitation: Invitation, language: str, *, reminder: bool = False) -> Rendered:
    """The invitation as an SMS: who, about what, the link, how to end it. One segment where the names are short."""
    with translation.override(_interface_language(language)):
        about = _about(invitation, language)
        lead = _("Reminder: %(about)s") % {"about": about} if reminder else capfirst(about)
        name = settings.SMS_SENDER_NAME or settings.SENDER_NAME
        text = _("%(name)s: %(lead)s? %(link)s STOP to end") % {"name": name, "lead": lead, "link": ANSWER}
    return Rendered(text)


def fill(text: str, answer_url: str, preferences_url: str) -> str:
    """The text with its addresses."""
    return text.replace(ANSWER, answer_url).replace(PREFERENCES, preferences_url)


def _interface_language(language: str) -> str:
    """The nearest language that our own words exist in."""
    known = dict(settings.LANGUAGES)
    base = language.split("-", maxsplit=1)[0]
    return next((each for each in (language, base) if each in known), settings.LANGUAGE_CODE)


def _context(invitation: Invitation, language: str, *, reminder: bool) -> dict[str, Any]:
    document = invitation.version.document
    languages = fallbacks(document, language)
    specs = specs_of(invitation.version, language)
    return {
        "subject": _subject(invitation, languages, len(specs), reminder=reminder),
        "title": pick(document.get("title"), languages),
        "intro": pick(document.get("intro"), languages),
        "about": _about(invitation, language),
        "happened": _day_of(invitation),
        "expires": _day(invitation.expires_at, invitation.customer.time_zone),
        "count": len(specs),
        "first": specs[0] if specs else None,
        "points": _points(specs[0]) if specs else [],
        "stacked": bool(specs) and any(len(point["label"]) > SHORT_LABEL for point in _points(specs[0])),
        "answer": ANSWER,
        "preferences": PREFERENCES,
        "sender": settings.SENDER_NAME,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "reminder": reminder,
    }


def _subject(invitation: Invitation, languages: tuple[str, ...], count: int, *, reminder: bool) -> str:
    """What it is about and how long it takes: "Your call on 3 March: 2 questions"."""
    own = pick(invitation.version.document.get("subject"), languages)
    about, day = capfirst(_about(invitation, languages[0])), _day_of(invitation)
    what = _("%(about)s on %(day)s") % {"about": about, "day": day} if day else about
    length = ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}
    subject = own or _("%(what)s: %(length)s") % {"what": what, "length": length}
    subject = _("Reminder: %(subject)s") % {"subject": subject} if reminder else subject
    return " ".join(subject.split())  # a line break must never reach a header


def _about(invitation: Invitation, language: str) -> str:
    """What the survey is about, in the customer's words."""
    own = pick(invitation.version.document.get("about"), fallbacks(invitation.version.document, language))
    if own:
        return own
    defaults = {
        SurveyKind.TOUCHPOINT: _("your contact with us"),
        SurveyKind.END_TO_END: _("your experience with us"),
        SurveyKind.RELATIONSHIP: _("how we are doing"),
    }
    return defaults[SurveyKind(invitation.survey.kind)]


def _day_of(invitation: Invitation) -> str:
    """The day on which it happened, blank for a survey by the clock."""
    at: datetime | None = None
    if invitation.interaction:
        at = invitation.interaction.started_at
    elif invitation.run:
        at = invitation.run.ended_at or invitation.run.last_event_at
    return _day(at, invitation.customer.time_zone) if at else ""


def _day(at: datetime, zone: str) -> str:
    """ "3 March" on the customer's calendar, in the language in force."""
    local = at.astimezone(zone_named(zone) or ZoneInfo(settings.TIME_ZONE))
    english = (translation.get_language() or "en").startswith("en")
    return formats.date_format(local, "j F" if english else "MONTH_DAY_FORMAT")


def _points(spec: QuestionSpec) -> list[dict[str, str]]:
    """The answers of a single-answer question as (value, label); empty where it has none to click."""
    field = kind(spec.kind).form_field(spec)
    if not isinstance(field, forms.ChoiceField) or isinstance(field, forms.MultipleChoiceField):
        return []
    offered = cast(Iterable[tuple[str, str]], field.choices)
    choices = [(str(value), str(label)) for value, label in offered if value != ""]
    if len(choices) > ROW_LENGTH:
        return []
    return [{"value": value, "label": label} for value, label in choices]
