"""The bars of the explanation: they add up to the whole width, and intervals stay inside the picture."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.dashboards.charts_explain import dose_bars, share_bars

Value = dict[str, Any]


def drivers(*shares: float) -> Value:
    blocks = [{"block": f"b{n}", "label": f"B{n}", "share": x, "lo": x / 2, "hi": x * 2} for n, x in enumerate(shares)]
    return {"blocks": blocks, "items": [], "dose": []}


def number(text: str) -> float:
    return float(text.removesuffix("%"))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8))
def test_share_bars_each_begins_where_the_last_ended_and_all_fill_the_width(parts: list[float]) -> None:
    bars = share_bars(drivers(*(part / sum(parts) for part in parts)))
    end = 0.0
    for bar in bars:
        assert number(bar.x) == pytest.approx(end, abs=0.05)
        end = number(bar.x) + number(bar.width)
        assert bar.lo is not None
        assert bar.span is not None
        assert 0 <= number(bar.lo) <= number(bar.lo) + number(bar.span) <= 100.01
    assert end == pytest.approx(100, abs=0.05)


def test_share_bars_largest_first_with_words_for_readers_of_screens() -> None:
    first, second = share_bars(drivers(0.25, 0.75))
    assert (first.label, first.share, first.x, first.width) == ("B1", "75.0", "0.00%", "75.00%")
    assert (second.label, second.x) == ("B0", "75.00%")
    assert first.text == "B1: 75.0 % of what is explained, 95 % interval 37.5 to 150.0"


def test_share_bars_line_names_slope_interval_and_owner() -> None:
    item = {"code": "steps", "label": "Steps", "kind": "steps", "group": "records", "block": "b0", "owner": None}
    value = drivers(1.0) | {"items": [{**item, "slope": -4.04, "lo": -5.4, "hi": -2.71}]}
    assert share_bars(value)[0].lines == ("Steps: −4.0 points per step (−5.4 to −2.7). Owner: nobody",)


def test_dose_bars_leave_hidden_quarters_out() -> None:
    shown = {"low": 0.0, "high": 2.5, "n": 40, "score": 60.0, "lo": 55.0, "hi": 65.0}
    hidden = {"low": 2.6, "high": 9.0, "n": None, "score": None, "lo": None, "hi": None}
    bars = dose_bars({"dose": [shown, hidden]})
    assert [(bar.label, bar.score, bar.x, bar.lo, bar.span) for bar in bars] == [
        ("0.0 to 2.5", "60.0", "60.00%", "55.00%", "10.00%")
    ]
    assert bars[0].text == "0.0 to 2.5: experience 60.0 (55.0 to 65.0), n 40"
