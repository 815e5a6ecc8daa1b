"""One claimed batch: its messages, the facts that decide about them, its lease, what of it is in hand."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from surveys.actions import deliver_moves as moves
from surveys.actions.conversations import take_turns
from surveys.actions.deliver_check import facts_of
from surveys.actions.deliver_moves import Claim
from surveys.actions.deliver_paid import give_back, take_passes
from surveys.actions.deliver_rates import take_tokens
from surveys.actions.deliver_refuse import refuse
from surveys.actions.deliver_step import Frozen
from surveys.actions.dispatch import hold
from surveys.channels.base import Message
from surveys.enums import Channel, DeliveryState, HoldCause
from surveys.models import Delivery
from surveys.policy.may_send import Claimed, Decision, may_send
from surveys.queries.due import claimed_messages

MANY_FAULTS: Final = 3  # faults of a carrier itself, one after the other, after which its channel pauses
PAUSE: Final = timedelta(minutes=1)
LATE: Final = "late"


@dataclass(frozen=True)
class Made:
    """A message that has been made and may leave next."""

    message: Message
    frozen: Frozen


class Batch:
    """Messages claimed together.

    `waiting` have not been marked yet, in their order; the first of them are `in_hand`: their death would be counted.
    """

    def __init__(self, claims: Sequence[Claim], clock: datetime, worker: str) -> None:
        self.claims = {each.id: each for each in claims}
        self.worker = worker
        self.counts: Counter[str] = Counter()  # what became of its messages, by state; LATE where no longer ours
        self.waiting: deque[Delivery] = deque()
        self.facts: dict[int, Claimed] = {}
        self.in_hand: set[int] = set()
        self.made: dict[int, Made] = {}
        self.faults = 0  # of the carrier, one after the other
        self.proven = False  # the carrier has taken something since
        self._clock = clock
        self._began = self._renewed = time.monotonic()

    def now(self) -> datetime:
        """The database's clock, carried on from the claim (R21)."""
        return self._clock + timedelta(seconds=time.monotonic() - self._began)

    def sort_out(self) -> None:
        """Recheck all at once; refuse what may not leave now, keep the rest waiting."""
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
        ready: list[Delivery] = []
        for delivery in deliveries:
            decision = decisions[delivery.pk]
            if decision.ok:
                ready.append(delivery)
            else:
                refused[decision].append(delivery)
        self.waiting = deque(sorted(ready, key=lambda each: each.channel))
        for why, rows in refused.items():
            self.counts[str(why.state)] += refuse(rows, why)

    def goes_on_by(self, channel: str) -> bool:
        """Whether the next message leaves by this channel."""
        return bool(self.waiting) and self.waiting[0].channel == channel

    def next_to_take(self, channel: str, most: int, besides: Collection[int], *, alone: bool) -> list[Claim]:
        """What to take in hand next, at most so many in all; `besides` are about to be marked.

        What was in hand when a worker died is taken when nothing else is in hand or leaving (`alone`): so its death
        is nobody else's, and nobody else's death is its own.
        """
        found: list[Claim] = []
        held = 0
        for each in self.waiting:
            if each.pk in besides:
                continue
            if each.channel != channel or held >= most or (each.deaths and (held or not alone)):
                break
            held += 1
            if each.pk not in self.in_hand:
                found.append(self.claims[each.pk])
            if each.deaths:
                break
        return found

    def drop(self, which: Collection[int]) -> list[Delivery]:
        """Take these out of what waits: they leave, or may not."""
        if not which:
            return []
        gone = [each for each in self.waiting if each.pk in which]
        self.waiting = deque(each for each in self.waiting if each.pk not in which)
        self.in_hand.difference_update(which)
        for key in which:
            self.made.pop(key, None)
        return gone

    def take_back(self, deliveries: Sequence[Delivery]) -> None:
        """These were about to be marked, but stay in hand."""
        self.waiting.extendleft(reversed(deliveries))
        self.in_hand.update(each.pk for each in deliveries)

    def keep_lease(self) -> None:
        """Renew the lease of what waits, once a third of it has gone by."""
        if time.monotonic() - self._renewed < settings.DELIVERY_LEASE_SECONDS / 3:
            return
        kept = [self.claims[each.pk] for each in self.waiting]
        moves.renew(kept, self.worker, settings.DELIVERY_LEASE_SECONDS)
        self._renewed = time.monotonic()

    def put_back(
        self, cause: str, which: Callable[[Delivery], bool] = lambda _: True, wait: timedelta = timedelta()
    ) -> None:
        """Give waiting messages back to the queue, untried."""
        rows = {each.pk for each in self.waiting if which(each)}
        taken = rows & self.in_hand
        self.drop(rows)
        until = self.now() + wait if wait else None
        for ids, in_hand in ((rows - taken, False), (taken, True)):
            if ids:
                state, came = DeliveryState.QUEUED, DeliveryState.CLAIMED
                back = moves.move(ids, state, cause, came=came, next_at=until, in_hand=in_hand)
                self.counts[state] += len(back)

    def note_fault(self, channel: str, cause: str, *, account: bool = False) -> None:
        """A fault of the carrier itself: after a few in a row its other messages wait rather than fail one by one.

        Where the carrier refuses our account, waiting does not help: the channel is held until a person looks.
        """
        self.faults += 1
        self.proven = False
        if self.faults >= MANY_FAULTS:
            if account:
                hold(channel, HoldCause.ACCOUNT, cause, "", self.now())
            self.put_back_channel(channel, cause)

    def put_back_channel(self, channel: str, cause: str) -> None:
        """Nothing by this channel for a minute."""
        self.put_back(f"channel paused: {cause}", lambda each: each.channel == channel, PAUSE)
