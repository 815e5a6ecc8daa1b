"""The small stories: five great contacts, the restaurant, the office furniture, two calls of nine minutes."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats

PER_EXTRA_STEP, STORY_CUSTOMERS = -4.0, 60


@dataclass(frozen=True, slots=True)
class StoryStage:
    """One stage of a story; score 0-100, None where nobody was ever asked. wait: days since the stage before."""

    code: str
    name: str
    kind: str = "service"
    score: float | None = None
    owner: str = ""
    phase: str = "purchase"
    channel: str = "phone"
    human: bool = True
    third_party: bool = False
    wait: float = 0.0
    clarity: float | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A story as told: its stages in order, experience 0-100, steps beyond those needed, concurrent cases per agent."""

    code: str
    name: str
    stages: tuple[StoryStage, ...]
    experience: float | None
    extra_steps: int = 0
    load: int | None = None


FIVE = Story(
    "five_interactions", "Five great contacts",
    (
        StoryStage("enquiry", "Enquiry", score=95, owner="Sales"),
        StoryStage("application", "Application", score=90, owner="Sales", wait=2, clarity=60),
        StoryStage("documents", "Documents", score=95, owner="Back office", wait=4, clarity=20),
        StoryStage("approval", "Approval", score=90, owner="Back office", wait=2, clarity=60),
        StoryStage("welcome", "Welcome call", score=95, owner="Service", wait=2, clarity=70),
    ),
    60, extra_steps=2,
)  # fmt: skip
RESTAURANT = Story(
    "restaurant", "A dinner",
    (
        StoryStage("recommended", "Friend recommends", "non_service", 80, phase="pre_purchase", channel="talk",
                   third_party=True),
        StoryStage("reviews", "Online reviews", "non_service", 70, phase="pre_purchase", channel="web", human=False,
                   third_party=True),
        StoryStage("booking", "Booking desk and charge", "non_service", 30, channel="web", human=False),
        StoryStage("wait_table", "Waiting for a table", "wait"),
        StoryStage("table_service", "Table service", "service", 85, owner="Front of house", channel="person"),
        StoryStage("food", "Food", "non_service", 50, owner="Kitchen", channel="person", human=False),
        StoryStage("bill", "Bill", "non_service", 35, channel="person", human=False),
        StoryStage("complaint_form", "Complaint form", "non_service", 25, phase="post_purchase", channel="web",
                   human=False),
    ),
    42, load=6,
)  # fmt: skip
FURNITURE = Story(
    "office_furniture", "Buying office furniture",
    (
        StoryStage("search", "Search", "non_service", phase="pre_purchase", channel="web", human=False),
        StoryStage("blog_post", "Blog post", "non_service", phase="pre_purchase", channel="web", human=False, wait=1),
        StoryStage("case_studies", "Case studies", "non_service", phase="pre_purchase", channel="web", human=False,
                   wait=2),
        StoryStage("live_chat", "Live chat", "service", 80, "Sales", "pre_purchase", "chat", wait=1),
        StoryStage("demo", "Demo", "service", 85, "Sales", "pre_purchase", "video", wait=5),
        StoryStage("quote", "Quote", "non_service", phase="pre_purchase", channel="email", human=False, wait=7),
    ),
    None,
)  # fmt: skip
STORIES = {"story_five": FIVE, "story_restaurant": RESTAURANT, "story_furniture": FURNITURE}


@dataclass(frozen=True, slots=True)
class Told:
    """A story by n customers: scores (n, stages) with NaN where never asked, experience (n,) or NaN, extra steps."""

    story: Story
    scores: Floats
    experience: Floats
    extra_steps: Floats

    def service(self) -> Floats:
        """Mean of the service stages of each customer."""
        inside = np.array([stage.kind == "service" and stage.score is not None for stage in self.story.stages])
        mean: Floats = self.scores[:, inside].mean(axis=1)
        return mean


def told(story: Story, random: np.random.Generator, customers: int = 1) -> Told:
    """One customer: the story exactly. More: the same around it, steps varying and each extra one -4 on the whole."""
    known = np.array([np.nan if stage.score is None else stage.score for stage in story.stages])
    whole = np.nan if story.experience is None else story.experience
    if customers == 1:
        return Told(story, known[None], np.array([whole]), np.array([float(story.extra_steps)]))
    scores = np.clip(np.round(known + random.normal(0, 4, (customers, len(known)))), 0, 100)
    extra = random.integers(0, 2 * story.extra_steps + 1, customers).astype(np.float64)
    pulled = PER_EXTRA_STEP * (extra - story.extra_steps)
    e = np.clip(np.round(whole + pulled + random.normal(0, 8, customers)), 0, 100)
    return Told(story, scores, e, extra)
