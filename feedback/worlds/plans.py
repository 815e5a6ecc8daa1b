"""What is planted in each journey: levels, effects, waits, and the null variants without any effect."""

from dataclasses import dataclass, replace

SEGMENTS, SEGMENT_SHARES = ("retail", "business", "silent"), (0.5, 0.3, 0.2)
TOUCHPOINT_RESPONSE, END_RESPONSE = (0.60, 0.70, 0.20), (0.60, 0.70, 0.12)
NULL_RESPONSE = (0.55, 0.55, 0.55)
NULL_PROACTIVE, NULL_PAPERLESS = 0.3, 0.5
NULL_LEVEL, WEEKS, COMPLEX_SHARE = 75.0, 52, 0.4


@dataclass(frozen=True, slots=True)
class Plan:
    """One journey: latent stage means and experience before effects (0-100), effects in points.

    per_day: on days of the wait after stage `slow_after` beyond the first; drop: (stage, week, points); lift: (week,
    points) on the experience; silent: points of the silent segment; complexity: points of a complex run, whose waits
    are 2.5 times as long; shock: SD of weekly shocks. news: whether the theme "no news" follows the slow wait.
    retention: logit per point of experience; spend: log per point. proactive, paperless: shares of runs that the
    company began or that went without paper, neither of any effect; where complex cases are planted they have more of
    the first and less of the second.
    """

    code: str
    name: str
    runs: int
    stages: tuple[float, ...]
    experience: float
    slow_after: int = 2
    slow_median: float = 1.0
    per_day: float = 0.0
    per_step: float = 0.0
    per_switch: float = 0.0
    per_repeat: float = 0.0
    news: bool = False
    drop: tuple[int, int, float] | None = None
    lift: tuple[int, float] | None = None
    silent: float = 0.0
    silent_contact: float = 1.0
    contact: float = 1.0
    touchpoint_response: tuple[float, ...] = TOUCHPOINT_RESPONSE
    end_response: tuple[float, ...] = END_RESPONSE
    complexity: float = 0.0
    shock: float = 0.0
    retention: float = 0.035
    spend: float = 0.006
    proactive: float = 0.0
    paperless: float = 0.0


A = Plan(
    "A", "Open an account", 1500, (92.5, 93.0, 92.5, 93.5, 92.5), 85.5,
    slow_median=6.0, per_day=-3.0, per_step=-4.0, per_switch=-4.0, per_repeat=-6.0, news=True,
)  # fmt: skip
B = Plan("B", "Report a fault", 1200, (84.0,) * 4, 84.0, silent=-30.0, silent_contact=0.05, contact=0.6)
C = Plan("C", "Renew online", 2400, (56.0, 58.0, 60.0, 58.0), 82.0, drop=(1, 30, -6.0))
D = Plan("D", "Complain", 900, (52.0, 54.0, 50.0), 52.0, slow_after=1)
E = Plan("E", "Move house", 1600, (80.0,) * 4, 70.0, lift=(26, 8.0))
PLANS = (A, B, C, D, E)


def null_plan(plan: Plan, shock: float = 0.0, complexity: float = 0.0) -> Plan:
    """The same journey without anything in it: all means 75, equal answer rates; with weekly shocks or a confounder."""
    level = NULL_LEVEL - COMPLEX_SHARE * complexity
    return replace(
        Plan(plan.code, plan.name, plan.runs, (NULL_LEVEL,) * len(plan.stages), level, plan.slow_after),
        touchpoint_response=NULL_RESPONSE,
        end_response=NULL_RESPONSE,
        shock=shock,
        retention=0.0,
        spend=0.0,
        complexity=complexity,
        proactive=NULL_PROACTIVE,
        paperless=NULL_PAPERLESS,
    )
