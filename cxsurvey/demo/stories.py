"""What happens in the demo's stories, and what each customer answers: known, so that the comparison can be checked.

Each story is told over 60 customers with steps varying, so that nothing is hidden as too small.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from surveys.programme.stories import story_text

Values = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact: where, how many days after the start of the run, for how long, by which channel."""

    stage: str
    day: float
    minutes: float
    channel: str
    agent: str = ""
    team: str = ""
    reason: str = ""
    resolved: bool | None = None
    load: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """One customer's run: the contacts, and the answers by stage ("" for the whole journey)."""

    touches: Sequence[Touch]
    answers: Mapping[str, Values]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """A journey and what becomes of its customers: courses(n) tells what n of them go through.

    The programme is the text given, or else the demo's file of the journey's name.
    """

    journey: str
    seed: int
    tell: Callable[[random.Random, int], Course]
    text: str = ""

    @property
    def programme(self) -> str:
        """Its programme, as YAML."""
        return self.text or story_text(self.journey)

    def courses(self, customers: int) -> Iterator[Course]:
        """The courses of so many customers, the same at every call."""
        chance = random.Random(self.seed)  # noqa: S311 - a story, not a secret
        return (self.tell(chance, number) for number in range(customers))


def planted(courses: Sequence[Course], services: Sequence[str]) -> dict[str, float]:
    """Service, experience and gap that the answers hold, by plain arithmetic: means of means of 0-10 answers, x 10."""
    pairs = []
    for course in courses:
        given = [float(course.answers[stage]["satisfied"]) for stage in services if stage in course.answers]
        pairs.append((10 * sum(given) / len(given), 10 * float(course.answers[""]["overall"])))
    n = len(pairs)
    service, experience = (sum(pair[side] for pair in pairs) / n for side in (0, 1))
    return {"service": service, "experience": experience, "gap": service - experience, "n_pairs": n}


# ---- five great interactions, one tiring journey (C20) ---------------------------------------------------------------

FIVE = ("enquiry", "documents", "approval", "contract", "welcome")
WAIT_WORDS = (
    "I waited for days and nobody told me whether my documents had arrived.",
    "No news for a week. I had to call to hear that nothing was missing.",
    "Too many steps. Everybody was friendly, but why did I have to come in twice?",
    "It took far too long and I never knew when I would hear from you.",
    "Sehr freundlich, aber das Warten war quälend lang.",
)
KIND_WORDS = (
    "The man on the phone was friendly and quick.",
    "Excellent service, very helpful staff.",
    "She knew exactly what to do. Great.",
    "",
    "",
)


