"""Runs of one planned journey as arrays: everything that happened, and who was asked and answered."""

from dataclasses import dataclass, fields, replace

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.worlds.plans import COMPLEX_SHARE, SEGMENT_SHARES, SEGMENTS, WEEKS, Plan

RUNS_PER_CUSTOMER = 1.4
CUSTOMER_SD, STAGE_SD, EXPERIENCE_SD, LOADING, SERVICE_EFFECT = 6.0, 9.0, 11.0, 0.7, 0.25
WAIT_SIGMA, STAGE_MINUTES = 0.6, 15.0
COMPLEX_MORE = 0.25  # how much likelier a complex case is to be called by the company, and to need paper


@dataclass(frozen=True, slots=True)
class Journeys:
    """Arrays over n runs, s stages, s - 1 transitions: the whole truth. started, ended: days since the first day.

    stages (n, s) and experience (n,): 0-100 on whole points of 0-10. asked (n, s): two random stages of each run;
    answered_touchpoint, answered_end (n,): one decision for all stages asked, one for the end-to-end survey.
    """

    plan: Plan
    customer: Ints
    segment: Ints
    started: Floats
    ended: Floats
    waits: Floats
    steps: Ints
    switches: Ints
    repeats: Ints
    complex_case: Bools
    contacted: Bools
    stages: Floats
    experience: Floats
    asked: Bools
    answered_touchpoint: Bools
    answered_end: Bools
    no_news: Bools
    friendly: Bools
    retained: Bools
    spend: Floats
    proactive: Bools
    paperless: Bools

    def segments(self) -> list[str]:
        """The segment's name of every run."""
        return [SEGMENTS[code] for code in self.segment]

    def seen_stages(self) -> Floats:
        """Stage scores as answered, NaN where not asked or not answered."""
        return np.where(self.asked & self.answered_touchpoint[:, None], self.stages, np.nan)

    def seen_service(self) -> Floats:
        """The service score of every run from the stages answered, NaN without."""
        seen = self.seen_stages()
        count = np.isfinite(seen).sum(axis=1)
        total = np.where(np.isfinite(seen), seen, 0.0).sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def seen_experience(self) -> Floats:
        """The experience as answered, NaN without."""
        return np.where(self.answered_end, self.experience, np.nan)

    def until(self, day: float) -> "Journeys":
        """The runs that had ended by a day, as a look at that time sees them."""
        keep = self.ended <= day
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "plan"}
        return replace(self, **{name: column[keep] for name, column in columns.items()})

    def weeks(self) -> Ints:
        """The week (from 0) in which every run started."""
        return np.floor(self.started / 7).astype(np.int64)


