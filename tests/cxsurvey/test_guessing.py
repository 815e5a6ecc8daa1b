"""Trying out links: no guess opens anything, twenty a minute from one address are answered, links that work always."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.actions.count_dead_link import FROM_ALL, PER_ADDRESS
from feedback.models import HourCount, Response
from tests.factories.answering import GOOD, open_invitation, touchpoint_survey

NOW = datetime(2026, 3, 3, 12, 0, 20, tzinfo=UTC)


@pytest.fixture
def minute(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


def guess() -> str:
    """What a token looks like."""
    return secrets.token_urlsafe(24)


def replies(addresses: list[str], path: str = "/s/") -> list[int]:
    """The statuses that guesses from these network addresses get."""
    return [Client().get(f"{path}{guess()}/", REMOTE_ADDR=each).status_code for each in addresses]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/s/", "/p/", "/o/"])
def test_more_dead_links_than_the_limit_are_refused_until_the_minute_is_over(minute: None, time_machine, path: str):
    assert replies(["192.0.2.1"] * (PER_ADDRESS + 2), path) == [404] * PER_ADDRESS + [429] * 2
    assert replies(["192.0.2.2"], path) == [404]
    time_machine.move_to(NOW.replace(minute=1), tick=False)
    assert replies(["192.0.2.1"], path) == [404]


@pytest.mark.django_db
def test_refusal_says_when_to_come_back_and_carries_what_secret_pages_carry(minute: None, client: Client):
    for _ in range(PER_ADDRESS):
        client.get(f"/s/{guess()}/")
    reply = client.get(f"/s/{guess()}/")
    assert (reply.status_code, reply.headers["Retry-After"], reply.headers["Cache-Control"]) == (429, "40", "no-store")
    assert reply.content.decode().count("<h1>Please wait a minute</h1>") == 1
    assert dict(reply.cookies) == {}


@pytest.mark.django_db
def test_all_addresses_together_have_a_limit_that_refused_ones_do_not_use_up(minute: None):
    replies(["192.0.2.1"] * (PER_ADDRESS + 100))
    others = [f"198.51.{number % 2}.{number // 2}" for number in range(FROM_ALL - PER_ADDRESS + 5)]
    assert replies(others) == [404] * (FROM_ALL - PER_ADDRESS) + [429] * 5


@pytest.mark.django_db
def test_people_behind_the_same_address_go_on_answering(minute: None):
    replies(["192.0.2.1"] * (PER_ADDRESS + 1))
    version = touchpoint_survey()
    tokens = [open_invitation(version)[1] for _ in range(60)]
    answered = [Client().post(f"/s/{each}/", GOOD, REMOTE_ADDR="192.0.2.1").status_code for each in tokens]
    assert (answered, Response.objects.count()) == ([200] * 60, 60)


@pytest.mark.django_db
@pytest.mark.parametrize("behind", [True, False])
def test_forged_forwarding_is_one_address(minute: None, settings, behind: bool):
    settings.BEHIND_PROXY = behind
    said = [f"203.0.113.{number}" + (", 192.0.2.1" if behind else "") for number in range(PER_ADDRESS + 5)]
    found = [Client().get(f"/s/{guess()}/", HTTP_X_FORWARDED_FOR=each).status_code for each in said]
    assert found == [404] * PER_ADDRESS + [429] * 5


@pytest.mark.django_db(transaction=True)
def test_two_hundred_parallel_guesses_are_answered_up_to_the_limit_exactly(minute: None):
    def one(number: int) -> int:
        try:
            return Client().get(f"/s/{guess()}/", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(one, range(200)))
    assert (found.count(404), found.count(429)) == (PER_ADDRESS, 200 - PER_ADDRESS)


@pytest.mark.django_db
def test_thousands_of_guesses_open_nothing_and_cost_no_more_than_two_queries_once_refused(minute: None):
    """A token has 192 random bits: 100,000 guesses among 10 million live links hit one with a chance below 1e-45."""
    open_invitation()
    assert 100_000 * 10_000_000 / 2**192 < 1e-45
    found = replies(["192.0.2.1"] * 2_000)
    assert (found.count(404), found.count(429)) == (PER_ADDRESS, 2_000 - PER_ADDRESS)
    with CaptureQueriesContext(connection) as seen:
        replies(["192.0.2.1"])
    assert len(seen) == 2  # the look-up, and the count that refuses
    assert sorted(HourCount.objects.values_list("number", flat=True)) == [PER_ADDRESS, PER_ADDRESS]
