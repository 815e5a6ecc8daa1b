"""The messages of a batch that leave by one channel, round by round over its lanes (reliability R2, R3).

Each round is one commit: what has come back is recorded, as many as there are free lanes are marked `sending`, and
those after them are taken in hand. Only then do the marked ones leave; meanwhile the next are made. At most one message
a lane is between its mark and its record.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, NamedTuple

from django.conf import settings
from django.db import DatabaseError

from cxsurvey.lib.failpoints import failpoint
from cxsurvey.lib.signals import uninterrupted
from surveys.actions.deliver_after import after_failure, cannot_be_made, forbidden
from surveys.actions.deliver_batch import LATE, Batch, Made
from surveys.actions.deliver_compose import compose
from surveys.actions.deliver_lanes import Came, Job, Lanes
from surveys.actions.deliver_outcome import outcome_of
from surveys.actions.deliver_refuse import refuse
from surveys.actions.deliver_step import Done, Mark, Outcome, Record
from surveys.actions.deliver_write import write
from surveys.enums import DeliveryState
from surveys.models import Delivery
from surveys.policy.may_send import may_send

log = logging.getLogger(__name__)

MESSAGES_A_LANE: Final = 4  # a further connection pays from so many messages on
NOT_RECORDED: Final = "Delivery %s: %s (%s), which the database did not take; it will be unknown."
LONGEST_PATIENCE: Final = 0.1  # seconds that a reply waits for others before it is written down


class Back(NamedTuple):
    """A message of which we know what became of it, before that is recorded."""

    delivery: Delivery
    came: Came
    outcome: Outcome


class Rounds:
    """Sends whatever of the batch waits for this channel, until `ends` (of time.monotonic)."""

    def __init__(self, batch: Batch, lanes: Lanes, ends: float) -> None:
        self.batch, self.lanes, self.ends = batch, lanes, ends
        self.marked: dict[int, Delivery] = {}  # and not recorded: what a death costs
        self._leaving: set[int] = set()  # of these, given to a lane
        self._back: dict[int, Back] = {}  # of these, come back
        self._commit_took = 0.0

    def run(self) -> None:
        """Until none of them waits or leaves any more."""
        mine = sum(each.channel == self.lanes.channel for each in self.batch.waiting)
        self.lanes.widen(min(settings.DELIVERY_LANES, -(-mine // MESSAGES_A_LANE)))
        with uninterrupted() as told:  # a worker told to end here would leave messages of unknown fate
            try:
                while self._goes_on(told):
                    self._round()
            except BaseException:
                self._save()
                raise

    def window(self) -> Iterator[str]:
        """What a death at this moment costs, and how far each message has come: for tests that kill."""
        for key, delivery in self.marked.items():
            back = self._back.get(key)
            came = "accepted" if back and back.came.receipt else "leaving" if key in self._leaving else "marked"
            yield f"{delivery.public_id}={came}"

    def _goes_on(self, told: Callable[[], bool]) -> bool:
        ended = "its worker was told to end" if told() else ""
        ended = ended or ("the run's time is over" if time.monotonic() >= self.ends else "")
        if ended:
            self.batch.put_back(ended)
        return bool(self.marked) or self.batch.goes_on_by(self.lanes.channel)

    def _round(self) -> None:
        self.batch.keep_lease()
        self._listen()
        marks = self._next()
        chosen, alone = {each.held.id for each in marks}, not marks and self.marked.keys() == self._back.keys()
        takes = self.batch.next_to_take(self.lanes.channel, self.lanes.width, chosen, alone=alone)
        for _ in self._back:
            failpoint("before_record_commit", self.window)
        records = [Record(self.batch.claims[key], each.outcome) for key, each in self._back.items()]
        began = time.monotonic()
        done, tried = write(records, marks, takes, settings.DELIVERY_SENDING_LIMIT_SECONDS)
        self._commit_took = time.monotonic() - began
        jobs, back = self._note(done)
        for _ in back:
            failpoint("after_record_commit", self.window)
        self._give(jobs)
        for each in back:
            self._follow(each, recorded=each.delivery.pk in done.recorded)
        refused = {each.held.id for each in marks} - done.marked
        self._refused(refused if tried else refused & done.recorded, tried=tried)
        if tried:
            self.batch.counts[LATE] += len(self.batch.drop({each.id for each in takes} - done.taken))
        self._make(done.taken)

    # ---- before the commit -------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Take in what has come back; wait for something where nothing may be marked.

        The others are waited for as long as a commit takes: then they share the next one, and nobody waits for much
        longer than for a commit of his own.
        """
        idle = bool(self.marked) and not self._next()
        for came in self.lanes.came(wait=idle, patience=min(self._commit_took, LONGEST_PATIENCE)):
            delivery = self.marked[came.id]
            self._back[came.id] = Back(delivery, came, outcome_of(came.receipt, came.failure, delivery.attempts + 1))
            if came.receipt:
                failpoint("after_250", self.window)

    def _next(self) -> list[Mark]:
        """Messages that are made, for as many lanes as are free; never two to one person at the same time.

        As long as the carrier has taken nothing (since its last fault), one at a time: if it refuses us, then few.
        After a failure none, until it is seen to: what it says may be meant for all.
        """
        if any(each.came.failure for each in self._back.values()):
            return []
        room = self.lanes.free if self.batch.proven else min(self.lanes.free, 1 - self.lanes.in_flight)
        busy = {each.invitation.customer_id for each in self.marked.values()}
        found: list[Mark] = []
        for each in self.batch.waiting:
            made, person = self.batch.made.get(each.pk), each.invitation.customer_id
            if made is None or len(found) >= room or person in busy:
                break
            busy.add(person)
            found.append(Mark(self.batch.claims[each.pk], made.frozen))
        return found

    # ---- after it ----------------------------------------------------------------------------------------------------

    def _note(self, done: Done) -> tuple[list[Job], list[Back]]:
        """What leaves now, and what is over."""
        jobs = [Job(key, self.batch.made[key].message) for key in self.batch.made if key in done.marked]
        back = list(self._back.values())
        for each in back:
            del self.marked[each.delivery.pk]
            self._leaving.discard(each.delivery.pk)
        self._back.clear()
        self.marked |= {each.pk: each for each in self.batch.drop(done.marked)}
        self.batch.in_hand |= done.taken
        return jobs, back

    def _give(self, jobs: Sequence[Job]) -> None:
        """Let go what has been marked."""
        for _ in jobs:
            failpoint("after_sending_mark", self.window)
        for job in jobs:
            self._leaving.add(job.id)
            self.lanes.give(job)

    def _follow(self, back: Back, *, recorded: bool) -> None:
        """What an outcome means for the others, and for the ask."""
        if back.came.receipt:
            self.batch.proven, self.batch.faults = True, 0
        if not recorded:
            log.warning("Delivery %s: its lease was over, the record is refused.", back.delivery.public_id)
            self.batch.counts[LATE] += 1
            return
        self.batch.counts[back.outcome.state] += 1
        if back.came.failure:
            after_failure(self.batch, back.delivery, back.came.failure, back.outcome)

    def _refused(self, ids: Collection[int], *, tried: bool) -> None:
        """These were not to be marked: forbidden a moment ago, or given back because the database was lost."""
        rows = self.batch.drop(ids)
        if tried and rows:
            forbidden(self.batch, rows)
        else:
            self.batch.counts[DeliveryState.QUEUED] += len(rows)

    def _make(self, taken: Collection[int]) -> None:
        """Make the messages that are in hand now."""
        for delivery in [each for each in self.batch.waiting if each.pk in taken]:
            failpoint("after_claim", self.window)
            decision = may_send(self.batch.facts[delivery.pk], self.batch.now())
            if not decision.ok:
                self.batch.drop({delivery.pk})
                self.batch.counts[decision.state] += refuse([delivery], decision, in_hand=True)
                continue
            try:
                self.batch.made[delivery.pk] = Made(*compose(delivery, self.lanes.name))
            except Exception as trouble:  # noqa: BLE001 - a text that cannot be rendered must not stop the others
                cannot_be_made(self.batch, delivery, trouble)

    def _save(self) -> None:
        """Something broke: wait for what is leaving, and write down what became of it, else in the log."""
        while self.lanes.in_flight:
            self._listen()
        records = [Record(self.batch.claims[key], each.outcome) for key, each in self._back.items()]
        try:
            if records:
                write(records, (), (), 0.0)
        except DatabaseError:
            for each in self._back.values():
                log.error(
                    NOT_RECORDED, each.delivery.public_id, each.outcome.state, each.outcome.provider_id or "no id"
                )
            raise
