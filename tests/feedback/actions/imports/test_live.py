"""A table that tells what customers have answered by their links counts nothing twice: merged, or refused in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from feedback.actions.imports.live import About
from feedback.actions.store_answers import ResponseIn, store_each
from feedback.models import Response
from surveys.models import Customer, Interaction, JourneyRun, Survey
from surveys.question_kinds import RawValue
from tests.factories import InvitationFactory
from tests.feedback.actions.imports.conftest import everything
from tests.feedback.actions.imports.test_answers_wide import document
from tests.feedback.actions.imports.test_run_import import CUSTOMERS, INTERACTIONS, RUNS

AT = datetime(2026, 3, 12, 9, tzinfo=UTC)
DAY = AT.date()
HEAD = "customer,journey,run,interaction,survey,question,value,answered_at\n"
REASON = "The customer has answered this himself, by his link: that answer is kept."


@pytest.fixture
def past(load: Any) -> None:
    load("customers", CUSTOMERS)
    load("interactions", INTERACTIONS)
    load("runs", RUNS)


def answered_live(code: str, values: dict[str, float], **place: Any) -> Response:
    version = Survey.objects.get(code=code).versions.get()
    customer = Customer.objects.get(external_id=place.pop("customer", "C1"))
    invitation = InvitationFactory(version=version, customer=customer, state="answered", answered_at=AT, **place)
    item = ResponseIn(
        occasion_key=f"invitation:{invitation.public_id}", version=version, answered_at=AT, customer=customer,
        values={name: RawValue(number=float(value)) for name, value in values.items()}, invitation=invitation, **place,
    )  # fmt: skip
    return store_each([item])[0].response


def run(name: str = "R1") -> JourneyRun:
    return JourneyRun.objects.get(external_id=name)


def test_same_answers_about_the_same_run_are_merged(load: Any, past: None) -> None:
    answered_live("e2e", {"overall": 4, "nps": 9}, run=run())
    before = everything()
    text = HEAD + "C1,account,R1,,e2e,overall,4,2026-03-12T10:00:00Z\nC1,account,R1,,e2e,nps,9,2026-03-12T10:00:00Z\n"
    report = load("answers", text)
    assert (report.created, report.refused, report.total) == (0, 0, 2)
    assert everything() == before


def test_other_answers_about_the_same_run_are_refused_and_the_live_one_is_kept(load: Any, past: None) -> None:
    live = answered_live("e2e", {"overall": 4}, run=run())
    report = load("answers", HEAD + "C1,account,R1,,e2e,overall,2,2026-03-12T10:00:00Z\n")
    assert [(each.number, each.column, each.reason) for each in report.refusals] == [(2, "value", REASON)]
    assert list(Response.objects.all()) == [live]


@pytest.mark.parametrize(("contact", "refused"), [("I2", 1), ("", 1), ("I1", 0)])
def test_another_contact_of_the_run_is_another_occasion(load: Any, past: None, contact: str, refused: int) -> None:
    asked = Interaction.objects.get(reference="I2")
    Interaction.objects.filter(reference="I1").update(stage=asked.stage)
    answered_live("docs", {"rating": 5}, run=run(), interaction=asked)
    report = load("answers", HEAD + f"C1,account,R1,{contact},docs,rating,1,2026-03-12T10:00:00Z\n")
    assert (report.refused, report.created) == (refused, 1 - refused)


def test_bond_is_one_occasion_a_day(load: Any, past: None) -> None:
    answered_live("bond", {"nps": 9})
    rows = ("C1,,,,bond,nps,3,2026-03-12T20:00:00Z", "C1,,,,bond,nps,3,2026-05-12T20:00:00Z")
    assert [load("answers", HEAD + row + "\n").refused for row in rows] == [1, 0]


def test_wide_row_of_a_run_that_was_answered_live_is_refused_as_a_whole(load: Any, mapping: Any, past: None) -> None:
    answered_live("e2e", {"overall": 4}, run=run())
    text = "ID,RUN,DAY,LANG,W,DOCS,ALL,NPS,P1,P2\nC1,R1,13,1,1,,5,,,\nC2,R8,13,1,1,,5,,,\n"
    report = load("answers", text, mapping=mapping(**document(run="RUN")))
    assert [(each.number, each.column, each.reason) for each in report.refusals] == [(2, "RUN", REASON)]
    assert sorted(Response.objects.values_list("run__external_id", flat=True)) == ["R1", "R8"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("R1", "", "C1"), ("R1", "I1", "C1"), True),
        (("R1", "I1", "C1"), ("R1", "I2", "C1"), False),
        (("R1", "", "C1"), ("R2", "", "C1"), False),
        (("R1", "", "C1"), ("", "", "C1"), False),
        (("", "I1", "C1"), ("", "I1", "C1"), True),
        (("", "I1", "C1"), ("", "", "C1"), False),
        (("", "", "C1"), ("", "", "C2"), False),
    ],
)
def test_about_the_same(one: tuple[str, str, str], other: tuple[str, str, str], same: bool) -> None:
    assert About(1, 1, *one, DAY).is_same(About(1, 1, *other, DAY)) is same
    assert About(1, 1, *other, DAY).is_same(About(1, 1, *one, DAY)) is same
