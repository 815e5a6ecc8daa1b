"""Questions that come and go with the answers of their own page: by the script as the server decides, and without."""

import gzip
import os
import random
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from feedback.models import Answer
from surveys.logic.conditions import OPERATORS, WITHOUT_VALUE
from surveys.logic.context import NOTHING
from surveys.logic.path import walk
from surveys.rendering.pages import AnswerForm
from surveys.rendering.specs import specs_of
from tests.browser.conftest import OpenPage, keep, violations
from tests.factories.answering import open_invitation, touchpoint_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODES = [{"code": code, "text": code} for code in ("x", "yes", "1", "2026")]
ALONE = {"code": "none", "text": "None", "exclusive": True}
ASKED: list[dict[str, Any]] = [
    {"code": "nps", "kind": "nps"},
    {"code": "solved", "kind": "yes_no"},
    {"code": "one", "kind": "single", "choices": CODES},
    {"code": "some", "kind": "multi", "choices": [*CODES, ALONE], "min": 2, "max": 3},
    {"code": "stars", "kind": "csat", "style": "stars"},
    {"code": "agree", "kind": "agreement"},
    {"code": "number", "kind": "number", "min": 0, "max": 4, "step": 0.5},
    {"code": "day", "kind": "date", "min": "2026-01-01", "max": "2026-12-31"},
    {"code": "words", "kind": "text"},
    {"code": "served", "kind": "service_quality"},
    {"code": "allowed", "kind": "consent"},
    {"code": "mood", "kind": "feelings"},
]  # fmt: skip
VALUES = [
    0,
    1,
    2.5,
    3,
    9,
    True,
    "x",
    "yes",
    "no",
    "1",
    "2026",
    "none",
    "2026-06-01",
    "Straße",
    "on",
    "angry",
    "1e3",
    ".",
]
TYPED = {
    "number": ["", "1", "2,5", " 3 ", "4.25", "9", "x", "-1", ".5"],
    "day": ["", "2026-06-01", "2026-01-31"],
    "words": ["", "x", "Very STRASSE", " yes ", "2026-06-01", "1"],
}
SET = """(rounds) => rounds.map((round) => {
    const form = document.getElementById("answers");
    for (const each of form.elements) {
        if (!each.name || each.name.startsWith("_")) continue;
        const wanted = round[each.name] ?? [];
        if (/radio|checkbox/.test(each.type)) each.checked = wanted.includes(each.value);
        else each.value = wanted[0] ?? "";
    }
    form.dispatchEvent(new Event("input"));
    return [...new FormData(form)];
})"""


