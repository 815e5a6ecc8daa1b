"""Who is in the sample: drawn by a hash, so that asking again gives the same answer, with its probability kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """Whether it was drawn, and the probability with which it was (the weight of the answer is 1 / probability)."""

    taken: bool
    probability: float


def draw(seed: str, key: str) -> float:
    """A number in [0, 1) that depends on seed and key only; even over keys."""
    digest = hashlib.sha256(f"{len(seed)}:{seed}{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def sampled(seed: str, key: str, probability: float) -> Sample:
    """Draw `key` with `probability` in [0, 1]. The same seed and key stay in when the probability goes up."""
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"A sampling probability lies between 0 and 1, not {probability}.")
    return Sample(taken=draw(seed, key) < probability, probability=probability)


@dataclass(frozen=True)
class Shares:
    """With which probability a class of customers is asked; `by` names the fact that makes the class (segment …)."""

    default: float = 1.0
    by: str = ""
    of: Mapping[str, float] = field(default_factory=dict)

    def for_customer(self, facts: Mapping[str, object]) -> float:
        """The share of the customer's class, else the default one."""
        return self.of.get(str(facts.get(self.by, "")), self.default) if self.by else self.default


def end_to_end_only(run: str, share: float) -> bool:
    """Whether this run is one of the random share that is asked about the whole only; the same for all its asks.

    What the others say of the whole, less what these say of it, is what being asked at the stages carries over.
    """
    return draw("end-to-end only", run) < share
