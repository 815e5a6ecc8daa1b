"""The explanation of whole planted worlds: the planted comes back, the absent is not named (method 4.2)."""

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.worlds.world import empty_of_effects, planted
from tests.factories.worlds import world_rows

pytestmark = pytest.mark.django_db
Value = dict[str, object]


def test_explain_world_a_slow_wait_carries_the_gap() -> None:
    world_rows(planted(1, codes=("A",))[0], comments=True)
    value = build_comparison(Query("a"))
    drivers = value["drivers"]
    items = {item["code"]: item for item in drivers["items"]}
    slow = items["wait:s3->s4"]
    assert drivers["named"][0] == "wait:s3->s4"
    assert slow["share"] >= 0.70
    assert items["service"]["share"] <= 0.15
    assert slow["slope"] == pytest.approx(-3.39, abs=0.6)
    assert slow["owner"] == "Back office"
    assert -24 <= slow["at_stake"]["value"] <= -16
    assert items["steps"]["slope"] == pytest.approx(-3.94, abs=2.8)
    assert items["switches"]["slope"] == pytest.approx(-3.91, abs=3.2)
    assert items["repeats"]["slope"] == pytest.approx(-5.79, abs=5.2)
    assert set(drivers["named"]).isdisjoint({"wait:s1->s2", "wait:s2->s3", "wait:s4->s5"})
    assert sum(block["share"] for block in drivers["blocks"]) == pytest.approx(1.0)
    assert drivers["service_at_least"] is True
    shares = {row["code"]: row["share"] for row in drivers["stage_shares"]["stages"]}
    assert sorted(shares) == ["s1", "s2", "s3", "s4", "s5"]
    assert max(shares.values()) <= 0.10
    owners = drivers["stake"]["by_owner"]
    assert [row["owner"] for row in owners] == ["Back office", None]
    assert sum(row["part"] for row in owners) == pytest.approx(drivers["stake"]["explained"])
    short, long = value["touchpoints"]["gap_by_steps"]["bands"][1:]
    assert short["score"] < long["score"]
    themes = {row["theme"]: row for row in value["text"]["themes"]}
    assert themes["kept_informed"]["difference"]["value"] == pytest.approx(-8.34, abs=6)
    assert (themes["kept_informed"]["finding"], themes["staff_manner"]["finding"]) == (True, False)


def test_explain_null_world_with_confounder_names_nothing() -> None:
    world_rows(empty_of_effects(3, kind="null_confounder")[0])
    value = build_comparison(Query("a"))
    assert value["drivers"]["named"] == []
    assert value["drivers"]["controls"] == ["complexity", "segment", "start_month"]
    assert [finding["kind"] for finding in value["findings"] if finding["kind"] in ("driver", "theme")] == []
    assert value["drivers"]["sentences"][0]["kind"] == "nothing"
