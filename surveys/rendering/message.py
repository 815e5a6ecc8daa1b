"""An invitation as an e-mail (HTML and its text twin) and as an SMS, in the customer's language, without its tokens.

Where a link belongs stands a mark (ANSWER, PREFERENCES); `fill` puts the address in when the message leaves, so that
neither a rendered page in a cache nor a stored payload can open a survey (reliability R10).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.channels.sms.base import plain_signs
from surveys.enums import SurveyKind, VersionState
from surveys.logic.context import NOTHING
from surveys.logic.piping import fill as fill_pipes
from surveys.models import Invitation, SurveyVersion
from surveys.policy.zones import zone_named
from surveys.question_kinds import QuestionSpec, kind
from surveys.question_kinds.registry import ASK_NOTHING
from surveys.rendering.contrast import pair
from surveys.rendering.durations import answering_seconds, duration
from surveys.rendering.specs import Key, fallbacks, specs_of
from surveys.rendering.texts import pick
from surveys.replies.asking import question_text

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
        """As it is kept; one and the same for all who share the words, so that these travel once for many."""
        return _payload(self)


@lru_cache(maxsize=1024)
def _payload(words: Rendered) -> dict[str, str]:
    return asdict(words)


@dataclass(frozen=True)
class Frame:
    """All of an invitation that its words depend on, beside the version; many customers share one."""

    language: str
    kind: str
    happened: date | None
    expires: date
    reminder: bool
    sender: str
    accent: str = ""  # of the journey; mails only


def render_email(invitation: Invitation, language: str, *, reminder: bool = False) -> Rendered:
    """The invitation as an e-mail; `language` is the customer's, the survey's nearest is taken.

    Rendered once per version, language and day: the words name nobody.
    """
    journey = invitation.survey.journey
    frame = _frame(invitation, language, _sender_name(invitation), reminder=reminder)
    frame = replace(frame, accent=journey.accent if journey else "")
    if invitation.version.state == VersionState.DRAFT:  # a draft may still change
        return _email(invitation.version, frame)
    return _cached_email(Key(invitation.version), frame)


def render_sms(invitation: Invitation, language: str, *, reminder: bool = False) -> Rendered:
    """The invitation as an SMS: who, about what, the link, how to end it. One segment where the names are short."""
    frame = _frame(invitation, language, settings.SMS_SENDER_NAME or settings.SENDER_NAME, reminder=reminder)
    with translation.override(interface_language(language)):
        about = _about(invitation.version, frame)
        lead = _("Reminder: %(about)s") % {"about": about} if reminder else capfirst(about)
        # Translators: an SMS. Keep to characters of the GSM alphabet (no typographic spaces or quotes) and very short;
        # the word STOP stays.
        text = _("%(name)s: %(lead)s? %(link)s STOP to end") % {"name": frame.sender, "lead": lead, "link": ANSWER}
    return Rendered(plain_signs(text))


def render_opening(invitation: Invitation, language: str, first: QuestionSpec) -> Rendered:
    """The first message of a conversation: who, about what, the first question with its answers, how to end it."""
    frame = _frame(invitation, language, settings.SMS_SENDER_NAME or settings.SENDER_NAME, reminder=False)
    with translation.override(interface_language(language)):
        names = {"name": frame.sender, "about": capfirst(_about(invitation.version, frame))}
        # Translators: an SMS, followed by a question. Characters of the GSM alphabet, very short; the word STOP stays.
        lead, end = _("%(name)s: %(about)s.") % names, _("STOP to end.")
        question = question_text(first)
    return Rendered(plain_signs(f"{lead} {question}{chr(10) if chr(10) in question else ' '}{end}"))


def fill(text: str, answer_url: str, preferences_url: str) -> str:
    """The text with its addresses."""
    return text.replace(ANSWER, answer_url).replace(PREFERENCES, preferences_url)


def _sender_name(invitation: Invitation) -> str:
    """Whom the words name: the journey's own sender where it has one."""
    journey = invitation.survey.journey
    return str(journey.sender.get("name", "") if journey else "") or str(settings.SENDER_NAME)


def interface_language(language: str) -> str:
    """The nearest language that our own words exist in."""
    known = dict(settings.LANGUAGES)
    code = language.lower().replace("_", "-")
    base = code.split("-", maxsplit=1)[0]
    return next((each for each in (code, base) if each in known), settings.LANGUAGE_CODE)


