"""What text messages will cost, said before they are sent: the words, the alphabet they need, the segments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from surveys.actions.deliver_compose import words_of
from surveys.actions.links import answer_url
from surveys.channels.sms.base import segments
from surveys.enums import Channel, VersionState
from surveys.models import Customer, Invitation, SurveyVersion
from surveys.rendering.message import ANSWER

FEW: Final = 5  # characters named as those that force the dearer alphabet


@dataclass(frozen=True)
class SmsCost:
    """The text of one language, how many customers get it, and the segments of one; `foreign` forces UCS-2."""

    language: str
    text: str
    customers: int
    segments: int
    encoding: str
    foreign: str

    @property
    def total(self) -> int:
        return self.customers * self.segments


def sms_costs(survey: str, languages: Mapping[str, int]) -> list[SmsCost]:
    """The cost of the survey's text in each of these languages of so many customers, the most first.

    As the message reads to somebody of whom nothing else is known; a name in it may make it longer.
    """
    published = SurveyVersion.objects.filter(survey__code=survey, state=VersionState.PUBLISHED)
    version = published.select_related("survey__journey").get()
    return sorted((_cost(version, *each) for each in languages.items()), key=lambda cost: -cost.customers)


def _cost(version: SurveyVersion, language: str, customers: int) -> SmsCost:
    now, nobody = timezone.now(), Customer(language=language, time_zone=settings.TIME_ZONE)
    invitation = Invitation(
        survey=version.survey,
        version=version,
        customer=nobody,
        channel=Channel.SMS,
        due_at=now,
        expires_at=now + timedelta(days=14),
    )
    text = words_of(invitation, Channel.SMS).text.replace(ANSWER, answer_url(invitation))
    cost = segments(text)
    shown = text.replace(answer_url(invitation), f"{settings.PUBLIC_BASE_URL}/…")
    foreign = cost.foreign if len(cost.foreign) <= FEW else f"{cost.foreign[:FEW]}…"
    return SmsCost(language, shown, customers, cost.count, cost.encoding, foreign)
