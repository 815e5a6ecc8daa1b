"""The scorecard: eight blocks of tiles, each a number with its interval; nothing mixes them into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from feedback.insights.arrays import CodesLike, FloatsLike, cluster_codes, floats
from feedback.insights.intervals import Difference, Mean, clustered_mean
from feedback.insights.scores import Bounds
from feedback.insights.shares import Share, wilson

BOOTSTRAPS = 500

BlockName = Literal[
    "touchpoint_service",
    "end_to_end",
    "mindset_and_feelings",
    "process",
    "loyalty_and_commercial",
    "coverage",
    "closed_loop",
    "outcomes",
]
BLOCKS: tuple[BlockName, ...] = get_args(BlockName)
# What handling time per call may not stand without (C40).
BESIDE_AHT = frozenset({"tht", "recontact"})


@dataclass(frozen=True, slots=True)
class Tile:
    """One number: code, unit (points, share, days, hours, minutes, count, money), value with interval, n, change.

    why: codes of drivers and themes, or why there are none; owner: department, None: nobody.
    """

    code: str
    unit: str
    value: float | None
    lo: float | None
    hi: float | None
    n: int
    change: Difference | None = None
    target: float | None = None
    owner: str | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """The tiles of one block, as given."""

    name: BlockName
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Minutes until answered: median, 90th percentile of those answered, share of all within target (C43)."""

    median: float | None
    p90: float | None
    within_target: Share
    n: int
    unanswered: int


def scorecard(tiles: Sequence[tuple[BlockName, Tile]]) -> tuple[Block, ...]:
    """All eight blocks in their order, empty ones too (they say "not measured").

    Raises ValueError for handling time per call without handling until solved and recontacts beside it, and for two
    tiles of one code.
    """
    codes = [tile.code for _, tile in tiles]
    if len(set(codes)) < len(codes):
        raise ValueError(f"every tile once: {', '.join(sorted(c for c in set(codes) if codes.count(c) > 1))}")
    if "aht" in codes and not set(codes) >= BESIDE_AHT:
        raise ValueError("aht needs tht and recontact beside it")
    return tuple(Block(name, tuple(tile for block, tile in tiles if block == name)) for name in BLOCKS)


def share_tile(code: str, share: Share, target: float | None = None, owner: str | None = None) -> Tile:
    """A share (0..1) as a tile."""
    return Tile(code, "share", share.share, share.lo, share.hi, share.n, target=target, owner=owner)


def mean_tile(code: str, unit: str, mean: Mean, target: float | None = None, owner: str | None = None) -> Tile:
    """A mean as a tile."""
    return Tile(code, unit, mean.value, mean.lo, mean.hi, mean.n, target=target, owner=owner)


def net_emotion(signs: Sequence[Sequence[int]], clusters: CodesLike | None = None) -> Mean:
    """Net emotion -100..100: mean of the sign of each answer (its feelings' signs added, up to two), t by customer.

    signs: of every answer the signs of the feelings picked (+1, 0, -1); nothing picked is missing (C60).
    """
    values = [float(np.sign(sum(picked))) * 100 if picked else np.nan for picked in signs]
    return clustered_mean(values, clusters)


def response_times(minutes: FloatsLike, target: float) -> ResponseTimes:
    """Minutes until answered, NaN: abandoned, which counts as not within target."""
    waited = floats(minutes)
    answered = waited[np.isfinite(waited)]
    within = wilson(int((answered <= target).sum()), len(waited))
    if not len(answered):
        return ResponseTimes(None, None, within, len(waited), len(waited))
    median, p90 = (float(v) for v in np.percentile(answered, [50, 90]))
    return ResponseTimes(median, p90, within, len(waited), len(waited) - len(answered))


def median_interval(values: FloatsLike, clusters: CodesLike | None = None, seed: int = 0) -> Bounds | None:
    """The median with its percentile bootstrap interval over whole customers (500 draws); None without values.

    Every draw weighs each value by how often its customer was picked; the weighted median is the lowest value that
    holds half of the weight.
    """
    x = floats(values)
    codes = cluster_codes(clusters, len(x))[np.isfinite(x)]
    x = x[np.isfinite(x)]
    if not len(x):
        return None
    order = np.argsort(x, kind="stable")
    codes = np.unique(codes, return_inverse=True)[1][order]
    x, customers = x[order], int(codes.max()) + 1
    random = np.random.Generator(np.random.PCG64(seed))
    medians = np.empty(BOOTSTRAPS)
    for draw in range(BOOTSTRAPS):
        picked = np.bincount(random.integers(0, customers, customers), minlength=customers)
        held = np.cumsum(picked[codes])
        medians[draw] = x[np.searchsorted(held, held[-1] / 2)]
    lo, hi = np.percentile(medians, [2.5, 97.5])
    return Bounds(float(np.median(x)), float(lo), float(hi))