def _frame(invitation: Invitation, language: str, sender: str, *, reminder: bool) -> Frame:
    """What the words depend on; days are those of the customer's calendar."""
    zone = zone_named(invitation.customer.time_zone) or ZoneInfo(settings.TIME_ZONE)
    at: datetime | None = None  # a survey by the clock is about no day
    if invitation.interaction:
        at = invitation.interaction.started_at
    elif invitation.run:
        at = invitation.run.ended_at or invitation.run.last_event_at
    return Frame(
        language=language,
        kind=invitation.survey.kind,
        happened=at.astimezone(zone).date() if at else None,
        expires=invitation.expires_at.astimezone(zone).date(),
        reminder=reminder,
        sender=sender,
    )


@lru_cache(maxsize=1024)
def _cached_email(key: Key, frame: Frame) -> Rendered:
    return _email(key.version, frame)


def _email(version: SurveyVersion, frame: Frame) -> Rendered:
    with translation.override(interface_language(frame.language)):
        context = _context(version, frame)
        html = render_to_string("surveys/mail/invitation.html", context)
        text = render_to_string("surveys/mail/invitation.txt", context)
    return Rendered(text.strip() + "\n", str(context["subject"]), html)


def _context(version: SurveyVersion, frame: Frame) -> dict[str, Any]:
    languages = fallbacks(version.document, frame.language)
    specs = [spec for spec in specs_of(version, frame.language) if spec.kind not in ASK_NOTHING]
    points = _points(specs[0]) if specs else []
    return {
        "subject": _subject(version, frame, len(specs)),
        "duration": duration(answering_seconds(specs)),
        "title": _said(version.document.get("title"), languages),
        "intro": _said(version.document.get("intro"), languages),
        "about": _about(version, frame),
        "happened": _day(frame.happened),
        "expires": _day(frame.expires),
        "count": len(specs),
        "first": replace(specs[0], text=fill_pipes(specs[0].text, NOTHING, {})) if specs else None,
        "points": points,
        "stacked": any(len(point["label"]) > SHORT_LABEL for point in points),
        "answer": ANSWER,
        "preferences": PREFERENCES,
        "sender": frame.sender,
        "accent": dict(zip(("light", "dark"), pair(frame.accent), strict=True)),
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "reminder": frame.reminder,
    }


def _said(text: Any, languages: Iterable[str]) -> str:
    """A text with what is said where nothing is known of the customer: a message is rendered once for many."""
    return fill_pipes(pick(text, tuple(languages)), NOTHING, {})


def _subject(version: SurveyVersion, frame: Frame, count: int) -> str:
    """What it is about and how long it takes: "Your call on 3 March: 2 questions"."""
    own = _said(version.document.get("subject"), fallbacks(version.document, frame.language))
    about, day = capfirst(_about(version, frame)), _day(frame.happened)
    what = _("%(about)s on %(day)s") % {"about": about, "day": day} if day else about
    length = ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}
    subject = own or _("%(what)s: %(length)s") % {"what": what, "length": length}
    subject = _("Reminder: %(subject)s") % {"subject": subject} if frame.reminder else subject
    return " ".join(subject.split())  # a line break must never reach a header


def _about(version: SurveyVersion, frame: Frame) -> str:
    """What the survey is about, in the customer's words."""
    own = _said(version.document.get("about"), fallbacks(version.document, frame.language))
    if own:
        return own
    defaults = {
        SurveyKind.TOUCHPOINT: _("your contact with us"),
        SurveyKind.END_TO_END: _("your experience with us"),
        SurveyKind.RELATIONSHIP: _("how we are doing"),
    }
    return defaults[SurveyKind(frame.kind)]


def _day(day: date | None) -> str:
    """ "3 March" in the language in force; blank for none."""
    if day is None:
        return ""
    english = (translation.get_language() or "en").startswith("en")
    return formats.date_format(day, "j F" if english else "MONTH_DAY_FORMAT")


def _points(spec: QuestionSpec) -> list[dict[str, str]]:
    """The answers of a single-answer question as (value, label); empty where it has none to click."""
    field = kind(spec.kind).form_field(spec)
    if not isinstance(field, forms.ChoiceField) or isinstance(field, forms.MultipleChoiceField):
        return []
    offered = cast("Iterable[tuple[str, str]]", field.choices)
    choices = [(str(value), str(label)) for value, label in offered if value != ""]
    if len(choices) > ROW_LENGTH:
        return []
    return [{"value": value, "label": label} for value, label in choices]
