"""Every world by its name: the tables to import and the programmes they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback.worlds.contacts import contacts
from feedback.worlds.journeys import Journeys, journeys
from feedback.worlds.plans import PLANS, null_plan
from feedback.worlds.programmes import Document, contact_programme, journey_programme, story_programme
from feedback.worlds.stories import STORIES, STORY_CUSTOMERS, told
from feedback.worlds.tables import Tables, contact_tables, empty, journey_tables, story_tables

NULL_WORLDS = {"null": (0.0, 0.0), "null_shocks": (3.0, 0.0), "null_confounder": (0.0, -15.0)}
NAMES = ("journeys", *(plan.code for plan in PLANS), "contacts", "commercial", *STORIES, *NULL_WORLDS)


@dataclass(frozen=True, slots=True)
class World:
    """Tables by kind (rows with the columns of the import) and programme documents, one per journey."""

    name: str
    tables: Tables
    programmes: tuple[Document, ...]


def planted(seed: int, size: float = 1.0, codes: Sequence[str] = ()) -> list[Journeys]:
    """Journeys A to E (or those named) as arrays; each has its own stream, so that one alone is the same."""
    return [
        journeys(plan, np.random.default_rng([seed, place]), size)
        for place, plan in enumerate(PLANS)
        if not codes or plan.code in codes
    ]


def empty_of_effects(seed: int, size: float = 1.0, kind: str = "null") -> list[Journeys]:
    """The five journeys with nothing in them: null, null_shocks (weekly shocks of SD 3) or null_confounder."""
    shock, complexity = NULL_WORLDS[kind]
    return [
        journeys(null_plan(plan, shock, complexity), np.random.default_rng([seed, place]), size)
        for place, plan in enumerate(PLANS)
    ]


def make_world(name: str, seed: int = 1, size: float = 1.0) -> World:
    """The world of this name; size multiplies the number of runs (issues; customers of a story). Same seed, same rows.

    Raises ValueError for a name that is not in NAMES or a size that is not above 0.
    """
    if name not in NAMES:
        raise ValueError(f"there is no world {name}: take one of {', '.join(NAMES)}")
    if not size > 0:
        raise ValueError(f"the size must be above 0, got {size}")
    random = np.random.default_rng([seed, 99])
    if name == "contacts":
        return World(name, contact_tables(contacts(random, size)), (contact_programme(),))
    if name in STORIES:
        customers = max(1, round(STORY_CUSTOMERS * size))
        return World(name, story_tables(told(STORIES[name], random, customers)), (story_programme(STORIES[name]),))
    if name in NULL_WORLDS:
        found = empty_of_effects(seed, size, name)
    else:
        found = planted(seed, size, () if name in ("journeys", "commercial") else (name,))
    tables = empty()
    for j in found:
        for kind, rows in journey_tables(j, random).items():
            tables[kind] += rows
    return World(name, tables, tuple(journey_programme(j.plan) for j in found))
