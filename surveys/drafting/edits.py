"""Edits of a document as functions: each gives a new document, the one it was given stays as it is."""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from surveys.drafting.texts import questions_of

Document = Mapping[str, Any]
NOT_CODE: Final = re.compile(r"[^a-z0-9]+")
NAMING: Final = ("question", "go_to", "random_blocks", "replaces")


class NoSuchQuestion(LookupError):
    """The document has no question with this code (any more)."""


def question(document: Document, code: str) -> dict[str, Any]:
    """The question with this code; NoSuchQuestion."""
    return questions_of(document)[_place(document, code)]


def added(document: Document, new: Mapping[str, Any], after: str = "") -> dict[str, Any]:
    """With a question more, behind `after` (else at the end); its code is made one of its own where it is taken."""
    found = copy.deepcopy(dict(document))
    rows = found.setdefault("questions", [])
    made = {
        **copy.deepcopy(dict(new)),
        "code": free_code(document, str(new.get("code") or new.get("kind") or "question")),
    }
    rows.insert(_place(found, after) + 1 if after else len(rows), made)
    return found


def changed(document: Document, code: str, new: Mapping[str, Any]) -> dict[str, Any]:
    """With another question in its place. The headline is one: another question's mark goes where this one takes it."""
    found = copy.deepcopy(dict(document))
    place = _place(found, code)
    if new.get("headline"):
        for other in found["questions"]:
            other["headline"] = False
    found["questions"][place] = copy.deepcopy(dict(new))
    return renamed(found, code, str(new["code"])) if new.get("code") != code else found


def removed(document: Document, code: str) -> dict[str, Any]:
    """Without this question. Conditions that named it stay, and the check names them."""
    found = copy.deepcopy(dict(document))
    del found["questions"][_place(found, code)]
    return found


def duplicated(document: Document, code: str) -> dict[str, Any]:
    """With a copy of the question behind it; a copy is never the headline."""
    return added(document, {**question(document, code), "headline": False}, code)


def moved(document: Document, code: str, place: int) -> dict[str, Any]:
    """With the question at this place, counted from 0; beyond the ends is at the end."""
    found = copy.deepcopy(dict(document))
    row = found["questions"].pop(_place(found, code))
    found["questions"].insert(max(0, place), row)
    return found


def ordered(document: Document, codes: Sequence[str]) -> dict[str, Any]:
    """In this order; questions that it does not name stay behind the one they followed. NoSuchQuestion."""
    found = copy.deepcopy(dict(document))
    known = [row["code"] for row in found.get("questions") or ()]
    wanted = list(dict.fromkeys(codes))
    for code in wanted:
        _place(found, code)
    for index, code in enumerate(known):
        if code not in wanted:
            before = next((each for each in reversed(known[:index]) if each in wanted), None)
            wanted.insert(wanted.index(before) + 1 if before else 0, code)
    rows = {row["code"]: row for row in found["questions"]}
    found["questions"] = [rows[code] for code in wanted]
    return found


def renamed(document: Document, old: str, new: str) -> dict[str, Any]:
    """With every condition, jump and block that named `old` naming `new`."""
    found: dict[str, Any] = _renamed(copy.deepcopy(dict(document)), old, new)
    return found


def free_code(document: Document, wanted: str) -> str:
    """A code made of these words that no question has yet."""
    base = code_from(wanted) or "question"
    taken = {row.get("code") for row in questions_of(document)}
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if code not in taken)


def code_from(words: str) -> str:
    """Words as a code: lower-case letters, digits and hyphens, 50 at most."""
    return NOT_CODE.sub("-", words.lower()).strip("-")[:50].strip("-")


def _place(document: Document, code: str) -> int:
    for place, row in enumerate(questions_of(document)):
        if row.get("code") == code:
            return place
    raise NoSuchQuestion(code)


def _renamed(value: Any, old: str, new: str, key: str = "") -> Any:
    """A code stands under the keys of NAMING and in the marks of piped words; also with an item."""
    if isinstance(value, dict):
        return {name: _renamed(item, old, new, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, old, new, key) for item in value]
    if not isinstance(value, str):
        return value
    if key in NAMING:
        return new if value == old else f"{new}.{value[len(old) + 1 :]}" if value.startswith(f"{old}.") else value
    return re.sub(rf"\[\[answer\.{re.escape(old)}(?=[.|\]])", lambda _found: f"[[answer.{new}", value)
