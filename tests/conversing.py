"""A person with a phone, for tests: a survey asked by conversation, what comes to the phone, what is written back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from feedback.actions.converse import converse
from surveys.actions.callbacks import process_callbacks
from surveys.actions.customers import set_addresses
from surveys.actions.deliver import deliver_due
from surveys.actions.links import set_token_hashes
from surveys.models import Conversation, Customer, Delivery, Invitation
from surveys.standins.sms import SmsProvider
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory, published_survey
from tests.fixtures_standins import post_to_us

NUMBER = "+4915112345678"
SCORE: dict[str, Any] = {
    "code": "overall",
    "kind": "csat",
    "metric": "csat",
    "headline": True,
    "required": True,
    "text": {
        "en": "How satisfied were you?",
        "de": "Wie zufrieden waren Sie?",
        "fr": "Etes-vous satisfait ?",
        "ar": "ما مدى رضاك؟",
    },
}
DONE: dict[str, Any] = {"code": "done", "kind": "yes_no", "text": {"en": "Is it done?"}, "required": True}
WHY: dict[str, Any] = {"code": "why", "kind": "text", "text": {"en": "What should we do better?"}}
WHERE: dict[str, Any] = {
    "code": "where",
    "kind": "contact",
    "fields": ["email"],
    "text": {"en": "Where can we reach you?"},
}
LANGUAGES = ["en", "de", "fr", "ar"]


def person(language: str = "en", phone: str = NUMBER) -> Customer:
    """A customer with this telephone."""
    made: Customer = CustomerFactory.build(language=language)
    set_addresses(made, email=made.email, phone=phone)
    made.save()
    return made


def asked(
    questions: Sequence[Mapping[str, Any]] = (SCORE, DONE, WHY), customer: Customer | None = None, **document: Any
) -> Invitation:
    """An invitation by SMS whose first message is due."""
    words = {"languages": LANGUAGES, "about": {"en": "your call"}, "sms": "conversation", **document}
    version = published_survey(None, [dict(each) for each in questions], **words)
    invitation: Invitation = InvitationFactory.build(
        customer=customer or person(), channel="sms", version=version, survey=version.survey
    )
    set_token_hashes(invitation)
    invitation.save()
    DeliveryFactory(invitation=invitation, channel="sms")
    return invitation


class Phone:
    """What comes to one number, and what its owner writes."""

    def __init__(self, provider: SmsProvider, number: str = NUMBER) -> None:
        self.provider, self.number = provider, number

    @property
    def texts(self) -> list[str]:
        """Everything that has come so far."""
        return [each.text for each in self.provider.messages if each.to == self.number]

    def write(self, text: str) -> str:
        """Write one message; what comes back by the outbox, or "" for nothing."""
        before = len(self.texts)
        self.send(text)
        work()
        return "".join(self.texts[before:])

    def send(self, text: str) -> None:
        """The provider tells us of a message; nobody works on it yet."""
        form = self.provider.inbound(self.number, "+15005550006", text)
        url = self.provider.inbound_url
        assert post_to_us(url, *self.provider.sign(url, form))[0] == 200


def work() -> None:
    """What workers do, until nothing is left to do."""
    process_callbacks(500, timezone.now())
    converse(timezone.now())
    while deliver_due().get("claimed"):
        pass


def talk_of(invitation: Invitation) -> Conversation:
    """The conversation as it stands now."""
    return Conversation.objects.get(invitation=invitation)


def states(invitation: Invitation) -> list[str]:
    """The states of all its messages, in order."""
    return list(Delivery.objects.filter(invitation=invitation).order_by("step", "pk").values_list("state", flat=True))
