"""The funnel of a journey: how far every run and customer got, by segment, channel, and what the ask was about."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Value
from feedback.dashboards.context import Context
from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.calls import Names
from feedback.insights.funnel import FunnelRow, Steps, funnel, heard, not_invited
from feedback.insights.suppression import INDICATIVE_BELOW, complementary, too_few
from feedback.queries.coverage import Asks, Invitations
from surveys.enums import SurveyKind
from surveys.policy.reasons import Reason

ASKED = ("planned", "sent")
WHOLE = "journey"  # what an end-to-end ask is about, beside the phases


@dataclass(frozen=True)
class Asked:
    """Everything known of the asks about the runs of a context: none of other runs."""

    context: Context
    asks: Asks
    invitations: Invitations
    in_contact: Ints
    by: str
    classes: Sequence[str]

    @cached_property
    def ask_rows(self) -> Ints:
        """The place in the run table of each ask's run."""
        return self.context.table.rows_of(self.asks.run)

    @cached_property
    def invitation_rows(self) -> Ints:
        """The place in the run table of each invitation's run."""
        return self.context.table.rows_of(self.invitations.run)

    @cached_property
    def sent(self) -> Bools:
        """Which asks became invitations."""
        return np.isin(np.array(self.asks.outcome.names, dtype=object), ASKED)[self.asks.outcome.codes]

    @cached_property
    def phase_of(self) -> dict[str, str]:
        """Stage code to its phase; "" (no stage) is the whole journey."""
        return {"": WHOLE} | {stage.code: stage.phase for stage in self.context.definition.stages}

    @cached_property
    def answered(self) -> dict[str, Bools]:
        """Which runs were answered about, by phase, and about the whole journey."""
        table, found = self.context.table, dict[str, Bools]()
        places = {
            q.key: q.stage if q.survey_kind == SurveyKind.TOUCHPOINT else "" for q in self.context.definition.questions
        }
        given = [(stage, table.stage_scores.column(stage)) for stage in table.stage_scores.seen()]
        given += [(places[key], table.ratings.column(key)) for key in table.ratings.seen() if key in places]
        for stage, values in given:
            found.setdefault(self.phase_of.get(stage, ""), self.nobody())[np.isfinite(values)] = True
        found.setdefault(WHOLE, self.nobody())[np.isfinite(table.experience)] = True
        return found

    @cached_property
    def channels(self) -> list[str]:
        """The channel of each run's ask, that about the whole journey first, else of the earliest stage.

        "" where none was asked; all "" where the channel of some ask is not known: the others would be a choice of
        those that answered.
        """
        asks, rows = self.asks.take(self.sent), self.ask_rows[self.sent]
        if not all(asks.channel.names[code] for code in np.unique(asks.channel.codes).tolist()):
            return [""] * len(self.context.table)
        stages = ["", *(stage.code for stage in self.context.definition.stages)]
        early = [stages.index(name) if name in stages else len(stages) for name in asks.stage.names]
        order = np.lexsort((asks.channel.codes, np.array(early, dtype=np.int64)[asks.stage.codes]))
        asked, first = np.unique(rows[order], return_index=True)
        codes = np.full(len(self.context.table), len(asks.channel.names))
        codes[asked] = asks.channel.codes[order][first]
        labels = (*asks.channel.names, "")
        return [labels[code] for code in codes.tolist()]

    @cached_property
    def contacted(self) -> Bools:
        """Whether the customer of each run was ever in contact."""
        table = self.context.table
        return np.isin(table.people, self.in_contact)[table.customer]

    @cached_property
    def late(self) -> Floats:
        """For each run 1 when it was answered after a reminder, 0 before one, NaN when not by an invitation."""
        late = np.full(len(self.context.table), np.nan)
        about_whole = np.array([name == "" for name in self.invitations.stage.names], dtype=bool)
        whole = self.invitations.answered & about_whole[self.invitations.stage.codes]
        late[self.invitation_rows[whole]] = 0
        late[self.invitation_rows[whole & self.invitations.reminded]] = 1
        return late

    def _about(self, stage: Names, phase: str | None) -> Bools:
        """Whether each is about a stage of the phase; all of them where there is none."""
        inside = [phase in (None, self.phase_of.get(name)) for name in stage.names]
        return np.array(inside, dtype=bool)[stage.codes]

    def nobody(self) -> Bools:
        """No run at all."""
        return np.zeros(len(self.context.table), dtype=bool)

    def steps(self, phase: str | None = None) -> Steps:
        """How far each run got with the asks of one phase (WHOLE: end-to-end), or with any."""
        eligible, invited, delivered = self.nobody(), self.nobody(), self.nobody()
        inside, rows = self._about(self.asks.stage, phase), self.ask_rows
        eligible[rows[inside]] = True
        invited[rows[inside & self.sent]] = True
        # Nothing is known of how an imported ask travelled: it is taken to have arrived.
        delivered[rows[inside & self.sent & self.asks.imported]] = True
        inside, rows = self._about(self.invitations.stage, phase), self.invitation_rows
        invited[rows[inside]] = True
        delivered[rows[inside & self.invitations.reached]] = True
        touchpoints = [flags for name, flags in self.answered.items() if name != WHOLE and phase in (None, name)]
        touchpoint = np.any(touchpoints, axis=0) if touchpoints else self.nobody()
        end = self.answered[WHOLE] if phase in (None, WHOLE) else self.nobody()
        return Steps(eligible, invited, delivered, touchpoint, end)


