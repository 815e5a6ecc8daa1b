"""Sentences about contacts: numbers with interval and n, directions, and nothing where nothing is known."""

from typing import Any

import pytest

from feedback.dashboards.words_contacts import fcr_sentence, order_sentence, rows_url, trap_sentence
from feedback.insights.shares import wilson
from feedback.insights.trap import TrapFinding

NOTHING = {"share": None, "lo": None, "hi": None, "k": 0, "n": 0}
ROW = {
    "contacts": 700,
    "ratio_aht": 0.8,
    "ratio_aht_lo": 0.78,
    "ratio_aht_hi": 0.82,
    "ratio_tht": 1.16,
    "ratio_tht_lo": 1.1,
    "ratio_tht_hi": 1.22,
}


def share(k: int, n: int) -> dict[str, Any]:
    found = wilson(k, n)
    return {"share": found.share, "lo": found.lo, "hi": found.hi, "k": k, "n": n}


def test_trap_sentence_has_every_number_with_its_interval() -> None:
    finding = TrapFinding("trap", "ag07", -0.2, 0.16, 8.6, 11.0, wilson(350, 700), wilson(1500, 10_000))
    assert trap_sentence("agent", finding, ROW) == (
        "Agent ag07 looks 20.0 % (18.0 to 22.0) faster per call (8.6 v 11.0 min, 700 contacts) but customers who start "
        "with ag07 need 16.0 % (10.0 to 22.0) more handling until solved, because 50.0 % (46.3 %–53.7 %) call again "
        "within 7 days (others 15.0 % (14.3 %–15.7 %))."
    )


def test_mirror_sentence_tells_what_an_issue_takes() -> None:
    finding = TrapFinding("slower_but_solves", "Y", 0.1, 0.0, 10.0, 9.0, wilson(20, 400), wilson(1500, 10_000))
    row = ROW | {"ratio_aht": 1.1, "ratio_aht_lo": 1.05, "ratio_aht_hi": 1.15, "ratio_tht": 0.99}
    row |= {"ratio_tht_lo": 0.97, "ratio_tht_hi": 1.01}
    assert trap_sentence("team", finding, row) == (
        "Team Y takes 10.0 % (5.0 to 15.0) longer per call (10.0 v 9.0 min, 700 contacts), but only 5.0 % "
        "(3.3 %–7.6 %) call again within 7 days (others 15.0 % (14.3 %–15.7 %)): until solved an issue takes −1.0 % "
        "(−3.0 to +1.0) against the others."
    )


def test_resolution_sentence_of_the_method() -> None:
    value = {"measured": share(838, 1000), "logged": share(970, 1000), "reported": NOTHING, "within_days": 7}
    assert fcr_sentence(value) == (
        "Agents log 97.0 % (95.7 %–97.9 %, n 1000) solved at first contact. Customers called again in 16.2 % "
        "(14.0 %–18.6 %) of cases within 7 days: measured first-contact resolution is 83.8 % (81.4 %–86.0 %, n 1000)."
    )


def test_resolution_sentence_without_contacts_is_empty() -> None:
    assert fcr_sentence({"measured": NOTHING, "logged": NOTHING, "reported": NOTHING, "within_days": 7}) == ""


@pytest.mark.parametrize(("fast", "words"), [(9.0, "Team X looks faster per call"), (11.0, "")])
def test_order_sentence_only_where_the_fastest_call_is_not_the_cheapest_issue(fast: float, words: str) -> None:
    team = {"state": "shown", "contacts_per_issue": 1.0, "issues": 5}
    teams = [{**team, "team": "Y", "aht": 10.0, "tht": 10.0}, {**team, "team": "X", "aht": fast, "tht": 18.0}]
    sentence = order_sentence({"teams": teams})
    assert sentence[: len(words)] == words
    assert bool(sentence) == bool(words)


def test_rows_url_escapes_names() -> None:
    assert rows_url("agent", "O'Neil & co") == "/admin/surveys/interaction/?agent__exact=O%27Neil+%26+co"
