"""What text messages will cost, said before they are sent: the words, the alphabet they need, the segments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from surveys.actions.deliver_compose import words_of
from surveys.actions.links import answer_url
from surveys.channels.sms.base import segments
from surveys.enums import DELIVERY_IN_HAND, DELIVERY_MAY_SEND, Channel, VersionState
from surveys.models import Campaign, Customer, Invitation, Rule, SurveyVersion
from surveys.rendering.message import ANSWER
from surveys.rendering.pages import languages_of

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
    version = _published().get(survey__code=survey)
    return sorted((_cost(version, *each) for each in languages.items()), key=lambda cost: -cost.customers)


def rule_costs(rule: Rule) -> list[SmsCost]:
    """The cost of one text in each language of the survey that the rule asks; none where it sends no texts yet."""
    version = _published().filter(survey=rule.survey_id).first() if Channel.SMS in rule.channels else None
    return [_cost(version, language, 1) for language in languages_of(version)] if version else []


def campaign_costs(campaign: Campaign) -> list[SmsCost]:
    """The cost of the texts of a big send that have not left, by the language of their customers."""
    waiting = campaign.deliveries.filter(channel=Channel.SMS, state__in=(*DELIVERY_MAY_SEND, *DELIVERY_IN_HAND))
    names = ("invitation__survey__code", "invitation__customer__language")
    told: dict[str, dict[str, int]] = {}
    for survey, language, count in waiting.order_by().values_list(*names).annotate(n=Count("pk")):
        told.setdefault(survey, {})[language] = count
    return [cost for survey, languages in told.items() for cost in sms_costs(survey, languages)]


def _published() -> QuerySet[SurveyVersion]:
    return SurveyVersion.objects.filter(state=VersionState.PUBLISHED).select_related("survey__journey")


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
