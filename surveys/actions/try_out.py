"""A look at the real message: sent to oneself, every link inert, nothing of it ever in the results."""

import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cxsurvey.lib.addresses import AddressError, normalise_email, normalise_phone
from surveys.actions.deliver_carriers import carrier_for
from surveys.actions.deliver_compose import words_of
from surveys.channels.base import ChannelFailure, Message
from surveys.enums import Channel
from surveys.models import Customer, Invitation, SurveyVersion
from surveys.rendering.message import ANSWER, PREFERENCES, Rendered

MOST_AN_HOUR: Final = 20  # a person: somebody who tries a mail, not somebody who sends mails


def try_out(version: SurveyVersion, channel: str, address: str, language: str, sender: str) -> str:
    """Send this version's message to an address of one's own; returns the address as it was written to.

    No invitation, no row: the link leads to the preview, which stores nothing. `sender` names the person, of whom no
    more than 20 an hour are sent. ValidationError says why nothing was sent.
    """
    recipient = _recipient(channel, address)
    _count(sender)
    rendered = _rendered(version, channel, language)
    try:
        with carrier_for(channel) as carrier:
            carrier.send(_message(version, rendered, recipient, language))
    except (ChannelFailure, ValueError) as failed:
        text = _("It was not sent: %(reason)s")
        raise ValidationError(text % {"reason": getattr(failed, "detail", str(failed))}) from None
    return recipient


def _recipient(channel: str, address: str) -> str:
    try:
        if channel == Channel.EMAIL:
            return normalise_email(address)
        return normalise_phone(address, settings.PHONE_REGION or None)
    except AddressError as wrong:
        raise ValidationError(str(wrong)) from None


def _count(sender: str) -> None:
    key = f"test-send:{sender}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > MOST_AN_HOUR:
        raise ValidationError(_("That is enough for this hour: look at the preview, or try again later."))


def _rendered(version: SurveyVersion, channel: str, language: str) -> Rendered:
    now = timezone.now()
    nobody = Customer(external_id="test", language=language, time_zone=settings.TIME_ZONE)
    invitation = Invitation(
        survey=version.survey,
        version=version,
        customer=nobody,
        channel=channel,
        due_at=now,
        expires_at=now + timedelta(days=14),
    )
    return words_of(invitation, channel)


def _message(version: SurveyVersion, rendered: Rendered, recipient: str, language: str) -> Message:
    preview = f"{settings.PUBLIC_BASE_URL}/design/{version.survey.code}/preview/"
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    subject = _("Test: %(subject)s") % {"subject": rendered.subject}
    return Message(
        recipient=recipient,
        text=rendered.text,
        message_id=f"<test-{uuid.uuid4()}@{domain}>",
        subject=subject if rendered.subject else "",
        html=rendered.html,
        language=language,
        marks={ANSWER: preview, PREFERENCES: preview},
    )
