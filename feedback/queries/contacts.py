"""Contacts with a reason, and what customers said of them: the material of handle time and resolution, as columns."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When
from django.db.models.functions import Cast, Coalesce

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.calls import Calls, Codes, Names
from feedback.insights.calls import micros as micros_of
from feedback.models import Answer, Response
from feedback.queries.columns import Column, key_of, micros, read_coded
from feedback.queries.run_table import Window
from surveys.enums import Initiator, Metric
from surveys.models import Interaction, JourneyRun


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts in the order of their issues, columns of shape (n,).

    people: the key of each customer, at the place that calls.customer names. handled: whether the source told a handle
    time; logged: whether the agent noted that it was solved, 1 or 0, -1 not known; told: 0-100 as the customer said,
    NaN not known; answers: how often he answered about it. by_us: whether the company began it; from_file: whether it
    was imported; imported: all of the journey's were.
    """

    calls: Calls
    people: Ints
    team: Names
    stage: Names
    handled: Bools
    logged: Codes
    told: Floats
    answers: Codes
    by_us: Bools
    from_file: Bools
    imported: bool

    def __len__(self) -> int:
        return len(self.calls)

    def take(self, index: Ints | Bools) -> "Contacts":
        """Some of them, in the order of the index."""
        return Contacts(
            self.calls.take(index),
            self.people,
            self.team.take(index),
            self.stage.take(index),
            self.handled[index],
            self.logged[index],
            self.told[index],
            self.answers[index],
            self.by_us[index],
            self.from_file[index],
            self.imported,
        )

    @property
    def resolved(self) -> Floats:
        """Whether the agent noted that it was solved, NaN where he noted nothing."""
        return np.where(self.logged < 0, np.nan, self.logged)

    def before(self, end: datetime) -> "Contacts":
        """As `contacts_with_reason` reads them with this end."""
        earlier = self.take(self.calls.started < micros_of(end))
        return replace(earlier, imported=bool(earlier.from_file.all()))


@dataclass(frozen=True, slots=True)
class Told:
    """Whether customers called their issue solved (0-100), the newest answer each.

    About contacts by their ids (ascending); else about runs (ascending) and the stage's name, "" for the whole.
    """

    contact: Ints
    contact_score: Floats
    run: Ints
    stage: Names
    run_score: Floats

    def of(self, contact: Ints, run: Ints, stage: Names) -> Floats:
        """What was said of each contact, else of its stage in its run, else of its run; NaN where nothing was."""
        own_stage = np.array([self._stage(name) for name in stage.names], dtype=np.int64)
        keys = self._keys(self.run, self.stage.codes.astype(np.int64))
        found = _looked_up(self._keys(run, np.full(len(run), self._stage(""))), keys, self.run_score)
        told = _looked_up(self._keys(run, own_stage[stage.codes]), keys, self.run_score)
        found = np.where(np.isfinite(told), told, found)
        told = _looked_up(contact, self.contact, self.contact_score)
        return np.where(np.isfinite(told), told, found)

    def _stage(self, name: str) -> int:
        """A stage's code here; one that nobody answered about has none of them."""
        return self.stage.names.index(name) if name in self.stage.names else len(self.stage.names)

    def _keys(self, run: Ints, stage: Ints) -> Ints:
        return run * (len(self.stage.names) + 1) + stage


def contacts_with_reason(journey_id: int, window: Window) -> Contacts:
    """The journey's contacts, and its customers' contacts without journey, started in the window (five queries).

    A journey that has no runs but asks about contacts without journey is about all of these.
    """
    rows = Interaction.objects.filter(of_journey(journey_id), started_in(window)).exclude(reason="")
    logged = Coalesce(Cast("resolved", IntegerField()), -1)
    found, words = read_coded(
        rows,
        {"customer": key_of("customer__external_id"), "run": "run_id", "started": micros("started_at"),
         "over": micros(Coalesce("ended_at", "started_at")), "logged": logged},
        {"seconds": "handle_seconds"},
        {"reason": "reason", "agent": "agent", "team": "team", "channel": "channel", "stage": "stage__code"},
        {"by_us": Case(When(initiator=Initiator.COMPANY, then=1), default=0), "imported": "imported"},
    )  # fmt: skip
    found["told"], found["answers"] = _said(journey_id, found.pop("pk"), found.pop("run"), words["stage"])
    found["logged"], found["handled"] = found["logged"].astype(np.int8), np.isfinite(found["seconds"])
    people, found["customer"] = _numbered(found.pop("customer"))
    return _contacts(found, words, people)


