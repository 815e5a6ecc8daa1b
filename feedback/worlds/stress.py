"""Worlds that mislead: a mix that turns a sign, chance recovery, one opinion on three scales, fatigue."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints

REGIONS, CASES = ("South", "North"), ("easy", "hard")
BRANCHES, WORST, BRANCH_ANSWERS, BRANCH_SD, ANSWER_SD = 40, 5, 20, 3.0, 20.0


@dataclass(frozen=True, slots=True)
class Mix:
    """Simpson: score 0-100 by region (1: North) and case (1: hard); North is 5 better in each, with more hard ones."""

    north: Ints
    hard: Ints
    score: Floats


def simpson(random: np.random.Generator, size: float = 1.0) -> Mix:
    """4,000 x size answers: North 78 % hard cases, South 22 %; easy 80, hard 60, North +5."""
    n = max(4, round(4000 * size))
    north = random.integers(0, 2, n)
    hard = (random.random(n) < np.where(north == 1, 0.78, 0.22)).astype(np.int64)
    latent = 77.0 - 20.0 * hard + 5.0 * north + random.normal(0, 12, n)
    return Mix(north, hard, 10 * np.clip(np.round(latent / 10), 0, 10))


@dataclass(frozen=True, slots=True)
class Branches:
    """Regression to the mean: answers (branches, per branch) before and after; chosen: the worst five before."""

    before: Floats
    after: Floats
    chosen: Bools


def recovery(random: np.random.Generator, effect: float = 0.0) -> Branches:
    """40 branches that hardly differ; the five worst are chosen and get `effect` points."""
    level = 75 + random.normal(0, BRANCH_SD, BRANCHES)
    before, after = (level[:, None] + random.normal(0, ANSWER_SD, (BRANCHES, BRANCH_ANSWERS)) for _ in range(2))
    chosen = np.zeros(BRANCHES, dtype=bool)
    chosen[np.argsort(before.mean(axis=1))[:WORST]] = True
    return Branches(before, after + effect * chosen[:, None], chosen)


def mixed_scales(random: np.random.Generator, size: float = 1.0) -> dict[str, Ints]:
    """One opinion of 2,000 x size customers (about 72 of 100) asked on 0-10, 1-5 and 1-7: raw answers by scale."""
    latent = np.clip(random.normal(72, 18, max(1, round(2000 * size))), 0, 100) / 100
    scales = {"0-10": (0, 10), "1-5": (1, 5), "1-7": (1, 7)}
    return {name: np.round(low + latent * (high - low)).astype(np.int64) for name, (low, high) in scales.items()}


@dataclass(frozen=True, slots=True)
class Fatigue:
    """Invitations of the last 90 days before an ask, and whether it was answered."""

    earlier: Ints
    answered: Bools


def fatigue(random: np.random.Generator, size: float = 1.0) -> Fatigue:
    """3,000 x size asks: 36 % answer the first, 4 points fewer with each earlier invitation (0 to 6)."""
    earlier = random.integers(0, 7, max(1, round(3000 * size)))
    return Fatigue(earlier, random.random(len(earlier)) < 0.36 - 0.04 * earlier)
