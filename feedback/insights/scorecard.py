"""The scorecard: eight blocks of tiles, each a number with its interval; nothing mixes them into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from feedback.insights.intervals import Difference, Mean

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


def mean_tile(code: str, unit: str, mean: Mean, target: float | None = None, owner: str | None = None) -> Tile:
    """A mean as a tile."""
    return Tile(code, unit, mean.value, mean.lo, mean.hi, mean.n, target=target, owner=owner)
