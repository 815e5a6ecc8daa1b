"""Reads what the rows say: every message with its events, as the oracle takes it."""

from collections import defaultdict
from collections.abc import Iterable

from surveys.models import Delivery, DeliveryEvent
from tests.chaos.oracle import Move, Row


def rows(channel: str = "") -> list[Row]:
    """All messages (of one channel), in two queries."""
    moves: dict[int, list[Move]] = defaultdict(list)
    events = DeliveryEvent.objects.order_by("delivery_id", "pk").values_list(
        "delivery_id", "from_state", "to_state", "claim_no"
    )
    for delivery, came, to, claim_no in events.iterator(5_000):
        moves[delivery].append(Move(came, to, claim_no))
    found = Delivery.objects.filter(**({"channel": channel} if channel else {})).order_by("pk")
    values = found.values_list("pk", "public_id", "state", "error")
    return [Row(str(public_id), state, tuple(moves[pk]), error) for pk, public_id, state, error in values]


def poisoned(told: Iterable[Row]) -> int:
    """Messages that were given up because their workers died three times."""
    return sum(row.state == "failed" and row.error.startswith("poison") for row in told)
