"""How large the tests of reliability.md are: fast in the suite, full with TEST_SIZES=full in the environment."""

import os
from typing import Final

FULL: Final = os.environ.get("TEST_SIZES", "fast") == "full"


def sized(fast: int, full: int) -> int:
    """The size of this run."""
    return full if FULL else fast
