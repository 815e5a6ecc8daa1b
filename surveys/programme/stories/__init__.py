"""Four stories as whole programmes: played by the demo, and to begin a journey of one's own with."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from surveys.programme.parse import parse
from surveys.programme.schema import Programme

FOLDER: Final = Path(__file__).resolve().parent


def story_text(code: str) -> str:
    """The file of a story. KeyError where there is none of this name."""
    if code not in story_codes():
        raise KeyError(code)
    return (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


@cache
def story_codes() -> Sequence[str]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def story(code: str) -> Programme:
    """The story as a programme; it is part of the product and therefore good."""
    found = parse(story_text(code)).programme
    if found is None:
        raise ValueError(code)
    return found