def journeys(plan: Plan, random: np.random.Generator, size: float = 1.0) -> Journeys:
    """size x plan.runs runs of one journey over 52 weeks, by the rules of method 4.1."""
    n, s = max(1, round(plan.runs * size)), len(plan.stages)
    customers = max(1, round(n / RUNS_PER_CUSTOMER))
    customer = np.concatenate([np.arange(customers), random.integers(0, customers, n - customers)])
    segment = random.choice(3, customers, p=SEGMENT_SHARES)[customer]
    own = LOADING * random.normal(0, CUSTOMER_SD, customers)[customer]
    started = random.uniform(0, WEEKS * 7, n)
    week = np.floor(started / 7).astype(np.int64)
    complex_case = random.random(n) < (COMPLEX_SHARE if plan.complexity else 0.0)
    waits = _waits(plan, random, n, s - 1, complex_case)
    steps = s + random.binomial(3, 0.3, n)
    repeats = random.binomial(2, 0.12, n)
    # There cannot be more switches than passages from one contact to the next.
    switches = np.minimum(random.poisson(0.5, n), steps + repeats - 1)
    latent = _latent_stages(plan, random, week, own)
    experience = _experience(plan, random, week, segment, own, latent, complex_case, (waits, steps, switches, repeats))
    e = _on_scale(experience)
    silent = segment == SEGMENTS.index("silent")
    late_news = plan.news & (waits[:, min(plan.slow_after, s - 2)] > 5)
    minutes = (steps + repeats) * STAGE_MINUTES
    return Journeys(
        plan=plan,
        customer=customer,
        segment=segment,
        started=started,
        ended=started + waits.sum(axis=1) + minutes / 1440,
        waits=waits,
        steps=steps,
        switches=switches,
        repeats=repeats,
        complex_case=complex_case,
        contacted=random.random(n) < np.where(silent, plan.silent_contact, plan.contact),
        stages=_on_scale(latent),
        experience=e,
        asked=random.random((n, s)).argsort(axis=1) < 2,
        answered_touchpoint=random.random(n) < np.array(plan.touchpoint_response)[segment],
        answered_end=random.random(n) < np.array(plan.end_response)[segment],
        no_news=random.random(n) < np.where(late_news, 0.5, 0.05),
        friendly=random.random(n) < 0.15,
        retained=random.random(n) < 1 / (1 + np.exp(1.2 - plan.retention * (e - 50))),
        spend=np.exp(4 + plan.spend * (e - 60) + random.normal(0, 0.5, n)),
        proactive=random.random(n) < _kind_of_run(plan.proactive, COMPLEX_MORE, complex_case),
        paperless=random.random(n) < _kind_of_run(plan.paperless, -COMPLEX_MORE, complex_case),
    )


def _kind_of_run(share: float, more: float, complex_case: Bools) -> Floats:
    """The chance of each run to be of a kind; none in worlds that have no such kind."""
    return np.where(complex_case, share + more, share) if share else np.zeros(len(complex_case))


def _waits(plan: Plan, random: np.random.Generator, n: int, transitions: int, complex_case: Bools) -> Floats:
    medians = np.ones(transitions)
    medians[min(plan.slow_after, transitions - 1)] = plan.slow_median
    waits: Floats = medians * random.lognormal(0, WAIT_SIGMA, (n, transitions))
    return np.where(complex_case[:, None], 2.5 * waits, waits)


def _latent_stages(plan: Plan, random: np.random.Generator, week: Ints, own: Floats) -> Floats:
    latent = np.array(plan.stages) + own[:, None] + random.normal(0, STAGE_SD, (len(own), len(plan.stages)))
    if plan.drop:
        stage, first, points = plan.drop
        latent[:, stage] += np.where(week >= first, points, 0.0)
    shock: Floats = random.normal(0, 1, WEEKS) * plan.shock
    return latent + shock[week][:, None]


def _experience(
    plan: Plan,
    random: np.random.Generator,
    week: Ints,
    segment: Ints,
    own: Floats,
    latent: Floats,
    complex_case: Bools,
    path: tuple[Floats, Ints, Ints, Ints],
) -> Floats:
    waits, steps, switches, repeats = path
    slow = waits[:, min(plan.slow_after, waits.shape[1] - 1)]
    deviation = latent.mean(axis=1) - float(np.mean(plan.stages))
    e = plan.experience + SERVICE_EFFECT * deviation + own + random.normal(0, EXPERIENCE_SD, len(own))
    e = e + plan.per_day * np.maximum(0, slow - 1) + plan.per_step * (steps - len(plan.stages))
    e = e + plan.per_switch * switches + plan.per_repeat * repeats
    e = e + np.where(segment == SEGMENTS.index("silent"), plan.silent, 0.0) + plan.complexity * complex_case
    if plan.lift:
        e = e + np.where(week >= plan.lift[0], plan.lift[1], 0.0)
    shock: Floats = random.normal(0, 1, WEEKS) * plan.shock
    total: Floats = e + shock[week]
    return total


def _on_scale(latent: Floats) -> Floats:
    """Answers on 0-10 as 0-100."""
    return 10 * np.clip(np.round(latent / 10), 0, 10)
