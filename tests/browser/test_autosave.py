"""Every page of the designer stores itself as a field is left, undoes on the spot, and loses nothing on the way out."""

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Survey
from tests.browser.conftest import keep, violations
from tests.browser.designing import (  # noqa: F401 - fixtures
    design_fixture,
    designer_fixture,
    draft,
    make_survey,
    page_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POOR = {"question": "overall", "op": "le", "value": 2}


def change_number(page: Page, number: int) -> None:
    expect(page.locator("#state")).to_contain_text(f"(change {number})")


def show_if_poor(page: Page) -> None:
    row = page.get_by_role("group", name="Shown if").last
    row.get_by_label("What").first.select_option("overall")
    row.get_by_label("How", exact=True).first.select_option("le")
    row.get_by_label("Value").first.fill("2")


def test_logic_stores_itself_draws_the_map_anew_and_is_undone_on_the_spot(design):
    page = design()
    make_survey(page)
    page_of(page, "logic/?q=reason")
    show_if_poor(page)
    page.keyboard.press("Tab")
    change_number(page, 2)
    assert draft().document["questions"][1]["show_if"] == POOR
    expect(page.get_by_role("heading", name="1 rule leads through the questions")).to_be_visible()
    group = page.get_by_role("group", name="Shown if").last
    expect(group.get_by_label("What")).to_have_count(2)  # room for the next one
    keep(page, "designer-logic-saved")
    assert violations(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Everybody gets every question, in this order")).to_be_visible()
    expect(page.get_by_role("heading", name="Rules of “reason”")).to_be_visible()
    assert draft().document["questions"][1]["show_if"] is None


def test_half_a_rule_is_not_stored_but_told_and_stays_in_its_form(design):
    page = design()
    make_survey(page)
    page_of(page, "logic/?q=reason")
    group = page.get_by_role("group", name="Shown if").last
    group.get_by_label("What").first.select_option("overall")
    expect(page.locator("#open")).to_contain_text("Say what “overall” is compared with: its value is empty.")
    expect(page.locator("#state")).to_contain_text("Not saved yet")
    assert draft().revision == 1
    group.get_by_label("Value").first.fill("2")
    page.keyboard.press("Tab")
    change_number(page, 2)
    expect(page.locator("#open")).to_have_text("")
    assert draft().document["questions"][1]["show_if"] == {"question": "overall", "op": "eq", "value": 2}


def test_endings_and_order_store_themselves_beside_the_rules(design):
    page = design()
    make_survey(page)
    page_of(page, "logic/?q=overall")
    page.get_by_text("Endings and quotas").click()
    page.get_by_label("Code").first.fill("sorry")
    page.get_by_label("Words").first.fill("We call you back.")
    page.get_by_label("Words").first.blur()
    change_number(page, 2)
    assert draft().document["endings"] == {"sorry": {"en": "We call you back."}}
    page.get_by_label("1. Go to").select_option("end:sorry")  # the rules know of it at once
    change_number(page, 3)
    assert draft().document["questions"][0]["then"] == [{"go_to": "end:sorry"}]
    page.get_by_text("Random order of questions").click()
    page.get_by_role("checkbox", name="2. What is the main reason").check()
    change_number(page, 4)
    assert draft().document["random_blocks"] == [["overall", "reason"]]


def test_words_and_languages_store_themselves(design):
    page = design()
    make_survey(page)
    page_of(page, "words/")
    page.get_by_label("Title").fill("Your call")
    page.keyboard.press("Tab")
    change_number(page, 2)
    page.get_by_role("link", name="Languages").click()
    page.get_by_label("title (de)").fill("Ihr Anruf")
    page.keyboard.press("Tab")
    change_number(page, 3)
    assert {language: draft().document["title"][language] for language in ("en", "de")} == {
        "en": "Your call",
        "de": "Ihr Anruf",
    }
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("title (de)")).to_have_value("Ihr Kontakt mit uns")


def test_words_being_typed_are_stored_before_another_page_opens(design):
    page = design()
    make_survey(page)
    page.get_by_label("Question", exact=True).fill("How was {your call}?")
    page.get_by_role("link", name="What is the main reason").click()  # at once, without leaving the field first
    expect(page.get_by_label("Question", exact=True)).to_have_value("What is the main reason for your answer?")
    assert draft().document["questions"][0]["text"]["en"] == "How was {your call}?"
    page.get_by_label("Question", exact=True).fill("Why?")
    page.get_by_role("button", name="Move question 2 up").click()
    expect(page.get_by_role("button", name="Move question 2 up")).to_be_enabled()
    change_number(page, 4)
    assert [each["text"]["en"] for each in draft().document["questions"]] == ["Why?", "How was {your call}?"]


def test_change_by_somebody_else_is_taken_over_not_written_back(design):
    """Two people in one question: what the second changed comes into the form of the first with her next save."""
    first = design()
    make_survey(first)
    second = design(f"/design/{Survey.objects.get().code}/")
    second.get_by_label("Help below it").fill("Think of this call only.")
    second.get_by_label("Question", exact=True).focus()
    change_number(second, 2)
    text = first.get_by_label("Question", exact=True)
    text.fill("How was {your call}?")
    first.keyboard.press("Tab")
    change_number(first, 3)
    expect(first.get_by_label("Help below it")).to_have_value("Think of this call only.")
    text.fill("How did {your call} go?")
    first.keyboard.press("Tab")
    change_number(first, 4)
    question = draft().document["questions"][0]
    assert (question["text"]["en"], question["help"]) == ("How did {your call} go?", {"en": "Think of this call only."})


def test_lost_connection_is_told_and_saving_tried_again(design):
    page = design()
    make_survey(page)
    page.context.set_offline(True)
    page.get_by_label("Question", exact=True).fill("How was {your call}?")
    page.keyboard.press("Tab")
    expect(page.locator("#state")).to_contain_text("Not saved yet: there is no connection.")
    expect(page.get_by_label("Question", exact=True)).to_have_value("How was {your call}?")
    page.context.set_offline(False)
    expect(page.locator("#state")).to_contain_text("(change 2)", timeout=15_000)
    assert draft().document["questions"][0]["text"]["en"] == "How was {your call}?"


def test_ended_login_is_told_and_nothing_typed_is_lost(design):
    page = design()
    make_survey(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Question", exact=True).fill("How was {your call}?")
    page.keyboard.press("Tab")
    expect(page.locator("#state")).to_contain_text("Log in again in another window")
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Save").click()
    change_number(page, 2)
    assert draft().document["questions"][0]["text"]["en"] == "How was {your call}?"
