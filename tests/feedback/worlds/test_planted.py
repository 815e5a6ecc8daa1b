"""The planted truths P1 to P17 on fixed seeds, straight from the arrays, with the tolerances of the method (4.2)."""

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from feedback.insights.comparison import hidden_poor
from feedback.insights.drivers import key_drivers
from feedback.insights.nonresponse import coverage
from feedback.insights.page import standing
from feedback.insights.pairwise import pairwise_shares
from feedback.insights.quadrants import quadrant
from feedback.insights.regression import winsorised
from feedback.insights.resolution import first_contact_resolution
from feedback.insights.run_service import run_scores
from feedback.insights.scores import mean_score
from feedback.insights.trap import handle_time_traps
from feedback.worlds import findings
from feedback.worlds.contacts import FIRST_DAY, contacts
from feedback.worlds.findings import predictors
from feedback.worlds.world import planted

SEED = 11


@cache
def world():
    return {j.plan.code: j for j in planted(SEED)}


@cache
def explanation():
    return findings.drivers(world()["A"], seed=1)


@cache
def gap_by_journey():
    return dict(zip(world(), findings.gaps(list(world().values())), strict=True))


@cache
def calls():
    return contacts(np.random.default_rng(SEED))


@cache
def traps():
    return handle_time_traps(calls().handled(), FIRST_DAY + timedelta(days=189))


def items():
    return {item.code: item for item in explanation().records.items}


def label(j, inside=None):
    keep = np.ones(len(j.customer), dtype=bool) if inside is None else inside
    pairs = keep & np.isfinite(j.seen_service()) & np.isfinite(j.seen_experience())
    s, e = (mean_score(v[keep], j.customer[keep]) for v in (j.seen_service(), j.seen_experience()))
    return quadrant((s.lo, s.hi), (e.lo, e.hi), int(pairs.sum())).label


@pytest.mark.parametrize(
    ("code", "service", "experience"),
    [("A", 91.55, 60.03), ("B", 83.85, 77.61), ("C", 57.38, 81.51), ("D", 52.0, 52.03), ("E", 79.92, 73.97)],
)
def test_planted_levels_are_the_published_ones(code, service, experience):
    j = world()[code]
    assert float(j.stages.mean()) == pytest.approx(service, abs=1.2)
    assert float(j.experience.mean()) == pytest.approx(experience, abs=2.0)


def test_p1_gap_of_a_with_every_stage_over_75():
    gap = gap_by_journey()["A"]
    assert (gap.finding, gap.gap) == (True, pytest.approx(31.5, abs=3.5))
    lowest = [mean_score(column, world()["A"].customer).lo for column in world()["A"].seen_stages().T]
    assert min(lowest) > 75


def test_p2_wait_three_is_the_driver_of_a():
    item = items()["wait:s3->s4"]
    assert (item.finding, item.slope) == (True, pytest.approx(-3.39, abs=0.6))
    assert explanation().named[0] == explanation().strongest == "wait:s3->s4"


def test_p3_shares_of_a_as_observed():
    found = items()
    assert found["wait:s3->s4"].share >= 0.70
    assert found["service"].share <= 0.15
    assert explanation().service_at_least is True
    assert sum(item.share for item in found.values()) == pytest.approx(1.0)


def test_p3b_points_at_stake_of_the_wait():
    assert items()["wait:s3->s4"].at_stake.value == pytest.approx(-20.3, abs=4)


def test_p3c_quadrants():
    w = world()
    before = w["E"].weeks() < 26
    found = [label(w["A"]), label(w["B"], w["B"].segment != 2), label(w["C"]), label(w["D"]), label(w["E"], before)]
    assert found == ["great_poor", "great_great", "poor_great", "poor_poor", "great_poor"]
    assert label(w["E"], ~before) in ("great_great", "borderline")


@pytest.mark.parametrize(
    ("code", "slope", "tolerance"), [("steps", -3.94, 2.8), ("switches", -3.91, 3.2), ("repeats", -5.79, 5.2)]
)
def test_p4_steps_switches_and_repeats(code, slope, tolerance):
    item = items()[code]
    assert item.q < 0.05
    assert item.slope == pytest.approx(slope, abs=tolerance)


def test_p5_nothing_else_is_a_driver():
    assert {"wait:s1->s2", "wait:s2->s3", "wait:s4->s5"} & set(explanation().named) == set()
    assert [findings.drivers(world()[code]).named for code in "BCDE"] == [()] * 4


@pytest.mark.parametrize("code", ["B", "D"])
def test_p6_no_gap_where_none_is(code):
    gap = gap_by_journey()[code]
    assert (gap.finding, abs(gap.gap) < 3) == (False, True)


def test_p7_gap_of_c():
    gap = gap_by_journey()["C"]
    assert (gap.finding, gap.gap) == (True, pytest.approx(-24.1, abs=2))


def test_p8_e_improved_at_week_26_and_nothing_else():
    results = dict(zip(world(), findings.changes(list(world().values())), strict=True))
    assert [code for code, result in results.items() if result.finding] == ["E"]
    improved = results["E"]
    assert (improved.state, improved.placebo_rank) == ("improved", 1)
    assert improved.change.value == pytest.approx(7.91, abs=3.3)
    assert improved.level.level == pytest.approx(7.91, abs=6)
    assert not any(result.finding for result in findings.changes(list(world().values()), service=True))


def test_p9_stage_two_of_c_drops_at_week_30():
    rows = dict(zip(world(), findings.change_points(list(world().values())), strict=True))
    named = [(code, k) for code, row in rows.items() for k, point in enumerate(row) if point.finding]
    point = rows["C"][1]
    assert named == [("C", 1)]
    assert (point.place, point.shift) == (pytest.approx(30, abs=3), pytest.approx(-6, abs=3))
    assert point.first <= point.place <= point.last


