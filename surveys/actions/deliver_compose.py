"""The message of a delivery: rendered once and frozen without tokens, filled with its addresses as it leaves."""

from collections.abc import Mapping
from email.utils import formataddr

from django.conf import settings

from surveys.actions.conversations import first_question, language_of
from surveys.actions.deliver_step import Frozen
from surveys.actions.links import answer_url, preferences_url
from surveys.channels.base import Message
from surveys.channels.sms.base import segments
from surveys.enums import Channel, DeliveryPurpose
from surveys.models import Delivery, Invitation
from surveys.rendering.message import ANSWER, PREFERENCES, Rendered, render_email, render_opening, render_sms


def compose(delivery: Delivery, provider: str) -> tuple[Message, Frozen]:
    """What the carrier gets, and what is kept of it. A second try sends the first one's words."""
    payload = delivery.payload or freeze(delivery)
    answer, preferences = answer_url(delivery.invitation), preferences_url(delivery.invitation)
    marks = {ANSWER: answer, PREFERENCES: preferences}
    customer, text = delivery.invitation.customer, payload.get("text", "")
    if delivery.channel == Channel.SMS:
        message = Message(recipient=customer.phone, text=text, message_id=str(delivery.public_id), marks=marks)
        return message, Frozen(payload, provider, segments(message.filled(text)).count)
    sender = delivery.invitation.survey.journey.sender if delivery.invitation.survey.journey else {}
    message = Message(
        recipient=customer.email,
        sender=sender_of(sender),
        reply_to=sender.get("reply_to", ""),
        text=text,
        message_id=message_id(delivery),
        subject=payload.get("subject", ""),
        html=payload.get("html", ""),
        language=payload.get("language", ""),
        unsubscribe_url=preferences,
        bounce_to=bounce_address(delivery),
        marks=marks,
    )
    return message, Frozen(payload, provider)


def freeze(delivery: Delivery) -> dict[str, str]:
    """The words of the message in the customer's language."""
    reminder = delivery.purpose == DeliveryPurpose.REMINDER
    return words_of(delivery.invitation, delivery.channel, reminder=reminder).as_payload()


def words_of(invitation: Invitation, channel: str, *, reminder: bool = False) -> Rendered:
    """A mail, a text message with the link, or one with the first question, as the survey says."""
    language = language_of(invitation)
    if channel == Channel.SMS and not reminder and (spec := first_question(invitation)):
        return render_opening(invitation, language, spec)
    render = render_sms if channel == Channel.SMS else render_email
    return render(invitation, language, reminder=reminder)


def preview(delivery: Delivery) -> tuple[str, int]:
    """The words of a message, without tokens, and the segments of an SMS with its link (else 0)."""
    text = (delivery.payload or freeze(delivery)).get("text", "")
    if delivery.channel != Channel.SMS:
        return text, 0
    return text, segments(text.replace(ANSWER, answer_url(delivery.invitation))).count


def sender_of(own: Mapping[str, str]) -> str:
    """Who writes: the journey's own sender as far as it has one, and from a domain that may be used."""
    email = own.get("email", "")
    if email.rpartition("@")[2] not in settings.SENDER_DOMAINS:
        email = settings.DEFAULT_FROM_EMAIL
    return formataddr((own.get("name") or settings.SENDER_NAME, email))


def bounce_address(delivery: Delivery) -> str:
    """Where a bounce comes back to: an address that names the message (VERP), where BOUNCE_ADDRESS is set."""
    local, _, domain = settings.BOUNCE_ADDRESS.partition("@")
    return f"{local}+{delivery.public_id.hex}@{domain}" if domain else ""


def message_id(delivery: Delivery) -> str:
    """The same on every attempt, so that receivers and relays can tell a repetition."""
    return f"<{delivery.public_id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"
