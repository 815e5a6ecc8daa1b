"""Any life of an ask, step by step at random with the real verbs on PostgreSQL (reliability C2): what always holds."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from surveys.actions import deliver_moves as moves
from surveys.actions.answered import settle_messages
from surveys.actions.ask_list import ListIn, ask_list
from surveys.actions.decide_delayed import decide_delayed
from surveys.actions.deliver_moves import ARROWS, Claim
from surveys.actions.deliver_refuse import FAILED, end_unsent
from surveys.actions.deliver_step import Outcome
from surveys.actions.evidence import SPARED, move_by_evidence
from surveys.actions.expire import expire_invitations
from surveys.actions.never_ask import flag_never_ask, lift_never_ask
from surveys.actions.preferences import Wishes, save_preferences
from surveys.actions.reconcile import reconcile_deliveries
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.actions.remind import plan_reminders
from surveys.actions.retry import AGAIN, retry_failed
from surveys.actions.suppress import hard_bounce, opt_out, resume
from surveys.actions.withdraw import cancel_open
from surveys.enums import (
    INVITATION_MAY_ANSWER,
    INVITATION_OPEN,
    Channel,
    DeliveryState,
    InvitationState,
    SurveyKind,
    Trigger,
)
from surveys.models import AskDecision, ContactPolicy, Customer, Delivery, DeliveryEvent, Invitation, NeverAsk
from surveys.policy.basis import Basis
from surveys.policy.reasons import Reason
from tests.asking import customer, mark, record, take
from tests.factories import RuleFactory, SurveyFactory, published_journey, published_survey
from tests.sizes import sized

pytestmark = pytest.mark.django_db
State = DeliveryState
DAY = timedelta(days=1)
PEOPLE = st.integers(0, 1)
PLACES = st.tuples(PEOPLE, st.integers(0, 2), st.sampled_from(["apply", "documents"]))
RECEIPTS = st.sampled_from([State.SENT, State.DELIVERED, State.UNDELIVERED, State.BOUNCED, State.COMPLAINED])


class AskLife(RuleBasedStateMachine):
    """Two customers, some runs, a survey at each of two stages; every step is one that the world can take."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        ContactPolicy.objects.all().delete()
        ContactPolicy.objects.create(limits={"total": ["4 per 30d"], "e2e_only": 0})
        self.journey = published_journey(("apply", "documents"))
        for stage in ("apply", "documents"):
            survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=self.journey.journey, stage_code=stage)
            published_survey(survey)
            conditions = {"stage": stage} | ({"resolved": True} if stage == "documents" else {})
            RuleFactory(survey=survey, trigger=Trigger.INTERACTION, conditions=conditions, reminder=DAY)
        bond = SurveyFactory(kind=SurveyKind.RELATIONSHIP, journey=None, code=f"bond-{self.journey.pk}")
        published_survey(bond, [{"code": "q", "kind": "nps", "text": "Q?", "measures": "relationship"}])
        RuleFactory(survey=bond, trigger=Trigger.MANUAL, conditions={})
        self.bond = bond.code
        self.people = [customer(n) for n in range(2)]
        self.claims: list[Claim] = []
        self.accepted: Counter[int] = Counter()
        self.due: set[tuple[int, str, str]] = set()
        self.started = timezone.now()

    def teardown(self) -> None:
        try:
            self.settle_all()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(place=PLACES, resolved=st.sampled_from([True, False, None]))
    def contact(self, place: tuple[int, int, str], resolved: bool | None) -> None:
        who, run, stage = place
        now = timezone.now()
        told = InteractionIn(
            customer=self.people[who].external_id, started_at=now, ended_at=now, journey=self.journey.journey.code,
            run=f"{self.journey.pk}-{who}-{run}", stage=stage, resolved=resolved,
        )  # fmt: skip
        taken = record_interactions([told], ask=True, now=now)[0].interaction
        if taken.run and (stage == "apply" or resolved):
            self.due.add((self.people[who].pk, stage, str(taken.run.public_id)))

    @rule(who=PEOPLE, name=st.sampled_from(["spring", "summer"]))
    def ask_a_list(self, who: int, name: str) -> None:
        ask_list(ListIn(self.bond, (self.people[who].external_id,), name=name), timezone.now())
        self.due.add((self.people[who].pk, "bond", name))

    @rule()
    def claim(self) -> None:
        self.claims += moves.claim(5, "worker", 600)[0]

    @precondition(lambda self: self.claims)
    @rule(pick=st.integers(0, 9), ends=st.sampled_from(["250", "5xx", "4xx", "time-out", "dies"]))
    def send(self, pick: int, ends: str) -> None:
        held = self.claims.pop(pick % len(self.claims))
        if not take(held):
            return
        allowed = self._allowed(held.id)
        if not mark(held):
            return
        assert allowed is True  # nothing leaves that the customer, the link or a flag forbids
        if ends in ("250", "time-out"):
            self.accepted[held.id] += 1
        if ends != "dies":
            outcomes = {"250": State.SENT, "5xx": State.FAILED, "4xx": State.QUEUED, "time-out": State.UNKNOWN}
            record(held, Outcome(outcomes[ends], ends, wait=0.0 if ends == "4xx" else None))
        if ends == "5xx":
            end_unsent(list(Delivery.objects.filter(pk=held.id).values_list("invitation_id", flat=True)), FAILED)

    @rule()
    def workers_die(self) -> None:
        self.claims.clear()
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=self.started - DAY)
        reconcile_deliveries(timezone.now())

    @rule(pick=st.integers(0, 99), told=RECEIPTS)
    def receipt(self, pick: int, told: DeliveryState) -> None:
        row = self._any(Delivery.objects.filter(attempts__gt=0), pick)
        if row and told == State.BOUNCED:
            hard_bounce(row, "server", timezone.now())
        elif row:
            move_by_evidence(row.pk, told, "receipt")

    @rule(who=PEOPLE, wish=st.sampled_from(["stop", "start", "pause", "go on", "no stages", "all", "flag", "lift"]))
    def wish(self, who: int, wish: str) -> None:
        person, now = Customer.objects.get(pk=self.people[who].pk), timezone.now()
        kinds = {f"{channel}:touchpoint": wish == "all" for channel in Channel}
        verbs: dict[str, Any] = {
            "stop": lambda: opt_out(person, list(Channel), "STOP", now),
            "start": lambda: resume(person, list(Channel), Basis.of("START", now), now),
            "pause": lambda: save_preferences(person, Wishes(paused=True), now),
            "go on": lambda: save_preferences(person, Wishes(paused=False), now),
            "no stages": lambda: save_preferences(person, Wishes(kinds=kinds), now),
            "all": lambda: save_preferences(person, Wishes(kinds=kinds), now),
            "flag": lambda: flag_never_ask(person, "vulnerable", "test", now),
            "lift": lambda: [lift_never_ask(each, now) for each in NeverAsk.objects.filter(customer=person)],
        }
        verbs[wish]()

    @rule(pick=st.integers(0, 99))
    def answer(self, pick: int) -> None:
        has_it = Invitation.objects.filter(deliveries__in=self.accepted, state__in=INVITATION_MAY_ANSWER)
        row = self._any(has_it.distinct(), pick)
        if row:
            Invitation.objects.filter(pk=row.pk).update(state=InvitationState.ANSWERED, answered_at=timezone.now())
            settle_messages(row.pk)

    @rule(days=st.sampled_from([1, 2, 15]))
    def time_goes_by(self, days: int) -> None:
        later = timezone.now() + days * DAY
        decide_delayed(later)
        plan_reminders(later)
        Delivery.objects.filter(state__in=("planned", "queued")).update(next_at=self.started)

    @rule(pick=st.integers(0, 99), what=st.sampled_from(["withdraw", "run out", "try again"]))
    def operator(self, pick: int, what: str) -> None:
        row = self._any(Invitation.objects.all(), pick)
        if row and what == "withdraw":
            cancel_open([row.pk], Reason.WITHDRAWN)
        elif row and what == "run out":
            past = self.started - DAY
            Invitation.objects.filter(pk=row.pk).update(due_at=past - DAY, expires_at=past)
            expire_invitations(timezone.now())
        elif row:
            retry_failed(list(row.deliveries.values_list("pk", flat=True)), "test", timezone.now())

    @invariant()
    def no_message_is_accepted_twice(self) -> None:
        assert [pk for pk, count in self.accepted.items() if count > 1] == []

    @invariant()
    def every_due_ask_stands_once_in_the_ledger(self) -> None:
        people = {each.pk for each in self.people}
        rows = AskDecision.objects.filter(customer__in=people).values_list("customer_id", "occasion", "outcome")
        told = {(customer_id, *self._place(occasion)) for customer_id, occasion, _outcome in rows}
        assert (told, len(rows)) == (self.due, len(self.due))
        assert {outcome for _customer, _occasion, outcome in rows} - {*Reason.values, "planned"} == set()

    @invariant()
    def moves_are_legal_and_without_gaps(self) -> None:
        last: dict[int, str] = {}
        tried: set[int] = set()
        events = DeliveryEvent.objects.order_by("pk").values_list("delivery", "from_state", "to_state", "cause")
        for delivery, was, to, cause in events:
            spared = was == State.QUEUED and to in SPARED and delivery in tried
            asked_for = (was, to) == (State.FAILED, State.QUEUED) and cause.startswith(AGAIN)
            assert was in ARROWS[to] or to == was or spared or asked_for
            assert last.get(delivery, was) == was
            last[delivery] = to
            tried |= {delivery} if to == State.SENDING else set()
        states = dict(Delivery.objects.filter(pk__in=last).values_list("pk", "state"))
        assert states == last

    @invariant()
    def nothing_waits_for_who_has_answered(self) -> None:
        waiting = Delivery.objects.filter(invitation__state=InvitationState.ANSWERED, state__in=("planned", "queued"))
        assert waiting.count() == 0

    @invariant()
    def ledger_and_invitations_agree(self) -> None:
        planned = AskDecision.objects.filter(outcome="planned")
        assert planned.filter(invitation__isnull=True).count() == 0
        never_left = planned.exclude(invitation__state__in=INVITATION_OPEN)
        in_doubt = (State.UNKNOWN, State.SENDING)
        astray = never_left.exclude(invitation__deliveries__state__in=in_doubt)
        assert list(astray.values_list("invitation__state", flat=True)) == []

    def settle_all(self) -> None:
        """However it went, in the end each ask was sent or has one reason."""
        self.workers_die()
        later = timezone.now() + 2 * DAY
        reconcile_deliveries(later)
        for row in Delivery.objects.filter(state=State.UNKNOWN):
            move_by_evidence(row.pk, State.SENT, "proven")
        decide_delayed(later + 400 * DAY)
        Invitation.objects.filter(state__in=INVITATION_OPEN).update(
            due_at=self.started - 2 * DAY, expires_at=self.started - DAY
        )
        expire_invitations(later)
        open_still = set(AskDecision.objects.values_list("outcome", flat=True)) - {*Reason.values}
        assert open_still == set()
        assert AskDecision.objects.filter(outcome="delayed").count() == 0
        sent = AskDecision.objects.filter(outcome="sent").values_list("invitation_id", flat=True)
        left = Delivery.objects.filter(pk__in=self.accepted).values_list("invitation_id", flat=True)
        assert set(left) <= set(sent) | self._withdrawn_on_the_way()

    def _withdrawn_on_the_way(self) -> set[int]:
        """Asks closed while their message was leaving: the ledger keeps the reason of the closing."""
        rows = AskDecision.objects.exclude(outcome="sent").filter(invitation__isnull=False)
        return set(rows.values_list("invitation_id", flat=True)) | set(
            Invitation.objects.filter(decision__isnull=True).values_list("pk", flat=True)
        )

    def _place(self, occasion: str) -> tuple[str, str]:
        kind, _colon, rest = occasion.partition(":")
        if kind == "list":
            return "bond", rest
        run, _colon, stage = rest.partition(":")
        return stage, run

    def _allowed(self, delivery: int) -> bool:
        row = Delivery.objects.select_related("invitation__customer", "invitation__survey").get(pk=delivery)
        person, now = row.invitation.customer, timezone.now()
        flagged = any(each.until is None or each.until > now for each in person.never_ask.all())
        paused = person.paused_until is not None and person.paused_until > now
        refused = f"{row.channel}:{row.invitation.survey.kind}" in person.refuses
        open_still = row.invitation.state in INVITATION_OPEN and row.invitation.expires_at > now
        return person.consent_email and open_still and not (flagged or paused or refused)

    @staticmethod
    def _any(rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None


@pytest.mark.slow
def test_any_life_of_an_ask() -> None:
    run_state_machine_as_test(
        AskLife,
        settings=settings(
            max_examples=sized(50, 500),
            stateful_step_count=sized(30, 50),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
