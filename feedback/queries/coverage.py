"""Who was asked, reached and ever in contact: the material of the coverage funnel, a row an ask."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from feedback.queries.asks import runs_inside
from feedback.queries.run_table import Window
from surveys.enums import DeliveryPurpose, DeliveryState
from surveys.models import AskDecision, Delivery, Interaction, Invitation
from surveys.policy.reasons import Reason

REACHED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.ASSUMED_SENT, DeliveryState.COMPLAINED)
# A page or an app that nobody stands behind: a customer there has not been in contact with the company.
SELF_SERVICE = ("web", "app")


@dataclass(frozen=True, slots=True)
class AskRow:
    """One ask of the ledger about a run: stage is "" for the whole journey; imported ones have no delivery."""

    run: int
    kind: str
    stage: str
    outcome: str
    channel: str
    imported: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation of a run: whether a message of it got through, and whether it was answered after a reminder."""

    run: int
    stage: str
    channel: str
    reached: bool
    answered: bool
    reminded: bool


def asks_of_runs(journey_id: int, window: Window) -> list[AskRow]:
    """Every ask of the journey's surveys that was due for runs in the window, in one query."""
    rows = (
        AskDecision.objects.filter(survey__journey_id=journey_id, run__isnull=False)
        .filter(runs_inside(window, "run__"))
        .exclude(outcome=Reason.SHADOW)  # nobody was to be asked
        .order_by("pk")
        .values_list("run_id", "survey__kind", "survey__stage_code", "outcome", "channel", "imported")
    )
    return [AskRow(run or 0, *rest) for run, *rest in rows]  # type: ignore[arg-type]


def invitations_of_runs(journey_id: int, window: Window) -> list[InvitationRow]:
    """Every invitation of the journey's surveys about runs in the window, in one query."""
    messages = Delivery.objects.filter(invitation=OuterRef("pk"), state__in=REACHED)
    reminder = messages.filter(purpose=DeliveryPurpose.REMINDER, sent_at__lte=OuterRef("answered_at"))
    rows = (
        Invitation.objects.filter(survey__journey_id=journey_id, run__isnull=False)
        .filter(runs_inside(window, "run__"))
        .annotate(reached=Exists(messages), reminded=Exists(reminder), answered=Q(answered_at__isnull=False))
        .order_by("pk")
        .values_list("run_id", "survey__stage_code", "channel", "reached", "answered", "reminded")
    )
    return [InvitationRow(run or 0, *rest) for run, *rest in rows]


def customers_in_contact(journey_id: int) -> set[int]:
    """Customers with a contact at which somebody or something served them, of this journey or without journey."""
    somebody = ~Q(agent="") | ~Q(team="") | Q(handle_seconds__isnull=False) | ~Q(channel__in=SELF_SERVICE)
    rows = Interaction.objects.filter(somebody, Q(journey_id=journey_id) | Q(journey__isnull=True))
    return set(rows.values_list(F("customer_id"), flat=True).distinct().order_by())
