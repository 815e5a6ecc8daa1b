"""The programme document of each world (the keys of a programme file), so that its tables have where to go."""

import itertools
from typing import Any

from feedback.worlds.plans import Plan
from feedback.worlds.stories import Story, StoryStage

Document = dict[str, Any]
OWNERS = ("Sales", "Back office", "Risk", "Service", "Service")
# Who owns the wait that is slow in A; the other waits belong to nobody.
WAIT_OWNER = "Back office"
# The braces stay in the text: they mark what may differ between two questions that are held against each other.
STEM = "Overall, how satisfied were you with {{{about}}}?"


def journey_programme(plan: Plan) -> Document:
    """A planned journey: stages s1 ..., a survey each, and the end-to-end survey; 0-10 everywhere."""
    code, count = plan.code.lower(), len(plan.stages)
    stages = [f"s{k + 1}" for k in range(count)]
    surveys = [
        _survey(f"{code}-{stage}", "touchpoint", STEM.format(about="this contact"), (0, 10), stage) for stage in stages
    ]
    whole = _survey(f"{code}-e2e", "end_to_end", STEM.format(about="the whole of it"), (0, 10))
    whole["questions"].append({"code": "why", "kind": "text", "text": "What is the main reason?", "required": False})
    return {
        "journey": {
            "code": code,
            "name": plan.name,
            "needed_steps": count,
            "headline": "overall",
            "case_mix": ["complexity"],
        },
        "stages": [
            {"code": stage, "name": f"Stage {k + 1}", "kind": "service", "owner": OWNERS[k % len(OWNERS)]}
            for k, stage in enumerate(stages)
        ],
        "transitions": [
            {"from": a, "to": b, "promised_days": 1} | ({"owner": WAIT_OWNER} if k == plan.slow_after else {})
            for k, (a, b) in enumerate(itertools.pairwise(stages))
        ],
        "surveys": [*surveys, whole],
    }


def contact_programme() -> Document:
    """Contacts outside journeys: one stage to hang the question on whether the issue was solved."""
    survey = _survey("contact-fcr", "touchpoint", STEM.format(about="this contact"), (0, 10), "contact")
    survey["headline"] = "overall"
    survey["questions"].insert(
        0, {"code": "solved", "kind": "yes_no", "metric": "fcr", "text": "Was your issue solved?", "required": False}
    )
    survey["questions"][1]["required"] = False
    return {
        "journey": {"code": "contact", "name": "A contact", "needed_steps": 1},
        "stages": [{"code": "contact", "name": "Contact", "kind": "service", "owner": "Service"}],
        "surveys": [survey],
    }


def story_programme(story: Story) -> Document:
    """A story: its stages with their owners (or nobody), surveys where somebody was asked, on 0-100."""
    surveys = [
        _survey(f"{story.code}-{stage.code}", "touchpoint", STEM.format(about=stage.name), (0, 100), stage.code)
        for stage in story.stages
        if stage.score is not None
    ]
    if story.experience is not None:
        whole = _survey(f"{story.code}-e2e", "end_to_end", STEM.format(about="the whole of it"), (0, 100))
        whole["questions"] += _clarity(story)
        surveys.append(whole)
    needed = sum(stage.kind != "wait" for stage in story.stages)
    journey = {"code": story.code, "name": story.name, "needed_steps": needed}
    journey |= {} if story.experience is None else {"headline": "overall"}
    return {"journey": journey, "stages": [_stage(stage) for stage in story.stages], "surveys": surveys}


def _stage(stage: StoryStage) -> Document:
    return {
        "code": stage.code,
        "name": stage.name,
        "kind": stage.kind,
        "phase": stage.phase,
        "channel": stage.channel,
        "human": stage.human,
        "third_party": stage.third_party,
        **({"owner": stage.owner} if stage.owner else {}),
    }


def _clarity(story: Story) -> list[Document]:
    """One question a transition: whether the customer knew when he would hear."""
    return [
        {
            "code": f"clarity_{b.code}",
            "kind": "scale",
            "metric": "knew_when",
            "scale": [0, 100],
            "text": f"Between {a.name} and {b.name}: did you know when you would hear?",
            "measures": f"{a.code}->{b.code}",
            "required": False,
        }
        for a, b in zip(story.stages[:-1], story.stages[1:], strict=True)
        if b.clarity is not None
    ]


def _survey(code: str, kind: str, text: str, scale: tuple[int, int], stage: str = "") -> Document:
    question = {"code": "overall", "kind": "scale", "metric": "rating", "scale": list(scale), "text": text}
    question |= {"low": "Very dissatisfied", "high": "Very satisfied"}
    found: Document = {
        "code": code,
        "kind": kind,
        "headline": "overall",
        "title": text.replace("{", "").replace("}", ""),
    }
    found["questions"] = [question]
    return {**found, "stage": stage} if stage else found
