"""Who is taken for a machine, and that nobody is who has chosen something on the page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.guard.doubts import Hit, Sent, doubts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE_CLICK = Sent(chosen_by_link_only=True, on_page=timedelta(seconds=5))


def at(seconds: float, given: str = "q:9", **fields: Any) -> Hit:
    return Hit(NOON + timedelta(seconds=seconds), given, **fields)


def test_one_click_and_the_button_is_a_person():
    assert doubts(ONE_CLICK, [at(60)], NOON) == ()


@pytest.mark.parametrize(
    ("sent", "hits", "reasons"),
    [
        (Sent(True, timedelta(seconds=1.9)), [], ["too_fast"]),
        (Sent(True, timedelta(seconds=2)), [], []),
        (Sent(True, None, pressed=False), [], ["not_pressed"]),
        (ONE_CLICK, [at(9.9)], ["first_hit"]),
        (ONE_CLICK, [at(10)], []),
        (ONE_CLICK, [at(60), at(9)], ["first_hit"]),
        (ONE_CLICK, [at(60, "trap", trap=True)], ["trap_link"]),
        (ONE_CLICK, [at(60, "q:1"), at(70, "q:2")], ["many_scores"]),
        (ONE_CLICK, [at(60, "q:1"), at(70.1, "q:2")], []),
        (ONE_CLICK, [at(60, "q:1"), at(61, "q:1")], []),
        (ONE_CLICK, [at(60, address=b"a"), at(61, address=b"b")], ["many_addresses"]),
        (ONE_CLICK, [at(60, address=b"a"), at(61.1, address=b"b")], []),
        (Sent(False, trap_filled=True), [], ["trap_field"]),
    ],
)
def test_doubt_has_its_reason(sent: Sent, hits: list[Hit], reasons: list[str]):
    assert list(doubts(sent, hits, NOON)) == reasons


hits = st.lists(
    st.builds(
        Hit,
        st.datetimes(datetime(2026, 3, 2), datetime(2026, 3, 3), timezones=st.just(UTC)),
        st.sampled_from(["q:1", "q:2", "trap"]),
        st.sampled_from([b"a", b"b"]),
        st.booleans(),
    ),
    max_size=8,
)


@given(hits, st.booleans(), st.timedeltas(timedelta(), timedelta(days=1)))
def test_whoever_chose_something_on_the_page_is_never_doubted(found: list[Hit], pressed: bool, on_page: timedelta):
    assert doubts(Sent(False, on_page, pressed), found, NOON) == ()


@given(hits)
def test_order_of_hits_does_not_matter(found: list[Hit]):
    assert doubts(ONE_CLICK, found, NOON) == doubts(ONE_CLICK, sorted(found, key=lambda hit: hit.at), NOON)
