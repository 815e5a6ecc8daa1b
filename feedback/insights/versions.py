"""The version of the formulas and the seeds of everything random, so that the same question gives the same bytes."""

import hashlib
import json

# Raised whenever a figure could change for the same data; shown beside every result.
FORMULA_VERSION = "2026.6"

# B for permutation tests: Benjamini-Hochberg over m series needs B >= 5 m / q (method 2.15), 1,999 serves 20 series.
PERMUTATIONS = 1_999
# To stand on a page with the looks counted a test needs p < .05 / 12 / tests: this B lets one of 160 tests do so.
PAGE_PERMUTATIONS = 39_999


def seed_of(**query: object) -> int:
    """A 63-bit seed from the query (journey, window, filters ...): the hash of its sorted JSON and the formula version.

    The order of the keywords does not matter; values that JSON does not know are taken by their text.
    """
    text = json.dumps({"formula": FORMULA_VERSION, **query}, sort_keys=True, default=str, ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
