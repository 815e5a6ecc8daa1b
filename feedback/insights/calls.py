"""Contacts as columns, in issues: same customer and reason, each starting soon after the one before was over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback.insights.arrays import Bools, Floats, Ints

Codes = npt.NDArray[np.signedinteger[Any]]
SMALL = np.iinfo(np.int16).max  # so many names fit two bytes, which are also sorted much faster
FOLLOWS_WITHIN = timedelta(days=7)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class HandledContact:
    """One contact: who called about what, when, and how long it was handled. ended may be missing (None).

    agent may be any one taken to account: agent, team, or all of one reason.
    """

    customer: int | str
    reason: str
    agent: str
    started: datetime
    ended: datetime | None
    handle_seconds: float
    channel: str = ""

    @property
    def over(self) -> datetime:
        """When it ended, as far as known."""
        return self.ended or self.started


@dataclass(frozen=True, slots=True)
class Names:
    """A name for each of n rows: codes, shape (n,), are places in the sorted names; not every name need occur."""

    names: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, labels: Sequence[str]) -> "Names":
        """The names of labels, in their order."""
        places = {name: code for code, name in enumerate(sorted(set(labels)))}
        kind = np.int16 if len(places) <= SMALL else np.int32
        return cls(tuple(places), np.fromiter((places[label] for label in labels), kind, len(labels)))

    def take(self, index: Ints | Bools) -> "Names":
        """Those of some rows."""
        return Names(self.names, self.codes[index])

    def counts(self, weights: Floats | None = None) -> Any:
        """Rows of each name (or their weights), shape (names,)."""
        return np.bincount(self.codes, weights, minlength=len(self.names))


@dataclass(frozen=True, slots=True)
class Calls:
    """Contacts, all columns of shape (n,); customer: small numbers from 0, seconds: of handling.

    started and over: microseconds since 1970.
    """

    customer: Ints
    reason: Names
    agent: Names
    channel: Names
    started: Ints
    over: Ints
    seconds: Floats

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def of(cls, contacts: Iterable[HandledContact]) -> "Calls":
        """The columns of single contacts."""
        rows = list(contacts)
        return cls(
            Names.of([str(row.customer) for row in rows]).codes.astype(np.int64),
            Names.of([row.reason for row in rows]),
            Names.of([row.agent for row in rows]),
            Names.of([row.channel for row in rows]),
            np.array([micros(row.started) for row in rows], dtype=np.int64),
            np.array([micros(row.over) for row in rows], dtype=np.int64),
            np.array([row.handle_seconds for row in rows], dtype=np.float64),
        )

    def take(self, index: Ints | Bools) -> "Calls":
        """Some of them, in the order of the index."""
        return Calls(
            self.customer[index],
            self.reason.take(index),
            self.agent.take(index),
            self.channel.take(index),
            self.started[index],
            self.over[index],
            self.seconds[index],
        )

    def order(self, *beside: npt.NDArray[Any]) -> Ints:
        """The places in order of customer, reason and start; of what is equal in these, of all else that is told of it.

        beside: further columns, shape (n,). What is equal in everything may stand in any order: it is the same.
        """
        group = self.customer.astype(np.int64) * len(self.reason.names) + self.reason.codes
        order = np.argsort(self.started, kind="stable")
        order = order[np.argsort(group[order], kind="stable")]
        again = (np.diff(group[order]) == 0) & (np.diff(self.started[order]) == 0)
        if again.any():
            tied = np.flatnonzero(np.append(again, False) | np.append(False, again))
            rest = (*beside, self.seconds, self.channel.codes, self.agent.codes, self.over)
            rows = order[tied]
            keys = (*(column[rows] for column in (*rest, self.started)), group[rows])
            order[tied] = rows[np.lexsort(keys)]
        return order.astype(np.int64, copy=False)


@dataclass(frozen=True)
class Issues:
    """Contacts in order of customer, reason and start, and the places where an issue begins, shape (issues,)."""

    calls: Calls
    first: Ints

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def contacts(self) -> Ints:
        """Contacts of each issue."""
        return np.diff(np.append(self.first, len(self.calls)))

    @cached_property
    def last(self) -> Ints:
        """The place of each issue's last contact."""
        return self.first + self.contacts - 1

    @cached_property
    def over(self) -> Ints:
        """When the last of an issue's contacts ended."""
        return np.maximum.reduceat(self.calls.over, self.first) if len(self) else np.empty(0, np.int64)

    @cached_property
    def seconds(self) -> Floats:
        """Handling of each issue until solved."""
        return np.add.reduceat(self.calls.seconds, self.first) if len(self) else np.empty(0)

    @cached_property
    def followed(self) -> Bools:
        """For each contact, whether another one followed."""
        followed = np.ones(len(self.calls), dtype=bool)
        followed[self.last] = False
        return followed

    def of(self, agent: Names) -> "Issues":
        """The same issues by another name taken to account."""
        return replace(self, calls=replace(self.calls, agent=agent))


def micros(moment: datetime) -> int:
    """A moment as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def issues(contacts: Iterable[HandledContact] | Calls | Issues, within: timedelta = FOLLOWS_WITHIN) -> Issues:
    """Contacts by issue: same customer and reason, each starting at most `within` after the last ended (method 3.7).

    Any channel and agent. A blank reason chains with other blank ones.
    """
    if isinstance(contacts, Issues):
        return contacts
    calls = contacts if isinstance(contacts, Calls) else Calls.of(contacts)
    return in_order(calls.take(calls.order()), within)


def in_order(calls: Calls, within: timedelta = FOLLOWS_WITHIN) -> Issues:
    """The issues of contacts that are in the order of `Calls.order` already."""
    opens = np.ones(len(calls), dtype=bool)
    if len(calls):
        same = (np.diff(calls.customer) == 0) & (np.diff(calls.reason.codes) == 0)
        gap = calls.started[1:] - _latest(calls.over, same)[:-1]
        opens[1:] = ~same | (gap > within // MICROSECOND)
    return Issues(calls, np.flatnonzero(opens))


def _latest(over: Ints, same: Bools) -> Ints:
    """For each contact when the last one up to it was over, of the same customer and reason as the one before."""
    if not bool((same & (np.diff(over) < 0)).any()):
        return over
    order = np.argsort(over, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(over))
    group = len(over) * np.concatenate([[0], np.cumsum(~same)])
    latest: Ints = over[order[np.maximum.accumulate(rank + group) - group]]
    return latest


def chains(contacts: Iterable[HandledContact], within: timedelta = FOLLOWS_WITHIN) -> list[tuple[HandledContact, ...]]:
    """The issues of single contacts as those contacts, ordered by customer and reason, inside by start."""
    rows = list(contacts)
    calls = Calls.of(rows)
    order = calls.order()
    found = in_order(calls.take(order), within)
    ordered = [rows[place] for place in order.tolist()]
    return [tuple(ordered[a : b + 1]) for a, b in zip(found.first.tolist(), found.last.tolist(), strict=True)]
