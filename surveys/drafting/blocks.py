"""Random blocks as people set them: which questions change places with the one before them."""

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

from surveys.drafting.texts import questions_of


def joined(document: Mapping[str, Any]) -> list[str]:
    """Codes of the questions that stand in one random block with the question before them."""
    codes = [str(row["code"]) for row in questions_of(document)]
    blocks = [block for block in document.get("random_blocks") or () if isinstance(block, list)]
    return [code for before, code in pairwise(codes) if any(code in block and before in block for block in blocks)]


def with_blocks(document: Mapping[str, Any], joins: Collection[str]) -> dict[str, Any]:
    """The document with these questions joined to the ones before them, every other block gone."""
    blocks: list[list[str]] = []
    current: list[str] = []
    for code in (str(row["code"]) for row in questions_of(document)):
        if code in joins and current:
            current.append(code)
        else:
            current = [code]
            blocks.append(current)
    found = {key: value for key, value in document.items() if key != "random_blocks"}
    mixed = [block for block in blocks if len(block) > 1]
    return found | ({"random_blocks": mixed} if mixed else {})
