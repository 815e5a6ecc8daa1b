"""The oracle finds each planted fault, and nothing where there is none."""

from dataclasses import replace

import pytest

from tests.chaos.oracle import Accepted, Histories, Move, Row, judge, line

SENT = (Move("queued", "claimed", 1), Move("claimed", "sending", 1), Move("sending", "sent", 1))
UNKNOWN = (*SENT[:2], Move("sending", "unknown", 1))
FAILED = (*SENT[:2], Move("sending", "failed", 1))
CLEAN = Histories(
    rows=[Row("a", "sent", SENT), Row("b", "unknown", UNKNOWN), Row("c", "failed", FAILED)],
    accepted=[Accepted("a", 10.0), Accepted("b", 11.0)],
    window_kills=1,
    asked=["key"],
    found={"key": 1},
)


def test_judge_clean_histories_nothing_found() -> None:
    verdict = judge(CLEAN)
    assert (verdict.ok, verdict.trouble(), verdict.unknown, verdict.expected) == (True, {}, 1, 1)


@pytest.mark.parametrize("state", ["planned", "queued", "claimed", "sending"])
def test_judge_row_without_an_end_lost(state: str) -> None:
    assert judge(replace(CLEAN, rows=[*CLEAN.rows, Row("d", state, ())])).lost == ("d",)


def test_judge_acknowledged_event_nowhere_lost() -> None:
    assert judge(replace(CLEAN, found={})).lost == ("key",)


def test_judge_sent_but_never_accepted_ghost() -> None:
    assert judge(replace(CLEAN, accepted=CLEAN.accepted[1:])).trouble() == {"ghosts": ["a"]}


def test_judge_accepted_twice_doubled() -> None:
    assert judge(replace(CLEAN, accepted=[*CLEAN.accepted, Accepted("a", 12.0)])).trouble() == {"doubled": ["a"]}


def test_judge_acknowledged_event_there_twice_doubled() -> None:
    assert judge(replace(CLEAN, found={"key": 2})).trouble() == {"doubled": ["key"]}


def test_judge_failed_but_accepted_false_fail() -> None:
    found = judge(replace(CLEAN, accepted=[*CLEAN.accepted, Accepted("c", 12.0)])).trouble()
    assert found == {"false_fails": ["c"], "unrecorded": ["c"]}


@pytest.mark.parametrize(("kills", "injected"), [(0, 0), (2, 0), (1, 1)])
def test_judge_unknown_not_as_many_as_explained_told(kills: int, injected: int) -> None:
    found = judge(replace(CLEAN, window_kills=kills, injected=injected)).trouble()
    assert found == {"unknown": [f"1 instead of {kills + injected}"]}


def test_judge_unknown_settled_later_still_counted() -> None:
    settled = Row("b", "sent", (*UNKNOWN, Move("unknown", "sent", 1)))
    verdict = judge(replace(CLEAN, rows=[CLEAN.rows[0], settled, CLEAN.rows[2]]))
    assert (verdict.unknown, verdict.ok) == (1, True)


def test_judge_accepted_without_a_row_unrecorded() -> None:
    assert judge(replace(CLEAN, accepted=[*CLEAN.accepted, Accepted("x", 12.0)])).trouble() == {"unrecorded": ["x"]}


@pytest.mark.parametrize(("since", "found"), [(9.0, {"strays": ["a"]}), (10.0, {}), (20.0, {})])
def test_judge_accepted_after_it_was_forbidden_stray(since: float, found: dict[str, list[str]]) -> None:
    assert judge(replace(CLEAN, forbidden={"a": since})).trouble() == found


@pytest.mark.parametrize(
    "moves",
    [
        (),  # an end without a way to it
        SENT[:2],  # the way ends elsewhere
        (SENT[0], SENT[2]),  # a gap
        (SENT[0], Move("claimed", "sent", 1)),  # no such arrow
        (*SENT[:2], Move("sending", "queued", 1), Move("queued", "claimed", 1), *SENT[1:]),  # twice within one claim
        SENT[1:],  # begins in the middle
    ],
)
def test_judge_events_no_legal_path_told(moves: tuple[Move, ...]) -> None:
    rows = [Row("a", "sent", moves), *CLEAN.rows[1:]]
    assert judge(replace(CLEAN, rows=rows)).trouble() == {"illegal": ["a"]}


def test_judge_second_claim_after_a_temporary_refusal_legal() -> None:
    again = (*SENT[:2], Move("sending", "queued", 1), *(move._replace(claim_no=2) for move in SENT))
    assert judge(replace(CLEAN, rows=[Row("a", "sent", again), *CLEAN.rows[1:]])).ok


def test_line_numbers_as_the_issue_wants_them() -> None:
    assert line(0, 0, 7, 5, 2) == "lost 0 doubled 0 unknown 7 = 5 window kills + 2 injected"


def test_judge_arrow_of_a_restore_legal_only_where_the_scenario_has_one() -> None:
    restored = Row("b", "unknown", (Move("queued", "unknown", 0),))
    told = replace(CLEAN, rows=[CLEAN.rows[0], restored, CLEAN.rows[2]])
    assert judge(told).trouble() == {"illegal": ["b"]}
    assert judge(replace(told, also=[("queued", "unknown")])).ok
