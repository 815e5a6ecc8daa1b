"""What changed between two versions of a survey's document, as places and words a person can read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from surveys.drafting.sentences import condition_words, jump_words, scale_words
from surveys.drafting.texts import per_language, questions_of

Kind = Literal["added", "removed", "moved", "changed"]
TEXTS: Final = ("text", "help", "low", "high")
OWN: Final = ("code", "choices", *TEXTS)
WORDS: Final[dict[str, Callable[[Any], str]]] = {"show_if": condition_words, "then": jump_words, "scale": scale_words}


@dataclass(frozen=True, slots=True)
class Change:
    """question: its code, "" for the survey itself; key: what of it; language: of a text, else ""."""

    kind: Kind
    question: str
    key: str
    before: str = ""
    after: str = ""
    language: str = ""


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every difference: the survey's own keys, its questions in the order of the new version, then those that are gone.

    Questions are the same by code. A question counts as moved where its place among those in both versions changed.
    """
    before = {question["code"]: question for question in questions_of(old)}
    after = {question["code"]: question for question in questions_of(new)}
    found = _keys("", _without(old, "questions"), _without(new, "questions"))
    moved = _moved([code for code in before if code in after], [code for code in after if code in before])
    for code, question in after.items():
        if code not in before:
            found.append(Change("added", code, "", after=_name(question)))
            continue
        if code in moved:
            found.append(Change("moved", code, "", str(list(before).index(code) + 1), str(list(after).index(code) + 1)))
        found += _question(code, before[code], question)
    return found + [Change("removed", code, "", _name(before[code])) for code in before if code not in after]


def _question(code: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [*_keys(code, _without(old, "code", "choices"), _without(new, "code", "choices")), *_choices(code, old, new)]


def _keys(code: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """One change a key, and a language where the value is a text per language."""
    found: list[Change] = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if _same(was, now):
            continue
        if _is_text(was) and _is_text(now):
            found += _texts(code, key, was, now)
        else:
            words = WORDS.get(key, _plain)
            found.append(Change("changed", code, key, words(was), words(now)))
    return found


def _texts(code: str, key: str, was: Any, now: Any) -> list[Change]:
    old, new = per_language(was), per_language(now)
    return [
        Change("changed", code, key, old.get(language, ""), new.get(language, ""), language)
        for language in dict.fromkeys((*old, *new))
        if old.get(language, "") != new.get(language, "")
    ]


def _choices(code: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    before = {choice["code"]: choice for choice in old.get("choices") or ()}
    after = {choice["code"]: choice for choice in new.get("choices") or ()}
    found: list[Change] = []
    for choice, now in after.items():
        key = f"choice {choice}"
        if choice not in before:
            found.append(Change("added", code, key, after=_name(now)))
        else:
            changed = _keys(code, _without(before[choice], "code"), _without(now, "code"))
            found += [
                Change(each.kind, code, f"{key} {each.key}", each.before, each.after, each.language) for each in changed
            ]
    found += [Change("removed", code, f"choice {each}", _name(before[each])) for each in before if each not in after]
    shared = [[each for each in one if each in other] for one, other in ((before, after), (after, before))]
    if shared[0] != shared[1]:
        found.append(Change("moved", code, "choices", ", ".join(shared[0]), ", ".join(shared[1])))
    return found


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest codes that have to be moved to make one order of the other: all but a longest common subsequence."""
    place = {code: index for index, code in enumerate(old)}
    best: list[list[str]] = []  # best[k]: the longest rising run that ends with new[k]
    for index, code in enumerate(new):
        best.append([*_longest([best[k] for k in range(index) if place[new[k]] < place[code]]), code])
    return set(new) - set(_longest(best))


def _longest(runs: Sequence[list[str]]) -> list[str]:
    longest: list[str] = []
    for run in runs:
        longest = run if len(run) > len(longest) else longest
    return longest


def _same(was: Any, now: Any) -> bool:
    """Absent, empty and false are the same: a document may leave out what is not set."""
    return was == now or (not was and not now)


def _is_text(value: Any) -> bool:
    return not value or (isinstance(value, Mapping) and all(isinstance(words, str) for words in value.values()))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value)
    return "" if value is None else str(value)


def _name(item: Mapping[str, Any]) -> str:
    return next(iter(per_language(item.get("text")).values()), str(item.get("code", "")))


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in keys}