class Dice:
    """Draws conditions and answers."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def condition(self, codes: list[str], depth: int = 0) -> dict[str, Any]:
        if depth < 3 and self.draw.random() < 0.4:
            group = self.draw.choice(["all", "any", "not"])
            some = [self.condition(codes, depth + 1) for _ in range(self.draw.randint(1, 3))]
            return {group: some[0] if group == "not" else some}
        code, operator = self.draw.choice(codes), self.draw.choice(OPERATORS)
        if operator in WITHOUT_VALUE:
            return {"question": code, "op": operator}
        code = f"{code}.speed" if code == "served" else code
        values = [self.draw.choice(VALUES) for _ in range(self.draw.randint(1, 3))]
        return {"question": code, "op": operator, "value": values if operator in ("in", "not_in") else values[0]}

    def questions(self, statements: int) -> list[dict[str, Any]]:
        """One of every kind that the script can read, some of them conditional, then statements that depend on them."""
        codes = [str(each["code"]) for each in ASKED]
        found = [dict(each) for each in ASKED]
        for place in range(3, len(found), 3):
            found[place]["show_if"] = self.condition(codes[:place])
        for number in range(statements):
            found.append({"code": f"s{number}", "kind": "statement", "text": ".", "show_if": self.condition(codes)})
            if self.draw.random() < 0.03:
                goal = f"s{self.draw.randint(number, min(statements - 1, number + 9))}"
                found[-1]["then"] = [{"if": self.condition(codes), "go_to": goal}]
        return found

    def answers(self) -> dict[str, list[str]]:
        drawn = self.draw
        found = {code: [drawn.choice(values)] for code, values in TYPED.items()}
        found |= {"nps": [str(drawn.randint(0, 10))], "solved": [drawn.choice(["yes", "no"])]}
        found |= {"one": [drawn.choice(["x", "yes", "1", "2026"])], "stars": [str(drawn.randint(1, 5))]}
        found |= {"some": drawn.sample(["x", "yes", "1", "2026", "none"], drawn.randint(1, 4))}
        found |= {"agree": [str(drawn.randint(1, 5))], "served.speed": [str(drawn.randint(1, 5))], "allowed": ["on"]}
        found |= {"mood": drawn.sample(["angry", "relieved", "anxious"], drawn.randint(1, 3))}
        return {code: values for code, values in found.items() if drawn.random() < 0.8}


@pytest.mark.parametrize("seed", range(1, 1 + int(os.environ.get("CONDITION_PAGES", "1"))))
def test_script_shows_what_the_server_would_ask(live_server: LiveServer, open_page: OpenPage, seed: int) -> None:
    dice = Dice(seed)
    version = touchpoint_survey(dice.questions(200))
    page = open_page(f"{live_server.url}/s/{open_invitation(version)[1]}/")
    rounds = [{}, *(dice.answers() for _ in range(60))]
    seen = set[str]()
    for sent in page.evaluate(SET, rounds):
        given: dict[str, list[str]] = {}
        for name, value in sent:
            given.setdefault(name, []).append(value)
        form = AnswerForm(specs_of(version, "en"), given, whole=False)
        form.is_valid()
        asked = walk(version.document, form.values, NOTHING).codes
        assert given["_page"][0].split() == list(asked), given
        assert not [
            name for name in given if name[0] != "_" and name.partition(".")[0] not in asked
        ]  # hidden: not sent
        seen |= set(asked)
    assert len(seen) > 100


SOLVED = {"code": "solved", "kind": "yes_no", "text": "Was it settled?", "required": True}
MISSING = {
    "code": "missing", "kind": "text", "text": "What was missing?", "required": True,
    "show_if": {"question": "solved", "is": "no"},
}  # fmt: skip
RATE = {"code": "rate", "kind": "csat", "text": "How was it?", "required": True}


def address(server: LiveServer, **document: Any) -> str:
    return f"{server.url}/s/{open_invitation(touchpoint_survey([SOLVED, MISSING, RATE], **document))[1]}/"


def counts(page: Page) -> list[str]:
    return page.locator(".count:visible").all_inner_texts()


def test_question_comes_and_goes_at_once_and_only_what_is_shown_is_sent(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    page = open_page(address(live_server))
    missing = page.get_by_role("textbox", name="What was missing?")
    assert (missing.count(), counts(page)) == (0, ["Question 1 of 2", "Question 2 of 2"])
    assert violations(page) == []
    page.locator("[name=solved]").first.focus()
    page.keyboard.press("ArrowDown")
    missing.wait_for()
    assert counts(page) == ["Question 1 of 3", "Question 2 of 3", "Question 3 of 3"]
    assert page.evaluate("document.activeElement.value") == "no"  # the focus stays where it was
    assert violations(page) == []
    keep(page, "follow-360")
    missing.fill("Nobody called")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "rate"
    page.reload()  # typed and not sent: it comes back, and what it calls for with it
    missing.wait_for()
    assert missing.input_value() == "Nobody called"
    page.locator("[name=solved][value=yes]").check(force=True)
    assert missing.count() == 0
    page.locator("[name=rate][value='4']").check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert sorted(Answer.objects.values_list("question__code", "value")) == [("rate", 4.0), ("solved", 1.0)]


@pytest.mark.parametrize("script", [True, False])
def test_question_that_is_called_for_must_be_answered(live_server: LiveServer, open_page: OpenPage, script: bool):
    page = open_page(address(live_server), script=script)
    page.locator("[name=solved][value=no]").check(force=True)
    page.locator("[name=rate][value='4']").check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    if not script:
        page.get_by_text("Your answers call for one more question. Nothing is sent yet.").wait_for()
        page.get_by_role("button", name="Send my answers").click()
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == ["Question 2: Write a few words"]
    page.get_by_role("textbox", name="What was missing?").fill("A call")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert sorted(Answer.objects.values_list("question__code", flat=True)) == ["missing", "rate", "solved"]


def test_page_and_its_scripts_are_small(live_server: LiveServer, open_page: OpenPage) -> None:
    static = Path(settings.BASE_DIR) / "surveys/static/surveys"
    weights = {
        name: len(gzip.compress((static / name).read_bytes())) for name in ("answer.js", "follow.js", "answer.css")
    }
    page = open_page(address(live_server))
    assert weights["answer.js"] + weights["follow.js"] < 4_000
    assert len(gzip.compress(page.content().encode())) + sum(weights.values()) < 14 * 1024
