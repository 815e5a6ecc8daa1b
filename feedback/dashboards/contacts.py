"""Contacts of a journey: handling per call never without handling until solved, and resolution from three sources."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

import numpy as np

from feedback.dashboards import contact_rows, resolution, words_contacts
from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.avoidable import avoidable_value
from feedback.dashboards.contact_rows import Account
from feedback.dashboards.context import Context
from feedback.dashboards.keys import key
from feedback.insights.calls import FOLLOWS_WITHIN, Names, in_order, micros
from feedback.insights.suppression import agent_limits, agent_shown, complementary, few_for_agents
from feedback.insights.trap import TrapFinding, Traps, handle_time_traps
from feedback.queries.contacts import Contacts, contacts_with_reason
from feedback.queries.journey_definition import JourneyDefinition


def contacts_part(context: Context, value: Value) -> Addition:
    """handle_time, fcr and avoidable; all stay null where no contact has a reason."""
    suppressed: list[Value] = []
    contacts = _asked_for(context, _read(context))
    if not len(contacts):
        return Addition()
    data_end = contact_rows.data_end(contacts, datetime.fromisoformat(value["generated_at"]), context.query.end)
    if context.judging:
        tested = contacts.calls.seconds.any()
        contacts = contacts.take(contacts.handled)  # and the others go: there may be millions
        return Addition({"handle_time": _Board(context.definition, contacts, data_end).tests() if tested else None})
    told: Value = {
        "fcr": resolution.fcr_value(contacts, data_end, suppressed),
        "avoidable": avoidable_value(contacts, _owners(context.definition, contacts), suppressed),
    }
    if not contacts.calls.seconds.any():
        return Addition(told, suppressed=suppressed)
    handled = contacts if contacts.handled.all() else contacts.take(contacts.handled)
    times, findings = _Board(context.definition, handled, data_end).value(suppressed)
    times["left_out"]["no_handle_time"] = len(contacts) - len(handled)
    return Addition(told | {"handle_time": times}, findings, suppressed=suppressed)


def _read(context: Context) -> Contacts:
    """The contacts of the window: closed months are judged of those that were read for all of them."""
    held = context.held.pop("contacts", None)
    if context.judging and context.query.end and isinstance(held, Contacts):
        return held.before(context.query.end)
    found = contacts_with_reason(context.definition.journey_id, context.query.window)
    context.held["contacts"] = found
    return found


def _asked_for(context: Context, contacts: Contacts) -> Contacts:
    """Only the customers of the filter, where there is one."""
    if not context.query.segments:
        return contacts
    theirs = np.isin(contacts.people, context.table.people[np.unique(context.table.customer)])
    return contacts.take(theirs[contacts.calls.customer])


def _owners(definition: JourneyDefinition, contacts: Contacts) -> dict[str, str | None]:
    """By reason who owns the stage of most of its contacts."""
    owners = {stage.code: stage.owner for stage in definition.stages}
    return {name: owners.get(stage) for name, stage in _most_frequent(contacts.calls.reason, contacts.stage).items()}


class _Board:
    """Agents, teams and reasons of the same contacts. data_end None: nothing has had time to be followed yet."""

    def __init__(self, definition: JourneyDefinition, contacts: Contacts, end: datetime) -> None:
        self.definition, self.contacts, issues = definition, contacts, in_order(contacts.calls)
        ripe = bool((contacts.calls.over <= micros(end - FOLLOWS_WITHIN)).any())
        self.end, self.data_end = end, end if ripe else None
        self.issues = issues
        self.agents, self.teams = (
            contact_rows.account(issues, names, self.data_end) for names in (contacts.calls.agent, contacts.team)
        )

    @cached_property
    def reasons(self) -> Account:
        """What the contacts of each reason add up to."""
        return contact_rows.account(self.issues, self.contacts.calls.reason, self.data_end)

    def tests(self) -> Value:
        """The rows of `value` that hold a test."""
        shown = self._agents_shown()
        teams_shown = self._teams_shown(shown)
        teams = self._traps(self.teams, {name for name in teams_shown if teams_shown[name]})
        return {
            "agents": [
                contact_rows.tested("agent", item, self.agents) for item in self._traps(self.agents, shown).agents
            ],
            "teams": contact_rows.ordered("team", self.teams, teams, teams_shown, []),
        }

    def value(self, suppressed: list[Value]) -> tuple[Value, list[Value]]:
        """The contract's handle_time, and its findings as every page lists them."""
        shown = self._agents_shown()
        agents = self._traps(self.agents, shown)
        teams_shown = self._teams_shown(shown)
        teams = self._traps(self.teams, {name for name in teams_shown if teams_shown[name]})
        findings = [*self._findings("agent", agents), *self._findings("team", teams)]
        hidden = len(self.agents.figures) - len(agents.agents)
        if hidden:
            reason = f"{few_for_agents()}, or needed so that nobody can be worked out"
            suppressed.append({"cell": "handle_time.agents", "reason": reason, "n": hidden})
        value: Value = {
            "agents": [contact_rows.tested("agent", item, self.agents) for item in agents.agents],
            "teams": contact_rows.ordered("team", self.teams, teams, teams_shown, suppressed),
            "reasons": contact_rows.ordered("reason", self.reasons, None, self._reasons_shown(), suppressed),
            "findings": findings,
            "agents_hidden": hidden,
            "within_days": FOLLOWS_WITHIN.days,
            "data_end": self.end.isoformat(),
            "judged": self.data_end is not None,
            "strata": agents.strata,
            "left_out": {"immature": agents.immature_contacts},
        }
        value["sentence"] = words_contacts.order_sentence(value)
        return value, findings

    def _traps(self, account: Account, shown: set[str]) -> Traps:
        answers = {name: agent_limits()[1] if name in shown else 0 for name in account.figures}
        traps = handle_time_traps(account.issues, self.data_end, answers)
        return traps if self.data_end is not None else contact_rows.unjudged(traps)

    def _agents_shown(self) -> set[str]:
        """Enough contacts and answers, and no single hidden agent in a team whose total is shown."""
        given = self.contacts.answers
        counts = self.contacts.calls.agent.counts(given.astype(np.float64)).tolist()
        answers = dict(zip(self.contacts.calls.agent.names, counts, strict=True)) if given.any() else None
        enough = {
            name: agent_shown(item.recontact_n, item.issues if answers is None else int(answers[name]))
            and item.issues > 0
            for name, item in self.agents.figures.items()
        }
        shown, at_least = set(), agent_limits()[0]
        for members in self._members.values():
            recontacts = {name: self.agents.figures[name].recontact_n for name in members}
            few = [n if enough[name] else min(n, at_least - 1) for name, n in recontacts.items()]
            hidden = complementary(few, at_least)
            shown |= {name for name, hide in zip(members, hidden, strict=True) if enough[name] and not hide}
        return shown

    @cached_property
    def _members(self) -> Mapping[str, list[str]]:
        """Agents by the team of most of their contacts."""
        most = _most_frequent(self.contacts.calls.agent, self.contacts.team)
        members: dict[str, list[str]] = {}
        for name in sorted(self.agents.figures):
            members.setdefault(most[name], []).append(name)
        return members

    def _teams_shown(self, agents: set[str]) -> dict[str, bool]:
        """A team of enough customers; a team of one agent is that agent."""
        shown = self._large_enough(self.teams)
        for team, members in self._members.items():
            alone = len(members) == 1 and self.agents.figures[members[0]].contacts == self._contacts(team)
            if team in shown and alone and members[0] not in agents:
                shown[team] = False
        return shown

    def _contacts(self, team: str) -> int:
        figures = self.teams.figures.get(team)
        return figures.contacts if figures else 0

    def _reasons_shown(self) -> dict[str, bool]:
        return self._large_enough(self.reasons)

    def _large_enough(self, account: Account) -> dict[str, bool]:
        names = sorted(account.figures)
        hidden = complementary([account.customers[name] for name in names])
        return {name: not hide for name, hide in zip(names, hidden, strict=True)}

    def _findings(self, level: str, traps: Traps) -> list[Value]:
        account = self.agents if level == "agent" else self.teams
        items = {item.agent: item for item in traps.agents}
        found = []
        for finding in traps.findings:
            item = items[finding.agent]
            row = contact_rows.tested(level, item, account)
            found.append(
                {
                    "text": words_contacts.trap_sentence(level, finding, row),
                    "kind": "handle_time_trap" if finding.kind == "trap" else "handle_time_mirror",
                    "owner": self._owner(account, finding),
                    "n": item.contacts,
                    "rows_url": words_contacts.rows_url(level, finding.agent),
                    "test": key("handling", level, finding.agent, finding.kind),
                }
            )
        return found

    def _owner(self, account: Account, finding: TrapFinding) -> str | None:
        """Who owns the stage of most of these contacts."""
        most = _most_frequent(account.issues.calls.agent, self.contacts.stage)[finding.agent]
        return next((stage.owner for stage in self.definition.stages if stage.code == most), None)


def _most_frequent(names: Names, others: Names) -> dict[str, str]:
    """For each name the other one that it comes with most, the first of these in their order."""
    pairs, counts = np.unique(names.codes.astype(np.int64) * len(others.names) + others.codes, return_counts=True)
    found: dict[str, str] = {}
    for pair in pairs[np.lexsort((pairs, -counts))].tolist():
        found.setdefault(names.names[pair // len(others.names)], others.names[pair % len(others.names)])
    return found
