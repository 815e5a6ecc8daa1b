"""What the analysis finds in a planted or empty world, family by family: for proofs of power and of false alarms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from feedback.insights import before_after as change
from feedback.insights import trends
from feedback.insights.arrays import Floats
from feedback.insights.commercial import CommercialLink, commercial_link
from feedback.insights.comparison import FINDING_Q, Gap, paired_gap
from feedback.insights.comparison import with_family as gap_family
from feedback.insights.drivers import Predictor
from feedback.insights.explain import Explanation, explained, wait_predictor
from feedback.insights.intervals import clustered_mean, mean_difference
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.versions import PERMUTATIONS
from feedback.worlds.journeys import Journeys
from feedback.worlds.plans import SEGMENTS, WEEKS

CHANGE_DAY, DATA_END = 26 * 7.0, 366.0 + 30
MIN_EFFECT = 3.0
THEMES = ("no_news", "friendly")


@dataclass(frozen=True, slots=True)
class ThemeEffect:
    """Experience of runs whose comment has a theme, minus that of the others; finding: q < .05 and 3 points."""

    journey: str
    theme: str
    difference: float | None
    q: float | None
    finding: bool


def gaps(world: Sequence[Journeys]) -> list[Gap]:
    """The gap of every journey, one family."""
    return gap_family([paired_gap(j.seen_service(), j.seen_experience(), j.customer) for j in world])


def segment_gaps(world: Sequence[Journeys]) -> list[Gap]:
    """The gap of every journey and segment, one family."""
    found = []
    for j in world:
        for code in range(len(SEGMENTS)):
            inside = j.segment == code
            found.append(paired_gap(j.seen_service()[inside], j.seen_experience()[inside], j.customer[inside]))
    return gap_family(found)


def predictors(j: Journeys) -> list[Predictor]:
    """Service, waits against one day, steps against the needed ones, switches and repeats."""
    s = j.stages.shape[1]
    waits = [wait_predictor(f"wait:s{k + 1}->s{k + 2}", j.waits[:, k], reference=1.0) for k in range(s - 1)]
    return [
        Predictor("service", j.seen_service(), service=True, by_design=True),
        *waits,
        Predictor("steps", j.steps.astype(np.float64), block="steps", reference=float(s)),
        Predictor("switches", j.switches.astype(np.float64), block="steps", reference=0.0),
        Predictor("repeats", j.repeats.astype(np.float64), block="repeats", reference=0.0),
    ]


def controls(j: Journeys) -> Floats:
    """Case mix known for everybody: complexity and segment as dummies, start month."""
    month = np.floor(j.started / 30.5)
    columns = [j.complex_case.astype(np.float64), *((j.segment == code).astype(np.float64) for code in (1, 2))]
    columns += [(month == m).astype(np.float64) for m in range(1, 12)]
    return np.column_stack(columns)


def drivers(j: Journeys, adjusted: bool = True, seed: int | None = None) -> Explanation:
    """The explanation of one journey's experience; adjusted: with the controls beside."""
    extra = controls(j) if adjusted else None
    found = predictors(j)
    return explained(j.seen_experience(), found, (), j.customer, extra, partial_service=True, seed=seed)


def changes(world: Sequence[Journeys], service: bool = False, data_end: float = DATA_END) -> list[change.BeforeAfter]:
    """Experience (or service) before and after week 26 of every journey, one family."""
    found = []
    for j in world:
        values = j.seen_service() if service else j.seen_experience()
        strata = [f"{segment} {case}" for segment, case in zip(j.segments(), j.complex_case, strict=True)]
        runs = change.Runs(values, j.started, j.ended, j.customer, strata)
        found.append(change.before_after(runs, CHANGE_DAY, data_end))
    return change.with_family(found)


def stage_series(j: Journeys) -> list[tuple[Floats, Floats, list[int]]]:
    """Weekly means, numbers of answers and weeks of every stage as answered."""
    seen, found = j.seen_stages(), []
    weeks = np.minimum(j.weeks(), WEEKS - 1)
    for column in seen.T:
        data = trends.series(column, [f"{week:02d}" for week in weeks])
        found.append((np.array(data.means), np.array(data.counts, dtype=np.float64), [int(w) for w in data.periods]))
    return found


def change_points(world: Sequence[Journeys], permutations: int = PERMUTATIONS) -> list[list[trends.ChangePoint | None]]:
    """The change point of every stage's series, by journey; all series are one family. place is the week."""
    found, shape = [], []
    for j in world:
        rows = stage_series(j)
        shape.append(len(rows))
        found += [trends.change_point(means, counts, 1, permutations) for means, counts, _ in rows]
    judged = trends.with_family(found)
    starts = np.cumsum([0, *shape])
    return [judged[a:b] for a, b in pairwise(starts.tolist())]


def theme_effects(world: Sequence[Journeys]) -> list[ThemeEffect]:
    """What every theme goes with in every journey, one family."""
    rows = []
    for j in world:
        e = j.seen_experience()
        for theme, flags in zip(THEMES, (j.no_news, j.friendly), strict=True):
            means = [clustered_mean(np.where(flags == said, e, np.nan), j.customer) for said in (True, False)]
            rows.append((j.plan.code, theme, mean_difference(means[0], means[1])))
    q_values = benjamini_hochberg([difference.p for _, _, difference in rows])
    return [
        ThemeEffect(code, theme, d.value, q, q is not None and q < FINDING_Q and abs(d.value or 0.0) >= MIN_EFFECT)
        for (code, theme, d), q in zip(rows, q_values, strict=True)
    ]


def commerce(world: Sequence[Journeys]) -> CommercialLink:
    """Retention against experience and service, all journeys together, customers of each apart."""
    retained = np.concatenate([j.retained.astype(np.float64) for j in world])
    e, s = (np.concatenate([part(j) for j in world]) for part in (Journeys.seen_experience, Journeys.seen_service))
    customers = np.concatenate([[f"{j.plan.code}{c}" for c in j.customer] for j in world])
    spend = np.concatenate([j.spend for j in world])
    return commercial_link(retained, [("experience", e), ("service", s)], customers, spend=spend)


FAMILIES: dict[str, Callable[[Sequence[Journeys]], bool]] = {
    "gap": lambda world: any(gap.finding for gap in gaps(world)),
    "drivers": lambda world: any(drivers(j).named for j in world),
    "before_after": lambda world: any(result.finding for result in changes(world)),
    "change_points": lambda world: any(p is not None and p.finding for row in change_points(world) for p in row),
    "themes": lambda world: any(effect.finding for effect in theme_effects(world)),
    "segments": lambda world: any(gap.finding for gap in segment_gaps(world)),
    "commercial": lambda world: any(link.finding for link in commerce(world).links),
}


LOOK_DAYS = tuple(30.5 * month for month in range(1, 13))


def page_findings(world: Sequence[Journeys], looks: Sequence[float] = LOOK_DAYS) -> set[str]:
    """The families that found anything on a page looked at after each closed month (every look counts)."""
    found: set[str] = set()
    for day in looks:
        seen = [part for part in (j.until(day) for j in world) if len(part.customer)]
        found |= {name for name, family in FAMILIES.items() if name != "before_after" and family(seen)}
        if day > CHANGE_DAY and any(result.finding for result in changes(seen, data_end=day)):
            found.add("before_after")
    return found