def test_p10_silent_customers_of_b():
    j = world()["B"]
    found = coverage(j.seen_experience(), j.segments(), j.customer)
    assert found.silent.name == "silent"
    assert found.silent.score.value == pytest.approx(54.0, abs=8)
    assert found.weighted.value == pytest.approx(77.6, abs=3)
    assert found.unweighted.value - found.weighted.value > 2
    assert found.shift.value == pytest.approx(found.weighted.value - found.unweighted.value)
    assert (found.shift.hi < 0, found.deff) == (True, pytest.approx(1.59, abs=0.25))


def test_p11_agent_seven_is_the_only_trap():
    found = {agent.agent: agent for agent in traps().agents}
    assert [agent for agent, row in found.items() if row.finding == "trap"] == ["ag07"]
    trap = found["ag07"]
    assert trap.per_call.value == pytest.approx(0.794, abs=0.05)
    assert trap.recontact.share == pytest.approx(0.502, abs=0.09)
    assert trap.per_issue.value == pytest.approx(1.163, abs=0.13)
    assert trap.trap_index == pytest.approx(1.466, abs=0.15)
    assert traps().agents[-1].agent == "ag07"


def test_p12_agent_eleven_is_slow_but_solves():
    found = {finding.agent: finding for finding in traps().findings}
    slow = next(agent for agent in traps().agents if agent.agent == "ag11")
    assert found["ag11"].kind == "slower_but_solves"
    assert slow.per_call.value == pytest.approx(1.129, abs=0.06)
    assert slow.recontact.share == pytest.approx(0.05, abs=0.05)
    assert slow.per_issue.value == pytest.approx(0.999, abs=0.08)


def test_p13_three_sources_of_first_contact_resolution():
    c = calls()
    ripe = c.day <= 182 - 7
    keep = c.first & ripe
    found = first_contact_resolution(
        (~c.followed[keep]).astype(float), c.logged[keep].astype(float), c.told[keep], c.issue[keep]
    )
    assert found.measured.share == pytest.approx(0.838, abs=0.02)
    assert found.logged.share == pytest.approx(0.970, abs=0.01)
    assert found.reported.share == pytest.approx(0.861, abs=0.035)
    assert found.agreement.p < 0.05


def test_p14_no_news_goes_with_less_and_friendly_with_nothing():
    found = {effect.code: effect for effect in findings.themes(list(world().values()))}
    news = found["A no_news"]
    assert (news.finding, news.difference.value) == (True, pytest.approx(-8.5, abs=6))
    assert [code for code, effect in found.items() if effect.finding] == ["A no_news"]


def test_p15_retention_goes_with_experience_only():
    link = findings.commerce(list(world().values()))
    experience, service = link.links
    assert (experience.finding, experience.effect.value) == (True, pytest.approx(0.0777, abs=0.02))
    assert (service.finding, service.effect.lo < 0 < service.effect.hi) == (False, True)
    assert link.spend_per_10.value == pytest.approx(6.2, abs=2)
    assert link.warnings == ()


def test_p16_hidden_poor_of_a():
    j = world()["A"]
    observed = hidden_poor(run_scores(j.seen_stages()).lowest, j.seen_experience(), clusters=j.customer)
    assert observed.share == pytest.approx(0.186, abs=0.06)


def test_p17_stage_shares_from_pairs():
    j = world()["A"]
    rest = np.column_stack([winsorised(p.values) for p in predictors(j)[1:]])
    whole = pairwise_shares(j.experience, np.column_stack([j.stages, rest]))
    pairs = pairwise_shares(j.seen_experience(), np.column_stack([j.seen_stages(), rest]))
    assert pairs.fewest >= 40 or pairs.shares == ()
    if pairs.shares:
        assert list(pairs.shares) == pytest.approx(list(whole.shares), abs=0.10)
    assert int(np.argmax(whole.shares)) == 5 + 2


def test_complete_data_shares_are_the_published_ones():
    j = planted(SEED, 4, "A")[0]
    found = predictors(j)
    columns = [found[0].__class__("service", j.stages.mean(axis=1), service=True), *found[1:]]
    shares = {item.code: item.share for item in key_drivers(j.experience, columns).items}
    published = {"service": 0.0813, "wait:s3->s4": 0.8033, "steps": 0.0462, "switches": 0.0362, "repeats": 0.033}
    assert {code: shares[code] for code in published} == pytest.approx(published, abs=0.03)


def test_confounder_is_taken_out_by_the_controls():
    from feedback.worlds.world import empty_of_effects

    j = empty_of_effects(SEED, kind="null_confounder")[2]
    bare, controlled = findings.drivers(j, adjusted=False), findings.drivers(j)
    assert (bool(bare.named), controlled.named) == (True, ())


def test_planted_truths_stand_on_their_pages_and_nothing_else():
    pages = findings.page_tests(list(world().values()))
    stand = {code: {(test.family, test.name) for test in standing(tests)} for code, tests in pages.items()}
    waits = {("drivers", name) for name in ("wait:s3->s4", "steps", "switches", "repeats")}
    assert {key for key in stand["A"] if key[0] == "drivers"} == waits
    assert {("gap", ""), ("themes", "A no_news")} <= stand["A"]
    assert {("gap", ""), ("change_points", "1")} <= stand["C"]
    assert ("before_after", "experience") in stand["E"]
    assert {key for key in stand["D"] if key[0] != "commercial"} == set()
