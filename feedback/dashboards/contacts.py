"""Contacts of a journey: handling per call never without handling until solved, and resolution from three sources."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from feedback.dashboards import contact_rows, resolution, words_contacts
from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.contact_rows import Account
from feedback.dashboards.context import Context
from feedback.dashboards.keys import key
from feedback.insights.handle_time import FOLLOWS_WITHIN, HandledContact, handle_times
from feedback.insights.suppression import (
    AGENT_ANSWERS_FROM,
    AGENT_CONTACTS_FROM,
    HIDDEN_BELOW,
    agent_shown,
    complementary,
)
from feedback.insights.trap import TrapFinding, Traps, handle_time_traps
from feedback.queries.contacts import ContactRow, answers_by_contact, answers_of, contacts_with_reason, told_solved
from feedback.queries.journey_definition import JourneyDefinition

NameOf = Callable[[ContactRow], str]


def contacts_part(context: Context, value: Value) -> Addition:
    """handle_time and fcr; both stay null where no contact has a reason."""
    journey = context.definition.journey_id
    rows = _asked_for(context, contacts_with_reason(journey, context.query.window))
    if not rows:
        return Addition()
    data_end = contact_rows.data_end(rows, datetime.fromisoformat(value["generated_at"]), context.query.end)
    suppressed: list[Value] = []
    fcr = resolution.fcr_value(rows, told_solved(journey), data_end, suppressed)
    handled = [row for row in rows if row.handle_seconds is not None]
    if not any(row.handle_seconds for row in handled):
        return Addition({"fcr": fcr}, suppressed=suppressed)
    board = _Board(context.definition, handled, answers_by_contact(journey), data_end)
    times, findings = board.value(suppressed)
    times["left_out"]["no_handle_time"] = len(rows) - len(handled)
    return Addition({"fcr": fcr, "handle_time": times}, findings, suppressed=suppressed)


def _asked_for(context: Context, rows: list[ContactRow]) -> list[ContactRow]:
    """Only the customers of the filter, where there is one."""
    if not context.query.segments:
        return rows
    customers = set(context.table.customer.tolist())
    return [row for row in rows if row.customer in customers]


class _Board:
    """Agents, teams and reasons of the same contacts. data_end None: nothing has had time to be followed yet."""

    def __init__(
        self, definition: JourneyDefinition, rows: Sequence[ContactRow], answers: Counter[int], end: datetime
    ) -> None:
        self.definition, self.rows, self.answers = definition, rows, answers
        ripe = any((row.ended or row.started) <= end - FOLLOWS_WITHIN for row in rows)
        self.end, self.data_end = end, end if ripe else None
        self.agents, self.teams = self._account(lambda row: row.agent), self._account(lambda row: row.team)
        self.reasons = self._account(lambda row: row.reason)

    def value(self, suppressed: list[Value]) -> tuple[Value, list[Value]]:
        """The contract's handle_time, and its findings as every page lists them."""
        shown = self._agents_shown()
        agents = self._traps(self.agents, shown)
        teams_shown = self._teams_shown(shown)
        teams = self._traps(self.teams, {name for name in teams_shown if teams_shown[name]})
        findings = [*self._findings("agent", agents), *self._findings("team", teams)]
        hidden = len(self.agents.figures) - len(agents.agents)
        if hidden:
            reason = "fewer than 20 contacts or 10 answers, or needed so that nobody can be worked out"
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

    def _account(self, name: NameOf) -> Account:
        if not any(map(name, self.rows)):
            return Account([], {}, {}, {})
        contacts = [
            HandledContact(
                row.customer, row.reason, name(row), row.started, row.ended, row.handle_seconds or 0.0, row.channel
            )
            for row in self.rows
        ]
        figures = {item.agent: item for item in handle_times(contacts, self.data_end) if item.agent}
        customers: dict[str, set[int]] = {}
        stages: dict[str, Counter[str]] = {}
        for row in self.rows:
            customers.setdefault(name(row), set()).add(row.customer)
            stages.setdefault(name(row), Counter())[row.stage] += 1
        return Account(contacts, figures, {key: len(found) for key, found in customers.items()}, stages)

    def _traps(self, account: Account, shown: set[str]) -> Traps:
        answers = {name: AGENT_ANSWERS_FROM if name in shown else 0 for name in account.figures}
        traps = handle_time_traps(account.contacts, self.data_end, answers)
        return traps if self.data_end is not None else contact_rows.unjudged(traps)

    def _agents_shown(self) -> set[str]:
        """Enough contacts and answers, and no single hidden agent in a team whose total is shown."""
        answers = answers_of(((row.pk, row.agent) for row in self.rows), self.answers) if self.answers else None
        enough = {
            name: agent_shown(item.recontact_n, item.issues if answers is None else answers[name]) and item.issues > 0
            for name, item in self.agents.figures.items()
        }
        shown = set()
        for members in self._members().values():
            counts = {name: self.agents.figures[name].recontact_n for name in members}
            few = [n if enough[name] else min(n, AGENT_CONTACTS_FROM - 1) for name, n in counts.items()]
            hidden = complementary(few, AGENT_CONTACTS_FROM)
            shown |= {name for name, hide in zip(members, hidden, strict=True) if enough[name] and not hide}
        return shown

    def _members(self) -> Mapping[str, list[str]]:
        """Agents by the team of most of their contacts."""
        teams: dict[str, Counter[str]] = {}
        for row in self.rows:
            teams.setdefault(row.agent, Counter())[row.team] += 1
        members: dict[str, list[str]] = {}
        for name in sorted(self.agents.figures):
            members.setdefault(min(teams[name], key=lambda team: (-teams[name][team], team)), []).append(name)
        return members

    def _teams_shown(self, agents: set[str]) -> dict[str, bool]:
        """A team of five customers on; a team of one agent is that agent."""
        shown = self._large_enough(self.teams)
        for team, members in self._members().items():
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
        hidden = complementary([account.customers[name] for name in names], HIDDEN_BELOW)
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
        stages = account.stages[finding.agent]
        most = min(stages, key=lambda stage: (-stages[stage], stage))
        return next((stage.owner for stage in self.definition.stages if stage.code == most), None)
