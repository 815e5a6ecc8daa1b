"""What the contacts of one run add up to."""

from datetime import UTC, datetime, timedelta

from tests.feedback.run_reference import Contact, Visit, run_facts

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def contact(day: float, stage: str = "apply", reason: str = "", channel: str = "phone") -> Contact:
    started = START + timedelta(days=day)
    return Contact(stage, reason, channel, started, started + timedelta(minutes=10), 540.0)


def visit(stage: str, entered: float, left: float, owner: int | None = 1) -> Visit:
    return Visit(stage, owner, START + timedelta(days=entered), START + timedelta(days=left))


def test_run_facts_without_contacts_is_empty() -> None:
    facts = run_facts([], [])
    assert (facts.steps, facts.contacts, facts.switches, facts.waits, facts.handled_seconds) == (0, 0, 0, {}, None)


def test_repeat_same_stage_and_reason_within_seven_days_is_no_step() -> None:
    facts = run_facts([contact(0, reason="status"), contact(6, reason="status"), contact(20, reason="status")], [])
    assert (facts.contacts, facts.repeats, facts.steps) == (3, 1, 2)


def test_repeat_blank_reason_never_counts() -> None:
    assert run_facts([contact(0), contact(1)], []).repeats == 0


def test_repeat_other_stage_is_a_step() -> None:
    assert run_facts([contact(0, "apply", "status"), contact(1, "documents", "status")], []).repeats == 0


def test_switches_count_consecutive_channel_changes_only() -> None:
    channels = ["phone", "web", "web", "phone", ""]
    assert run_facts([contact(day, channel=name) for day, name in enumerate(channels)], []).switches == 2


def test_waits_are_days_from_leaving_to_entering_and_skip_optional_stages() -> None:
    facts = run_facts([], [visit("apply", 0, 0.5), visit("welcome", 3, 3.25)])
    assert facts.waits == {"apply->welcome": 2.5}


def test_waits_passed_twice_are_summed() -> None:
    path = [visit("a", 0, 1), visit("b", 2, 3), visit("a", 4, 5), visit("b", 7, 8)]
    assert run_facts([], path).waits == {"a->b": 3.0, "b->a": 1.0}


def test_waits_negative_are_left_out_and_counted() -> None:
    facts = run_facts([], [visit("a", 0, 2), visit("b", 1, 3)])
    assert (facts.waits, facts.bad_times) == ({}, 1)


def test_departments_are_distinct_owners_and_nobody_is_none() -> None:
    facts = run_facts([], [visit("a", 0, 1, owner=7), visit("b", 2, 3, owner=None), visit("c", 4, 5, owner=7)])
    assert facts.departments == 1


def test_handled_seconds_adds_up_what_is_known() -> None:
    assert run_facts([contact(0), contact(1)], []).handled_seconds == 1080.0
