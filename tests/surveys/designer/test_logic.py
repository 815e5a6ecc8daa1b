"""Rules, random order, endings and quotas through their forms."""

import pytest
from django.urls import reverse

from surveys.actions.drafts import save_draft
from tests.designing import client_of_fixture, draft, post, row, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def show_if(survey):
    return draft(survey).document["questions"][1]["show_if"]


def test_rules_of_a_question_saved_and_shown(client_of, survey):
    rows = row("c-0", "overall", "le", "2") | row("c-1", "")
    response = post(client_of, "logic-save", survey, "reason", base=1, jumps="1", **{"c-word": "all"}, **rows)
    assert response.url == reverse("design:logic", args=[survey.code]) + "?q=reason#rules"
    question = draft(survey).document["questions"][1]
    assert (question["show_if"], question["then"]) == ({"question": "overall", "op": "le", "value": 2}, [])
    page = client_of.get(response.url)
    assert [(each.about, each.value) for each in page.context_data["show_if"].parts] == [("overall", "2"), ("", "")]


def test_jump_may_look_at_more_than_its_own_answer(client_of, survey):
    jump = {"j0-go_to": "end", "j0-word": "any", **row("j0-0", "overall", "ge", "4")}
    jump |= row("j0-1", "customer.attr.", "in", 'gold, "a, b"', "tier") | {"j1-go_to": "reason", "j1-word": "all"}
    post(client_of, "logic-save", survey, "overall", jumps="1", **jump)
    gold = {"customer": "attr.tier", "op": "in", "value": ["gold", "a, b"]}
    assert draft(survey).document["questions"][0]["then"] == [
        {"if": {"any": [{"question": "overall", "op": "ge", "value": 4}, gold]}, "go_to": "end"},
        {"go_to": "reason"},
    ]
    post(client_of, "logic-save", survey, "overall", jumps="1", act="remove:j0", **jump)
    assert draft(survey).document["questions"][0]["then"] == [{"go_to": "reason"}]


def test_groups_added_inside_and_removed(client_of, survey):
    first = {"c-word": "all", **row("c-0", "overall", "le", "2")}
    response = post(client_of, "logic-save", survey, "reason", act="group:c", **first)
    shown = client_of.get(response.url).context_data["show_if"]
    assert [getattr(part, "word", "") for part in shown.parts] == ["", "any", ""]
    inner = {
        "c-1-word": "none",
        **row("c-1-0", "customer.segment", "eq", "gold"),
        **row("c-1-1", "hidden.", "answered", named="x"),
    }
    post(client_of, "logic-save", survey, "reason", **first, **inner)
    none = {"any": [{"customer": "segment", "op": "eq", "value": "gold"}, {"hidden": "x", "op": "answered"}]}
    assert show_if(survey) == {"all": [{"question": "overall", "op": "le", "value": 2}, {"not": none}]}
    post(client_of, "logic-save", survey, "reason", act="remove:c-1-1", **first, **inner)
    assert show_if(survey)["all"][1] == {"not": {"customer": "segment", "op": "eq", "value": "gold"}}
    post(client_of, "logic-save", survey, "reason", act="remove:c-1", **first, **inner)
    assert show_if(survey) == {"question": "overall", "op": "le", "value": 2}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (row("c-0", "overall"), "Say what “overall” is compared with: its value is empty."),
        (row("c-0", "", value="7"), "Choose what “7” is compared with."),
        (row("c-0", "customer.attr.", value="7"), "Give the name of an attribute of the customer."),
        ({"jumps": "1", "j0-word": "all", **row("j0-0", "reason", "answered")}, "Say where a jump leads to."),
    ],
)
def test_rule_with_something_open_is_not_stored_and_stays_in_the_form(client_of, survey, fields, sentence):
    response = post(client_of, "logic-save", survey, "reason", **{"c-word": "all", **fields})
    assert (response.status_code, response.context_data["open"]) == (422, [sentence])
    assert draft(survey).revision == 1


