"""What the analysis finds in a planted or empty world, family by family: for proofs of power and of false alarms."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from feedback.insights import before_after as change
from feedback.insights import trends
from feedback.insights.arrays import Floats
from feedback.insights.commercial import CommercialLink, commercial_link
from feedback.insights.comparison import Gap, family_p, paired_gap
from feedback.insights.comparison import with_family as gap_family
from feedback.insights.drivers import Driver, Predictor
from feedback.insights.explain import Explanation, explained, wait_predictor
from feedback.insights.page import LOOKS_A_YEAR, PageTest, standing
from feedback.insights.theme_effects import ThemeEffect, theme_effects
from feedback.insights.theme_effects import with_family as theme_family
from feedback.insights.versions import PAGE_PERMUTATIONS, PERMUTATIONS
from feedback.worlds.journeys import Journeys
from feedback.worlds.plans import SEGMENTS, WEEKS

CHANGE_DAY, DATA_END = 26 * 7.0, 366.0 + 30
THEMES = ("no_news", "friendly")


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
    """Service, waits against one day, steps against the needed ones, switches, repeats, kinds of runs that differ."""
    s = j.stages.shape[1]
    waits = [wait_predictor(f"wait:s{k + 1}->s{k + 2}", j.waits[:, k], reference=1.0) for k in range(s - 1)]
    kinds = [("proactive", j.proactive.astype(np.float64)), ("paperless", j.paperless.astype(np.float64))]
    return [
        Predictor("service", j.seen_service(), service=True, by_design=True),
        *waits,
        Predictor("steps", j.steps.astype(np.float64), block="steps", reference=float(s)),
        Predictor("switches", j.switches.astype(np.float64), block="steps", reference=0.0),
        Predictor("repeats", j.repeats.astype(np.float64), block="repeats", reference=0.0),
        *(Predictor(kind, flags, block=kind) for kind, flags in kinds if len(np.unique(flags)) > 1),
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
    return _weekly(j, list(j.seen_stages().T))


def _weekly(j: Journeys, columns: Sequence[Floats]) -> list[tuple[Floats, Floats, list[int]]]:
    labels = np.char.zfill(np.minimum(j.weeks(), WEEKS - 1).astype(str), 2).tolist()
    found = []
    for column in columns:
        data = trends.series(column, labels)
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


def themes(world: Sequence[Journeys]) -> list[ThemeEffect]:
    """What every theme goes with in every journey, one family; codes as `A no_news`."""
    rows: list[ThemeEffect] = []
    for j in world:
        said = [(name, flags.astype(np.float64)) for name, flags in zip(THEMES, (j.no_news, j.friendly), strict=True)]
        found = theme_effects(j.seen_experience(), said, j.customer)
        rows += [replace(effect, code=f"{j.plan.code} {effect.code}") for effect in found]
    return theme_family(rows)


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
    "themes": lambda world: any(effect.finding for effect in themes(world)),
    "segments": lambda world: any(gap.finding for gap in segment_gaps(world)),
    "commercial": lambda world: any(link.finding for link in commerce(world).links),
}


LOOK_DAYS = tuple(30.5 * month for month in range(1, LOOKS_A_YEAR + 1))


def page_tests(
    world: Sequence[Journeys], day: float = DATA_END, permutations: int = PAGE_PERMUTATIONS
) -> dict[str, list[PageTest]]:
    """The tests of every journey's page at a look on a day, as the product collects them; the gaps are one family.

    The gate of a test is that its own family finds it: q < .05 there and an effect that counts.
    """
    return {
        j.plan.code: [
            PageTest("gap", "", family_p(gap), gap.finding),
            *_segment_tests(j),
            *_driver_tests(j),
            *_change_tests(j, day),
            *_trend_tests(j, permutations),
            *(PageTest("themes", e.code, e.p, e.finding) for e in themes([j])),
            *(PageTest("commercial", link.code, link.p, link.finding) for link in commerce([j]).links),
        ]
        for j, gap in zip(world, gaps(world), strict=True)
    }


def _segment_tests(j: Journeys) -> list[PageTest]:
    found = zip(SEGMENTS, segment_gaps([j]), strict=True)
    return [PageTest("segments", name, family_p(gap), gap.finding) for name, gap in found]


def _driver_tests(j: Journeys) -> list[PageTest]:
    items = drivers(j).records.items
    return [PageTest("drivers", item.code, _both(item), item.finding) for item in items if item.code != "service"]


def _trend_tests(j: Journeys, permutations: int) -> list[PageTest]:
    """Every stage, service and experience."""
    rows = _weekly(j, [*j.seen_stages().T, j.seen_service(), j.seen_experience()])
    points = trends.with_family([trends.change_point(means, n, 1, permutations) for means, n, _ in rows])
    return [PageTest("change_points", str(place), p.p, p.finding) for place, p in enumerate(points) if p]


def _change_tests(j: Journeys, day: float) -> list[PageTest]:
    if day <= CHANGE_DAY:
        return []
    return [
        PageTest("before_after", measure, change.judged_change(result).p, result.finding and result.two_way)
        for measure, result in zip(("experience", "service"), _both_changes(j, day), strict=True)
    ]


def _both_changes(j: Journeys, day: float) -> list[change.BeforeAfter]:
    """Experience and service of one improvement: one family, as on its page."""
    return change.with_family([changes([j], service, day)[0] for service in (False, True)])


def _both(item: Driver) -> float | None:
    known = [p for p in (item.p, item.adjusted.p if item.adjusted else None) if p is not None]
    return max(known) if known else None


def page_findings(
    world: Sequence[Journeys], looks: Sequence[float] = LOOK_DAYS, permutations: int = PAGE_PERMUTATIONS
) -> dict[str, set[str]]:
    """The families that stood on each journey's page at any look, one after each closed month."""
    found: dict[str, set[str]] = {j.plan.code: set() for j in world}
    for day in looks:
        seen = [part for part in (j.until(day) for j in world) if len(part.customer)]
        for code, tests in page_tests(seen, day, permutations).items():
            found[code] |= {test.family for test in standing(tests)}
    return found