def funnel_rows(asked: Asked, suppressed: list[Value]) -> list[Value]:
    """All runs, then by segment and by channel (these add up to all), then by what was asked about (these do not)."""
    n, whole = len(asked.context.table), asked.steps()
    rows = [_row("all", "", item) for item in funnel(whole, [""] * n)]
    for by, labels in (("segment", asked.classes), ("channel", asked.channels)):
        if len(set(labels)) > 1:
            rows += _shown(by, list(funnel(whole, labels)), suppressed)
    for phase in dict.fromkeys((*(stage.phase for stage in asked.context.definition.stages), WHOLE)):
        rows += [_row("phase", phase, item) for item in funnel(asked.steps(phase), [""] * n)]
    return rows


def cells(asked: Asked) -> list[Value]:
    """Segment x phase x channel, cells of 30 runs on; the smaller ones of a phase together, so that sums hold."""
    found: list[Value] = []
    labels = [f"{name}\n{channel}" for name, channel in zip(asked.classes, asked.channels, strict=True)]
    small = {label for label, n in Counter(labels).items() if n < INDICATIVE_BELOW}
    pooled = ["\n" if label in small else label for label in labels]
    for phase in dict.fromkeys((*(stage.phase for stage in asked.context.definition.stages), WHOLE)):
        for item in funnel(asked.steps(phase), pooled):
            segment, channel = item.cell.split("\n")
            rest = item.cell == "\n" and bool(small)
            names = {"segment": segment, "phase": phase, "channel": channel, "smaller_cells": rest}
            found.append({**names, **_numbers(item)})
    return found


def _shown(by: str, items: list[FunnelRow], suppressed: list[Value]) -> list[Value]:
    rows = []
    for item, hide in zip(items, complementary([item.runs for item in items]), strict=True):
        row = _row(by, item.cell, item)
        if hide:
            suppressed.append({"cell": f"coverage.funnel.{by}={item.cell}", "reason": too_few()})
            row = {**dict.fromkeys(row), "by": by, "cell": item.cell}
        rows.append(row)
    return rows


def _row(by: str, cell: str, item: FunnelRow) -> Value:
    return {"by": by, "cell": cell, **_numbers(item)}


def _numbers(item: FunnelRow) -> Value:
    value: Value = dataclasses.asdict(item)
    del value["cell"]
    return value


def customer_rows(asked: Asked, suppressed: list[Value]) -> list[Value]:
    """Customers by how far they were heard (C80): all, then by segment; the four counts add up to customers."""
    table, steps = asked.context.table, asked.steps()
    _names, first, codes = np.unique(table.customer, return_index=True, return_inverse=True)
    codes = codes.astype(np.int64)
    answered = _any(codes, steps.answered_touchpoint | steps.answered_end_to_end)
    states = (_any(codes, asked.contacted), _any(codes, steps.invited), answered)
    rows = [dataclasses.asdict(item) for item in heard(*states, [""] * len(first))]
    labels = [asked.classes[row] for row in first]
    if len(set(labels)) < 2:
        return rows
    parts = heard(*states, labels)
    for item, hide in zip(parts, complementary([item.customers for item in parts]), strict=True):
        row: Value = dataclasses.asdict(item)
        if hide:
            suppressed.append({"cell": f"coverage.customers.{item.cell}", "reason": too_few()})
            row = {**dict.fromkeys(row), "cell": item.cell}
        rows.append(row)
    return rows


def _any(codes: Ints, flags: Bools) -> Bools:
    """Whether any run of each customer has the flag."""
    found: Bools = np.bincount(codes, weights=flags.astype(np.float64)) > 0
    return found


def reasons(asked: Asked) -> list[Value]:
    """Why asks that were due were not sent, most frequent first."""
    refused = asked.asks.outcome.take(~asked.sent)
    counts = dict(zip(refused.names, refused.counts().tolist(), strict=True))
    return [{"reason": reason, "label": _label(reason), "n": n} for reason, n in not_invited(counts)]


def _label(reason: str) -> str:
    return str(Reason(reason).label) if reason in Reason.values else _("other: %(code)s") % {"code": reason}


def ask_counts(asked: Asked) -> list[Value]:
    """Every ask that was due by survey kind and outcome; adds up to all asks."""
    kind, outcome = asked.asks.kind, asked.asks.outcome
    pairs, counts = np.unique(kind.codes.astype(np.int64) * len(outcome.names) + outcome.codes, return_counts=True)
    places = [divmod(pair, len(outcome.names)) for pair in pairs.tolist()]
    return [
        {"survey_kind": kind.names[a], "outcome": outcome.names[b], "n": n}
        for (a, b), n in zip(places, counts.tolist(), strict=True)
    ]
