"""Who was asked, reached and ever in contact: the material of the coverage funnel, as columns over asks."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from feedback.insights.arrays import Bools, Ints
from feedback.insights.calls import Names
from feedback.queries.asks import runs_inside
from feedback.queries.columns import key_of, read_coded, read_columns
from feedback.queries.run_table import Window
from surveys.enums import DeliveryPurpose, DeliveryState
from surveys.models import AskDecision, Customer, Delivery, Interaction, Invitation
from surveys.policy.reasons import Reason

REACHED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.ASSUMED_SENT, DeliveryState.COMPLAINED)
# A page or an app that nobody stands behind: a customer there has not been in contact with the company.
SELF_SERVICE = ("web", "app")


@dataclass(frozen=True, slots=True)
class Asks:
    """Asks of the ledger about runs, in no order: stage is "" for the whole journey; imported have no delivery."""

    run: Ints
    kind: Names
    stage: Names
    outcome: Names
    channel: Names
    imported: Bools

    def __len__(self) -> int:
        return len(self.run)

    def take(self, index: Ints | Bools) -> "Asks":
        """Some of them, in the order of the index."""
        return Asks(
            self.run[index],
            self.kind.take(index),
            self.stage.take(index),
            self.outcome.take(index),
            self.channel.take(index),
            self.imported[index],
        )


@dataclass(frozen=True, slots=True)
class Invitations:
    """Invitations of runs: whether a message of each got through, and whether it was answered after a reminder."""

    run: Ints
    stage: Names
    reached: Bools
    answered: Bools
    reminded: Bools

    def __len__(self) -> int:
        return len(self.run)

    def take(self, index: Ints | Bools) -> "Invitations":
        """Some of them, in the order of the index."""
        flags = (flags[index] for flags in (self.reached, self.answered, self.reminded))
        return Invitations(self.run[index], self.stage.take(index), *flags)


def asks_of_runs(journey_id: int, window: Window) -> Asks:
    """Every ask of the journey's surveys that was due for runs in the window, in two queries."""
    rows = AskDecision.objects.filter(survey__journey_id=journey_id, run__isnull=False)
    rows = rows.exclude(outcome=Reason.SHADOW)  # nobody was to be asked
    found, words = read_coded(
        rows.filter(runs_inside(window, "run__")),
        {"run": "run_id"},
        {},
        {"kind": "survey__kind", "stage": "survey__stage_code", "outcome": "outcome", "channel": "channel"},
        {"imported": "imported"},
    )
    return Asks(found["run"], **words, imported=found["imported"])


def invitations_of_runs(journey_id: int, window: Window) -> Invitations:
    """Every invitation of the journey's surveys about runs in the window, in two queries."""
    messages = Delivery.objects.filter(invitation=OuterRef("pk"), state__in=REACHED)
    reminder = messages.filter(purpose=DeliveryPurpose.REMINDER, sent_at__lte=OuterRef("answered_at"))
    rows = (
        Invitation.objects.filter(survey__journey_id=journey_id, run__isnull=False)
        .filter(runs_inside(window, "run__"))
        .annotate(reached=Exists(messages), reminded=Exists(reminder), answered=Q(answered_at__isnull=False))
    )
    flags = {name: name for name in ("reached", "answered", "reminded")}
    found, words = read_coded(rows, {"run": "run_id"}, {}, {"stage": "survey__stage_code"}, flags)
    return Invitations(found["run"], words["stage"], **{name: found[name] for name in flags})


def customers_in_contact(journey_id: int) -> Ints:
    """Keys of customers whom somebody or something served at a contact, of this journey or without journey."""
    somebody = ~Q(agent="") | ~Q(team="") | Q(handle_seconds__isnull=False) | ~Q(channel__in=SELF_SERVICE)
    rows = Interaction.objects.filter(somebody, Q(journey_id=journey_id) | Q(journey__isnull=True))
    people = Customer.objects.filter(pk__in=rows.order_by().values("customer_id"))
    return read_columns(people, {"customer": key_of("external_id")}, {})["customer"]
