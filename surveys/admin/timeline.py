"""One customer's history of asking in words, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date as written_date
from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.enums import Channel, LegalBasis, SurveyKind
from surveys.models import AskDecision, Customer, Delivery, NeverAsk, PreferenceChange, Suppression
from surveys.policy.reasons import Reason
from surveys.queries.timeline import History, history_of

CHANNELS = dict(Channel.choices)


@dataclass(frozen=True)
class Line:
    """When, what in a sentence, more about it, and where the row can be seen."""

    at: datetime
    mark: str
    words: str
    more: str = ""
    link: str = ""


def lines_of(customer: Customer) -> list[Line]:
    """Every line, the newest first."""
    return sorted(_lines(history_of(customer)), key=lambda line: line.at, reverse=True)


def _lines(history: History) -> Iterator[Line]:
    yield from map(_decision, history.decisions)
    yield from map(_message, history.messages)
    for invitation in history.answered:
        if invitation.answered_at:
            words = _("Answered “%(survey)s”.") % {"survey": invitation.survey}
            link = reverse("admin:surveys_invitation_change", args=[invitation.pk])
            yield Line(invitation.answered_at, "✓", words, link=link)
    yield from map(_flag, history.flags)
    yield from map(_suppression, history.suppressions)
    yield from map(_choice, history.choices)


def _decision(decision: AskDecision) -> Line:
    names = {"survey": decision.survey, "reason": reason_in_words(decision.outcome)}
    if decision.outcome == "sent":
        mark, words = "→", _("Asked “%(survey)s”.") % names
    elif decision.outcome == "planned":
        mark, words = "→", _("To be asked “%(survey)s”: planned.") % names
    elif decision.outcome == "delayed":
        mark, words = "…", _("To be asked “%(survey)s”: delayed.") % names
    else:
        mark, words = "×", _("Not asked “%(survey)s”: %(reason)s.") % names
    link = reverse("admin:surveys_askdecision_change", args=[decision.pk])
    return Line(decision.decided_at, mark, words, _about(decision), link)


def _about(decision: AskDecision) -> str:
    """The limit in the way, the next look, the run, and with which probability the class is asked."""
    parts = []
    if decision.outcome == "shadow":
        parts.append(_("it would have been: %(words)s") % {"words": reason_in_words(decision.detail)})
    elif decision.detail:
        reason, _colon, cap = decision.detail.partition(": ")
        parts.append(f"{reason_in_words(reason)}: {cap}" if cap else decision.detail)
    if decision.retry_at:
        parts.append(_("looked at again on %(day)s") % {"day": written_date(decision.retry_at, "DATETIME_FORMAT")})
    if decision.run:
        parts.append(_("run %(run)s") % {"run": decision.run.external_id})
    if decision.probability < 1:
        parts.append(_("asked with probability %(share)s") % {"share": f"{decision.probability:g}"})
    if decision.imported:
        parts.append(_("imported"))
    return "; ".join(parts)


def _message(message: Delivery) -> Line:
    names = {
        "purpose": message.get_purpose_display(),
        "survey": message.invitation.survey,
        "channel": message.get_channel_display(),
        "state": message.get_state_display(),
    }
    words = _("Message (%(purpose)s) about “%(survey)s” by %(channel)s: %(state)s.") % names
    link = reverse("admin:surveys_delivery_change", args=[message.pk])
    more = _("rests on %(basis)s") % {"basis": basis_in_words(message.basis)} if message.basis else ""
    return Line(message.sent_at or message.created_at, "✉", words, more, link)


def _flag(flag: NeverAsk) -> Line:
    words = _("Never to be asked: %(reason)s.") % {"reason": flag.get_reason_display()}
    more = "; ".join(part for part in (_until(flag.until), flag.note, flag.by) if part)
    return Line(flag.since, "⊘", words, more, reverse("admin:surveys_neverask_change", args=[flag.pk]))


def _suppression(row: Suppression) -> Line:
    channel = CHANNELS.get(row.channel) or _("all channels")
    words = _("Not to be written to by %(channel)s: %(reason)s.") % {
        "channel": channel,
        "reason": row.get_reason_display(),
    }
    more = "; ".join(part for part in (_until(row.until), row.source) if part)
    return Line(row.since, "⊘", words, more, reverse("admin:surveys_suppression_change", args=[row.pk]))


def _choice(change: PreferenceChange) -> Line:
    words = _("The customer chose: %(choices)s.") % {"choices": "; ".join(map(str, _chosen(change)))}
    more = "; ".join(part for part in (change.source, change.get_why_display()) if part)
    return Line(change.at, "☰", words, more)


def _chosen(change: PreferenceChange) -> Iterator[str]:
    for name, value in change.changes.items():
        if name in CHANNELS:
            yield (_("ask by %(channel)s") if value else _("do not ask by %(channel)s")) % {"channel": CHANNELS[name]}
        elif name == "refuses":
            yield _("does not want %(kinds)s") % {"kinds": ", ".join(map(_kind, value)) or _("nothing in particular")}
        elif name == "paused_until":
            yield _("a break until %(day)s") % {"day": str(value)[:10]} if value else _("the break is over")
        else:
            yield f"{_('language') if name == 'language' else _('preferred channel')}: {value or '–'}"


def _kind(text: str) -> str:
    channel, _colon, kind = text.partition(":")
    return f"{CHANNELS.get(channel, channel)}/{dict(SurveyKind.choices).get(kind, kind)}"


def _until(until: datetime | None) -> str:
    return _("until %(day)s") % {"day": written_date(until, "DATE_FORMAT")} if until else ""


def reason_in_words(code: str) -> str:
    """The word of the ledger as people say it."""
    if code == "planned":
        return _("asked")
    return str(Reason(code).label) if code in Reason.values else code


def basis_in_words(document: Mapping[str, str] | None) -> str:
    """What an ask rests on: basis, source, day, text."""
    if not document:
        return _("nothing: no ask leaves")
    names = {
        "basis": dict(LegalBasis.choices).get(document["basis"], document["basis"]),
        "source": document["source"],
        "day": document["at"][:10],
        "text": document["text"],
    }
    return _("%(basis)s, from %(source)s, %(day)s, text: %(text)s") % names
