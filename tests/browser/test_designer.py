"""The designer in a real browser: by mouse, by keyboard, without script, at three widths; looked at."""

import re

import pytest
from playwright.sync_api import expect

from surveys.models import Survey
from tests.browser.conftest import keep, violations
from tests.browser.designing import design_fixture, designer_fixture, draft, make_survey  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_survey_made_edited_and_published_with_the_mouse(design):
    page = design()
    make_survey(page)
    text = page.get_by_label("Question", exact=True)
    text.fill("Overall, how satisfied were you with {your call}?")
    page.get_by_label("Help below it").click()  # leaving the field stores it
    expect(page.locator("#state")).to_contain_text("change 2")
    assert draft().document["questions"][0]["text"]["en"] == "Overall, how satisfied were you with {your call}?"
    expect(page.frame_locator("#preview").get_by_text("how satisfied were you with your call")).to_be_visible()
    keep(page, "designer-1280")
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish now").click()
    assert page.get_by_text("Version 1 is published.").is_visible()
    keep(page, "designer-published")
    assert Survey.objects.get().versions.get().state == "published"


def test_everything_works_without_script(design):
    page = design(script=False)
    make_survey(page)
    page.get_by_label("Question", exact=True).fill("How was {this call}?")
    page.get_by_role("button", name="Save").click()
    assert draft().document["questions"][0]["text"]["en"] == "How was {this call}?"
    page.get_by_role("button", name="Move question 1 down").click()
    assert [each["code"] for each in draft().document["questions"]] == ["reason", "overall"]
    page.get_by_role("button", name="Undo").click()
    assert [each["code"] for each in draft().document["questions"]] == ["overall", "reason"]
    page.get_by_label("Add a question").select_option("nps")
    page.get_by_role("button", name="Add", exact=True).click()
    assert [each["kind"] for each in draft().document["questions"]] == ["csat", "nps", "text"]


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(design, width, scheme):
    page = design(width=width, color_scheme=scheme)
    make_survey(page)
    code = Survey.objects.get().code
    for part in ("", "words/", "languages/", "logic/", "publish/", "history/", "drop/"):
        page.goto(re.sub(r"/design/.*", f"/design/{code}/{part}", page.url))
        keep(page, f"designer-{part.strip('/') or 'editor'}-{width}-{scheme}")
        assert violations(page) == [], part
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), part


@pytest.mark.parametrize("width", [360, 1280])
def test_first_pages_break_no_rule_of_accessibility(design, width):
    page = design(width=width)
    make_survey(page)
    for part in ("", "new/", "journey/"):
        page.goto(re.sub(r"/design/.*", f"/design/{part}", page.url))
        keep(page, f"designer-first-{part.strip('/') or 'list'}-{width}")
        assert violations(page) == [], part
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), part


def test_whole_way_by_keyboard_alone(design):
    """From the list to a published survey without touching a mouse."""
    page = design()
    page.get_by_role("link", name="New questionnaire").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Begin with").focus()
    page.keyboard.type("Sat")
    page.keyboard.press("Tab")
    page.keyboard.type("the stage “C")
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
    page.get_by_role("button", name="Move question 1 down").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("change 2")
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    expect(page.locator("#state")).to_contain_text("change 3")
    assert [each["code"] for each in draft().document["questions"]] == ["overall", "reason"]
    page.get_by_role("link", name="Publish", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Publish now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def test_question_dragged_to_another_place(design):
    page = design()
    make_survey(page)
    expect(page.locator("#questions[data-sortable]")).to_be_visible()  # the script has come
    rows = page.locator("#questions li")
    start, end = (rows.nth(n).locator(".words").bounding_box() for n in (1, 0))
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 20, start["y"] - 20, steps=5)
    page.mouse.move(end["x"] + 20, end["y"] - 4, steps=15)
    page.mouse.up()
    expect(page.locator("#state")).to_contain_text("change 2")
    assert [each["code"] for each in draft().document["questions"]] == ["reason", "overall"]


def test_clash_of_two_people_is_shown_without_losing_words(design):
    first = design()
    make_survey(first)
    second = design(re.sub(r".*(/design/.*)", r"\1", first.url))
    first.get_by_label("Question", exact=True).fill("What one person wrote about {this contact}")
    first.get_by_role("button", name="Save").click()
    expect(first.locator("#state")).to_contain_text("change 2")
    second.get_by_label("Question", exact=True).fill("What the other wrote about {this contact}")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("heading", name="Two people changed the same words")).to_be_visible()
    expect(second.get_by_text("What one person wrote")).to_be_visible()
    expect(second.get_by_role("rowheader", name="1. question (en)")).to_be_visible()
    keep(second, "designer-clash")
    assert violations(second) == []
    second.get_by_role("button", name="Keep my version").click()
    expect(second.get_by_label("Question", exact=True)).to_have_value("What the other wrote about {this contact}")


@pytest.mark.parametrize("script", [True, False])
def test_rules_with_a_group_inside_set_beside_the_map(design, script):
    page = design(script=script)
    make_survey(page)
    page.goto(re.sub(r"\?.*", "", page.url) + "logic/?q=reason")
    group = page.get_by_role("group", name="Shown if").last
    group.get_by_label("What").first.select_option("overall")
    group.get_by_label("How", exact=True).first.select_option("le")
    group.get_by_label("Value").first.fill("2")
    page.get_by_role("button", name="Save").first.press("Enter")
    expect(page.get_by_role("heading", name="1 rule leads through the questions")).to_be_visible()
    assert draft().document["questions"][1]["show_if"] == {"question": "overall", "op": "le", "value": 2}
    page.get_by_role("group", name="Shown if").last.get_by_role("button", name="Add a group inside").click()
    inside = page.get_by_role("group", name="Group inside")
    for index, tier in enumerate(["gold", "silver"]):
        inside.get_by_label("What").nth(index).select_option("customer.attr.")
        inside.get_by_label("Its name").nth(index).fill("tier")
        inside.get_by_label("Value").nth(index).fill(tier)
    page.locator("#rules").get_by_role("button", name="Save").last.click()
    expect(inside.get_by_label("What")).to_have_count(3)  # stored, and room for the next
    tiers = [{"customer": "attr.tier", "op": "eq", "value": tier} for tier in ("gold", "silver")]
    both = [{"question": "overall", "op": "le", "value": 2}, {"any": tiers}]
    assert draft().document["questions"][1]["show_if"] == {"all": both}
    keep(page, f"designer-rules-{'script' if script else 'plain'}")
    if script:
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        keep(page, "designer-rules-360")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 1280])
def test_colour_tried_on_the_page_refused_and_the_nearest_taken(design, width):
    page = design(width=width)
    make_survey(page)
    page.goto(re.sub(r"/design/.*", "/design/", page.url))
    page.get_by_role("link", name="Colours").click()
    page.get_by_label("Colour").fill("#ff8800")  # the page follows without a press
    expect(page.get_by_role("heading", name="This colour is refused")).to_be_visible()
    keep(page, f"designer-colours-{width}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="the nearest that can be read").click()
    expect(page.get_by_text("The answer pages have this colour now.")).to_be_visible()
    accent = Survey.objects.get().journey.accent
    assert accent == page.get_by_label("Colour").input_value()
    frame = page.frame_locator("iframe")
    colour = frame.get_by_role("button").first.evaluate("button => getComputedStyle(button).backgroundColor")
    assert colour == f"rgb({int(accent[1:3], 16)}, {int(accent[3:5], 16)}, {int(accent[5:], 16)})"
