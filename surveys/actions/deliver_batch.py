"""One claimed batch: its messages, the facts that decide about them, its lease, its open carriers."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from django.conf import settings

from surveys.actions import deliver_moves as moves
from surveys.actions.conversations import take_turns
from surveys.actions.deliver_carriers import Carriers
from surveys.actions.deliver_check import facts_of
from surveys.actions.deliver_moves import Claim
from surveys.actions.deliver_paid import give_back, take_passes
from surveys.actions.deliver_rates import take_tokens
from surveys.actions.deliver_refuse import refuse
from surveys.actions.dispatch import hold
from surveys.enums import Channel, DeliveryState, HoldCause
from surveys.models import Delivery
from surveys.policy.may_send import Claimed, Decision, may_send
from surveys.queries.due import claimed_messages

MANY_FAULTS: Final = 3  # faults of a carrier itself, one after the other, after which its channel pauses
PAUSE: Final = timedelta(minutes=1)


class Batch:
    """Messages claimed together. At most one of them is in hand at any time."""

    def __init__(self, claims: Sequence[Claim], clock: datetime, worker: str) -> None:
        self.claims = {each.id: each for each in claims}
        self.worker = worker
        self.waiting: deque[Delivery] = deque()
        self.facts: dict[int, Claimed] = {}
        self.in_hand: int | None = None
        self.carriers = Carriers()
        self.faults: Counter[str] = Counter()
        self._clock = clock
        self._began = self._renewed = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.carriers.__exit__(kind, error, trace)

    def now(self) -> datetime:
        """The database's clock, carried on from the claim (R21)."""
        return self._clock + timedelta(seconds=time.monotonic() - self._began)

    def sort_out(self) -> Counter[str]:
        """Recheck all at once; refuse what may not leave now, keep the rest waiting. The refused, by state."""
        deliveries = claimed_messages(self.claims)
        self.facts = facts_of(deliveries, self._clock)
        refused: dict[Decision, list[Delivery]] = defaultdict(list)
        decisions = {each.pk: may_send(self.facts[each.pk], self._clock) for each in deliveries}
        paid = [each for each in deliveries if each.channel == Channel.SMS and decisions[each.pk].ok]
        decisions |= take_passes(paid, self._clock)
        passed = [each for each in paid if decisions[each.pk].ok]
        decisions |= take_turns(passed, self._clock)
        give_back([each for each in passed if not decisions[each.pk].ok])
        decisions |= take_tokens([each for each in deliveries if decisions[each.pk].ok], self._clock)
        for delivery in deliveries:
            decision = decisions[delivery.pk]
            if decision.ok:
                self.waiting.append(delivery)
            else:
                refused[decision].append(delivery)
        counts: Counter[str] = Counter()
        for why, rows in refused.items():
            counts[str(why.state)] += refuse(rows, why)
        return counts

    def take(self, delivery: Delivery) -> bool:
        """Whether the message is ours and in hand now (the record of the one before may have taken it already)."""
        if self.in_hand != delivery.pk and not moves.take(self.claims[delivery.pk]):
            return False
        self.in_hand = delivery.pk
        return True

    def following(self) -> Claim | None:
        """The claim of the message that comes next."""
        return self.claims[self.waiting[0].pk] if self.waiting else None

    def keep_lease(self) -> None:
        """Renew the lease of what is in hand and of what waits, once a third of it has gone by."""
        if time.monotonic() - self._renewed < settings.DELIVERY_LEASE_SECONDS / 3:
            return
        kept = [self.claims[each.pk] for each in self.waiting]
        kept += [self.claims[self.in_hand]] if self.in_hand else []
        moves.renew(kept, self.worker, settings.DELIVERY_LEASE_SECONDS)
        self._renewed = time.monotonic()

    def put_back(
        self, cause: str, which: Callable[[Delivery], bool] = lambda _: True, wait: timedelta = timedelta()
    ) -> int:
        """Give waiting messages back to the queue, untried; the number given back."""
        rows = [each for each in self.waiting if which(each)]
        self.waiting = deque(each for each in self.waiting if each not in rows)
        until = self.now() + wait if wait else None
        taken = [each.pk for each in rows if each.pk == self.in_hand]
        others = [each.pk for each in rows if each.pk != self.in_hand]
        back = moves.move(others, DeliveryState.QUEUED, cause, came=DeliveryState.CLAIMED, next_at=until)
        if taken:
            back += moves.move(
                taken, DeliveryState.QUEUED, cause, came=DeliveryState.CLAIMED, next_at=until, in_hand=True
            )
        return len(back)

    def note_fault(self, channel: str, cause: str, *, account: bool = False) -> None:
        """A fault of the carrier itself: after a few in a row its other messages wait rather than fail one by one.

        Where the carrier refuses our account, waiting does not help: the channel is held until a person looks.
        """
        self.faults[channel] += 1
        if self.faults[channel] >= MANY_FAULTS:
            if account:
                hold(channel, HoldCause.ACCOUNT, cause, "", self.now())
            self.put_back_channel(channel, cause)

    def put_back_channel(self, channel: str, cause: str) -> None:
        """Nothing by this channel for a minute."""
        self.put_back(f"channel paused: {cause}", lambda each: each.channel == channel, PAUSE)
