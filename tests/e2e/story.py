"""A plain story with known answers: three service stages with a survey each, and one about the whole."""

import random
from typing import Final

from cxsurvey.demo.stories import Course, Story, Touch, Values

STAGES: Final = ("apply", "documents", "welcome")
WORDS: Final = ("Kind and quick, thank you.", "Nobody told me what comes next. Terrible.", "It was fine.")
_QUESTION: Final = """\
      - code: {code}
        kind: scale
        metric: csat
        scale: [0, 10]
        required: true
        text: "Overall, how satisfied were you with {{{about}}}?"
        low: Not at all satisfied
        high: Completely satisfied
      - code: comment
        kind: text
        text: What could we have done better?
"""


def _survey(code: str, kind: str, headline: str, about: str) -> str:
    stage = f"    stage: {code}\n" if kind == "touchpoint" else ""
    head = f"  - code: account-{code}\n    kind: {kind}\n{stage}    headline: {headline}\n"
    head += f"    title: Your opinion\n    subject: Two questions about {about}\n    about: {about}\n    questions:\n"
    return head + _QUESTION.format(code=headline, about=about)


def programme() -> str:
    """The whole programme: everything is asked at once, nobody is held back."""
    stages = "".join(f"  - {{code: {code}, name: {code.title()}, owner: Branch}}\n" for code in STAGES)
    surveys = "".join(_survey(code, "touchpoint", "satisfied", f"the step {code}") for code in STAGES)
    surveys += _survey("whole", "end_to_end", "overall", "the opening of your account as a whole")
    rule = (
        "  - {{survey: account-{}, when: {{{}}}, delay: 0, window: always, reminder: none, max_age: 30d, mode: live}}\n"
    )
    rules = "".join(rule.format(code, "interaction: {}") for code in STAGES)
    rules += rule.format("whole", "run: [completed]")
    journey = "journey:\n  code: plain_account\n  name: Open an account\n  headline: overall\n"
    journey += "  end: {event: stage_left, stage: welcome, or_inactive_days: 14}\n"
    return f"{journey}\nstages:\n{stages}\nsurveys:\n{surveys}\nrules:\n{rules}\ncontact_policy: none\n"


def opened_account(_chance: random.Random, number: int) -> Course:
    """Each contact 8, 9 or 10 of 10, the whole 3 to 6; a third of the stages and every whole in words."""
    touches = [Touch(stage, float(day), 10, "branch") for day, stage in enumerate(STAGES)]
    answers: dict[str, Values] = {
        stage: {"satisfied": 8 + (number + k) % 3, "comment": WORDS[0] if (number + k) % 3 == 2 else ""}
        for k, stage in enumerate(STAGES)
    }
    answers[""] = {"overall": 3 + number % 4, "comment": WORDS[1 + number % 2]}
    return Course(touches, answers)


STORY: Final = Story("plain_account", 1, opened_account, programme())
