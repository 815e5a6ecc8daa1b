"""Sets of situations for the check of a document: which combinations of values lead to a question.

A term fixes, for some keys, the stand-ins (by place in their domain) that are allowed; a region is a list of terms of
which any may hold. Regions only ever grow beyond the truth, never below it, so an empty one is proof.
"""

from collections.abc import Mapping
from typing import Final

from surveys.logic.conditions import MAX_DEPTH, Condition, compare, comparisons, subject
from surveys.logic.domains import Key, Standin

Term = dict[Key, frozenset[int]]
Region = list[Term]
Domains = Mapping[Key, tuple[Standin, ...]]

ALWAYS: Final[Region] = [{}]
MOST_TERMS: Final = 120


def region(condition: Condition | None, domains: Domains, *, wanted: bool = True, depth: int = 0) -> Region:
    """The situations in which a condition holds, or (wanted=False) does not."""
    if not condition:
        return ALWAYS if wanted else []
    if depth > MAX_DEPTH:
        return ALWAYS
    for group, conjunction in (("all", wanted), ("any", not wanted)):
        if group in condition:
            parts = [region(each, domains, wanted=wanted, depth=depth + 1) for each in condition[group]]
            return _all(parts) if conjunction else _any(parts)
    if "not" in condition:
        return region(condition["not"], domains, wanted=not wanted, depth=depth + 1)
    return _leaf(condition, domains, wanted)


def _leaf(leaf: Condition, domains: Domains, wanted: bool) -> Region:
    key = subject(leaf)
    domain = domains.get(key, ())
    if not domain:
        return ALWAYS
    allowed = frozenset(place for place, fact in enumerate(domain) if _holds(leaf, fact) is wanted)
    if len(allowed) == len(domain):
        return ALWAYS
    return [{key: allowed}] if allowed else []


def _holds(leaf: Condition, fact: Standin) -> bool:
    facts = () if fact is None else (fact,)
    return all(compare(operator, value, facts) for operator, value in comparisons(leaf))


def both(one: Region, other: Region) -> Region:
    """Situations in both regions."""
    found: Region = []
    for left in one:
        for right in other:
            term = _meet(left, right)
            if term is not None:
                found.append(term)
    return slim(found)


def either(one: Region, other: Region) -> Region:
    """Situations in one of the regions."""
    return slim([*one, *other])


def _meet(left: Term, right: Term) -> Term | None:
    term = dict(left)
    for key, allowed in right.items():
        term[key] = term[key] & allowed if key in term else allowed
        if not term[key]:
            return None
    return term


def _all(parts: list[Region]) -> Region:
    found = ALWAYS
    for part in parts:
        found = both(found, part)
    return found


def _any(parts: list[Region]) -> Region:
    found: Region = []
    for part in parts:
        found = either(found, part)
    return found


def slim(terms: Region) -> Region:
    """Without terms that lie within another; too many terms become everything, which is never too little."""
    kept: Region = []
    for term in sorted(terms, key=len):
        if not any(_within(term, each) for each in kept):
            kept.append(term)
    return kept if len(kept) <= MOST_TERMS else ALWAYS


def _within(term: Term, wider: Term) -> bool:
    return all(key in term and term[key] <= allowed for key, allowed in wider.items())