def test_every_condition_that_a_file_may_hold_comes_back_as_it_is(client_of, survey):
    day = {"interaction": "date", "op": "ge", "value": "2026-01-01"}
    either = {"any": [{"not": {"run": "attr.depth", "op": "gt", "value": 1.5}}, day]}
    deep = {"not": {"all": [{"question": "overall", "op": "lt", "value": 3}, either]}}
    document = draft(survey).document
    document["questions"][1]["show_if"] = deep
    save_draft(draft(survey).pk, 1, document, None)
    page = client_of.get(reverse("design:logic", args=[survey.code]) + "?q=reason")
    post(client_of, "logic-save", survey, "reason", jumps="1", **as_posted(page.context_data["show_if"]))
    assert show_if(survey) == deep


def as_posted(part):
    """The fields of a shown group as a browser sends them back."""
    if not hasattr(part, "word"):
        return row(part.name, part.strange or part.about, part.op, part.value, part.named)
    fields = {f"{part.name}-word": part.word}
    for each in part.parts:
        fields |= as_posted(each)
    return fields


def test_what_is_no_condition_stays_until_it_is_removed(client_of, survey):
    document = draft(survey).document
    document["questions"][1]["show_if"] = {"all": []}
    save_draft(draft(survey).pk, 1, document, None)
    post(client_of, "logic-save", survey, "reason", jumps="1")
    assert show_if(survey) == {"all": []}
    post(client_of, "logic-save", survey, "reason", **{"c-word": "all"})
    assert show_if(survey) is None


def test_questions_joined_into_random_blocks_and_parted(client_of, survey):
    post(client_of, "add", survey, kind="nps", after="reason", base=1)
    post(client_of, "blocks", survey, joined=["nps"])
    assert draft(survey).document["random_blocks"] == [["reason", "nps"]]
    assert client_of.get(reverse("design:logic", args=[survey.code])).context_data["joined"] == ["nps"]
    post(client_of, "blocks", survey)
    assert "random_blocks" not in draft(survey).document


def test_endings_and_quotas_saved_per_language_and_kept(client_of, survey):
    data = {"e0-code": "early", "e0-words": "Thank you, that is all.", "k0-code": "retail", "k0-limit": "50"}
    data |= {
        "k0-action": "end",
        "k0-message": "Full",
        "k0-word": "all",
        **row("k0-0", "customer.segment", "eq", "retail"),
    }
    post(client_of, "ends", survey, base=1, lang="en", **data)
    document = draft(survey).document
    assert document["endings"] == {"early": {"en": "Thank you, that is all."}}
    retail = {"customer": "segment", "op": "eq", "value": "retail"}
    quota = {"code": "retail", "limit": 50, "action": "end", "message": {"en": "Full"}, "if": retail}
    assert document["quotas"] == [quota]
    post(client_of, "ends", survey, lang="de", **{**data, "e0-words": "Danke", "k0-message": "Voll"})
    assert draft(survey).document["endings"]["early"] == {"en": "Thank you, that is all.", "de": "Danke"}
    page = client_of.get(reverse("design:logic", args=[survey.code]))
    assert ("end:early", "the end, with the words “early”") in page.context_data["targets"]
    post(client_of, "ends", survey, lang="en", act="remove:k0", **data)
    assert "quotas" not in draft(survey).document


def test_quota_with_something_open_is_not_stored(client_of, survey):
    response = post(
        client_of, "ends", survey, **{"k0-code": "a b", "k0-limit": "many", "e0-code": "x y", "e0-words": "X"}
    )
    assert response.context_data["open"] == [
        "An ending needs a code of letters, digits and hyphens: “x y” is none.",
        "A quota needs a code of letters, digits and hyphens: “a b” is none.",
        "Say after how many answers the quota “a b” is full: a whole number from 1.",
    ]
    assert draft(survey).revision == 1