def _said(journey_id: int, contact: Ints, run: Ints, stage: Names) -> tuple[Floats, Codes]:
    return told_solved(journey_id).of(contact, run, stage), _answers(journey_id, contact)


def _numbered(keys: Ints) -> tuple[Ints, Codes]:
    people, customer = np.unique(keys, return_inverse=True)
    return people, customer.astype(np.int32)


def _contacts(found: dict[str, Column], words: dict[str, Names], people: Ints) -> Contacts:
    """The columns in the order of their issues, brought there one by one: there may be ten million rows."""
    beside = [words["team"].codes, words["stage"].codes]
    beside += [found[name] for name in ("handled", "logged", "told", "answers", "by_us", "imported")]
    order = _calls(found, words).order(*beside)
    del beside
    for name in list(found):
        found[name] = found[name][order]
    for name in list(words):
        words[name] = words[name].take(order)
    calls = _calls(found, words)
    calls.seconds[~found["handled"]] = 0.0
    return Contacts(
        calls,
        people,
        words["team"],
        words["stage"],
        found["handled"],
        found["logged"],
        found["told"],
        found["answers"],
        found["by_us"],
        found["imported"],
        bool(found["imported"].all()),
    )


def _calls(found: dict[str, Column], words: dict[str, Names]) -> Calls:
    reason, agent, channel = words["reason"], words["agent"], words["channel"]
    return Calls(found["customer"], reason, agent, channel, found["started"], found["over"], found["seconds"])


def of_journey(journey_id: int) -> Q:
    """The journey's contacts, and those without journey: its customers', or all where it only asks about contacts."""
    runs = JourneyRun.objects.filter(journey_id=journey_id)
    asks_about_contacts = Response.objects.filter(
        survey__journey_id=journey_id, interaction__isnull=False, interaction__journey__isnull=True
    )
    theirs = Exists(runs.filter(customer_id=OuterRef("customer_id"))) | (~Exists(runs) & Exists(asks_about_contacts))
    return Q(journey_id=journey_id) | (Q(journey__isnull=True) & Q(theirs))


def started_in(window: Window) -> Q:
    """Contacts that started in [start, end)."""
    inside = Q()
    if window.start:
        inside &= Q(started_at__gte=window.start)
    if window.end:
        inside &= Q(started_at__lt=window.end)
    return inside


def told_solved(journey_id: int) -> Told:
    """What customers answered to the journey's questions of metric fcr."""
    rows = Answer.objects.filter(
        question__metric=Metric.FCR, response__survey__journey_id=journey_id, score__isnull=False
    )
    found, words = read_coded(
        rows,
        {"contact": "response__interaction_id", "run": "run_id", "at": micros("answered_at")},
        {"score": "score"},
        {"stage": "stage__code"},
    )
    newest = np.lexsort((-found["score"], found["at"]))[::-1]  # of two at one moment the worse counts
    contact, run, score, stage = found["contact"], found["run"], found["score"], words["stage"]
    about = newest[contact[newest] > 0]
    ids, first = np.unique(contact[about], return_index=True)
    others = newest[(contact[newest] == 0) & (run[newest] > 0)]
    _keys, places = np.unique(run[others] * (len(stage.names) + 1) + stage.codes[others], return_index=True)
    rest = others[places]
    return Told(ids, score[about[first]], run[rest], stage.take(rest), score[rest])


def _answers(journey_id: int, contact: Ints) -> Codes:
    """How often each contact was answered about in a survey of the journey."""
    rows = Response.objects.filter(survey__journey_id=journey_id, interaction__isnull=False)
    found, _words = read_coded(rows, {"contact": "interaction_id"}, {}, {})
    ids, times = np.unique(found["contact"], return_counts=True)
    return np.nan_to_num(_looked_up(contact, ids, times.astype(np.float64)), nan=0.0).astype(np.int16)


def _looked_up(wanted: Ints, keys: Ints, values: Floats) -> Floats:
    """The value at each wanted key, NaN where there is none; keys ascending."""
    if not len(keys):
        return np.full(len(wanted), np.nan)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], np.nan)