def five_interactions(chance: random.Random, number: int) -> Course:
    """Every contact 9 or 10 of 10; the whole 4 to 8, less with each needless visit and each day of silence."""
    extra, silence = number % 3, chance.choice([1, 2, 4, 6])
    starts = [0.0, 1.0, 1.4 + silence, 2.6 + silence, 3.6 + silence]
    touches = [
        Touch(stage, start, chance.randint(6, 12), "branch" if stage in ("documents", "contract") else "phone",
              agent=f"agent-{chance.randint(1, 6)}", team="branch" if stage in ("documents", "contract") else "centre",
              reason=stage, resolved=True)
        for stage, start in zip(FIVE, starts, strict=True)
    ]  # fmt: skip
    touches += [Touch("documents", 1.1 + 0.1 * k, 8, "branch", reason=f"missing paper {k + 1}") for k in range(extra)]
    answers: dict[str, Values] = {
        stage: {"satisfied": 10 if (number + k) % 2 else 9, "comment": chance.choice(KIND_WORDS)}
        for k, stage in enumerate(FIVE)
    }
    whole = max(2, 8 - extra - silence // 2)
    answers[""] = {
        "overall": whole,
        "recommend": min(10, whole + chance.randint(0, 1)),
        "effort": max(1, 6 - extra - silence // 3),
        "receipt": 2 if silence > 2 else 4,
        "next_step": 2 if extra else 4,
        "when": 1 if silence > 2 else 3,
        "feelings": "anxious" if silence > 2 else "relieved",
        "comment": chance.choice(WAIT_WORDS) if whole < 7 else "Went well in the end.",
    }
    return Course(touches, answers, {"region": "north" if number % 2 else "south"})


# ---- a kind waiter and a poor evening (C102) -------------------------------------------------------------------------

EVENING = (
    ("recommendation", 0.0, 2, "friend"),
    ("reviews", 0.02, 5, "web"),
    ("booking", 0.985, 6, "web"),
    ("table_service", 1.03, 25, "on site"),
    ("food", 1.06, 30, "on site"),
    ("bill", 1.1, 5, "on site"),
    ("complaint_form", 1.5, 12, "web"),
)


def restaurant(chance: random.Random, number: int) -> Course:
    """Service 8 or 9, food 5, bill 3 or 4, booking 3, complaint form 2 or 3; the evening 4 or 5."""
    touches = [
        Touch(stage, day, minutes, channel, team="Service team" if stage == "table_service" else "",
              load=6 if stage == "table_service" else None)
        for stage, day, minutes, channel in EVENING
    ]  # fmt: skip
    answers: dict[str, Values] = {
        "booking": {"satisfied": 3},
        "table_service": {
            "satisfied": 9 if number % 2 else 8,
            "speed": 4,
            "comment": chance.choice(["Our waiter was wonderful.", "Kind and attentive in spite of six tables.", ""]),
        },
        "food": {"satisfied": 5},
        "bill": {"satisfied": 3 + number % 2},
        "complaint_form": {
            "satisfied": 2 + number % 2,
            "comment": "A terrible form. It did not even let me attach a photo.",
        },
        "": {
            "overall": 4 + (number % 5 == 0),
            "recommend": chance.randint(3, 7),
            "wait": 2,
            "comment": chance.choice(["The charge for cancelling is unfair.", "Lovely waiter, awful bill.", ""]),
        },
    }
    return Course(touches, answers, {"party": "family" if number % 3 else "couple"})


# ---- six touchpoints before anything is bought (C26) -----------------------------------------------------------------

SEARCH = (
    ("search", 0.0, 3, "web"),
    ("blog_post", 0.01, 6, "web"),
    ("case_studies", 0.2, 9, "web"),
    ("live_chat", 1.0, 12, "chat"),
    ("demo", 4.0, 40, "video"),
    ("quote", 8.0, 1, "email"),
)


def office_furniture(chance: random.Random, number: int) -> Course:
    """Chat and demonstration 8 or 9; the whole 6 or 7; one in three skips the case studies."""
    steps = [step for step in SEARCH if number % 3 or step[0] != "case_studies"]
    touches = [Touch(stage, day, minutes, channel) for stage, day, minutes, channel in steps]
    answers: dict[str, Values] = {
        "live_chat": {"satisfied": 8 + number % 2, "knowledge": 4, "comment": chance.choice(KIND_WORDS)},
        "demo": {"satisfied": 9, "patience": 5, "comment": ""},
        "": {
            "overall": 6 + (number % 4 == 0),
            "effort": 4,
            "when": chance.choice([1, 2, 3]),
            "comment": chance.choice(["The quote took too long.", "Good demonstration, then silence.", ""]),
        },
    }
    return Course(touches, answers, {"size": "large" if number % 4 == 0 else "small"})


# ---- two 9-minute calls against one 10-minute call (C40) -------------------------------------------------------------


def two_calls(chance: random.Random, number: int) -> Course:
    """Team X: two calls of 9 minutes an issue; team Y: one of 10. Each call is liked, the second call is not."""
    team = "Y" if number % 2 else "X"
    agent = f"{team}{chance.randint(1, 3)}"
    calls = [Touch("call", 0.0, 10.0 if team == "Y" else 9.0, "phone", agent, team, "bill", resolved=True)]
    if team == "X":
        calls.append(Touch("call", 1.0, 9.0, "phone", agent, team, "bill", resolved=True))
    calls.append(Touch("confirmation", 1.6 if team == "Y" else 2.5, 0.5, "email", team="Billing"))
    good = chance.randint(8, 9)
    answers: dict[str, Values] = {
        "call": {"satisfied": good, "resolved": "yes" if team == "Y" else "no", "open_point": ""},
        "": {
            "overall": chance.randint(8, 9) if team == "Y" else chance.randint(4, 5),
            "effort": 6 if team == "Y" else 3,
            "comment": "All clear now." if team == "Y" else "I had to call twice for one bill.",
        },
    }
    return Course(calls, answers, {"team": team})


STORIES = (
    Story("five_interactions", 20, five_interactions),
    Story("restaurant", 102, restaurant),
    Story("office_furniture", 26, office_furniture),
    Story("two_calls", 40, two_calls),
)


def in_order(course: Course) -> list[Touch]:
    """The contacts by time; ValueError where two overlap, which would make a wait negative."""
    touches = sorted(course.touches, key=lambda touch: touch.day)
    for before, after in pairwise(touches):
        if before.day * 1440 + before.minutes > after.day * 1440:
            raise ValueError(f"{before.stage} and {after.stage} overlap")
    return touches
