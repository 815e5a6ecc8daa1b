"""What is answered: one invitation, or one use of an open link; the key under which it has one response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from feedback.queries.quotas import full_quotas
from surveys.logic.context import Context
from surveys.logic.order import Order
from surveys.models import Invitation, OpenLink, SurveyVersion
from surveys.queries.known import context_of, occasion_key
from surveys.rendering.pager import order_of


@dataclass(frozen=True)
class Occasion:
    """One occasion of answering. `hidden` holds the values that an open link took from its address."""

    key: str
    version: SurveyVersion
    invitation: Invitation | None = None
    link: OpenLink | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def context(self) -> Context:
        """What the logic of the questionnaire may look at beside the answers."""
        return context_of(self.invitation, self.hidden)

    @cached_property
    def full(self) -> frozenset[str]:
        """The quotas of the survey that have no place left."""
        return full_quotas(self.version)

    @cached_property
    def order(self) -> Order:
        """The random order drawn for this occasion; the same whenever it is opened."""
        return order_of(self.version, self.key)


def of_invitation(invitation: Invitation) -> Occasion:
    """The one occasion of an invitation."""
    return Occasion(occasion_key(invitation), invitation.version, invitation=invitation)


def of_link(link: OpenLink, version: SurveyVersion, submission: str, hidden: Mapping[str, str]) -> Occasion:
    """One use of an open link; `submission` is the random id that its form carries, unique per survey."""
    return Occasion(f"open:{version.survey_id}:{submission}", version, link=link, hidden=hidden)
