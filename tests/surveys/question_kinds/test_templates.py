"""The page fragments of the kinds: real inputs, labelled groups, wired help and errors, nothing inline."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

from surveys.question_kinds import KINDS, kind
from tests.questions import spec

ASKING = [name for name in KINDS if name not in ("statement", "hidden")]


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, tag: str, **attrs: str) -> list[dict[str, str | None]]:
        return [have for name, have in self.found if name == tag and attrs.items() <= have.items()]


def render(name: str, data: dict[str, str | list[str]] | None = None, **changes: object) -> str:
    question = spec(name, **changes)
    field = kind(name).form_field(question)
    lists = {key: value if isinstance(value, list) else [value] for key, value in (data or {}).items()}
    form = type("OneQuestion", (forms.Form,), {"q1": field})(None if data is None else MultiValueDict(lists))
    context = {"field": form["q1"], "spec": question, "number": 2, "total": 4}
    return render_to_string(kind(name).template_name, context)


@pytest.mark.parametrize("name", ASKING)
def test_template_help_and_error_are_wired_to_existing_ids(name: str) -> None:
    html = render(name, {}, required=True, help="Think of <today>")
    elements = Elements(html)
    ids = [attrs["id"] for _tag, attrs in elements.found if "id" in attrs]
    described = [str(attrs.get("aria-describedby", "")).split() for _tag, attrs in elements.found]
    described = [names for names in described if names]
    assert described[0] == ["id_q1-help", "id_q1-error"]
    assert len(ids) == len(set(ids))
    assert {name for names in described for name in names} - set(ids) == set()
    assert html.count("Think of &lt;today&gt;") == 1
    assert html.count("Question 2 of 4") == 1


@pytest.mark.parametrize("name", KINDS)
def test_template_has_no_inline_style_or_script(name: str) -> None:
    html = render(name, {"q1": "zzz"})
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=", html) == []


@pytest.mark.parametrize(("name", "count"), [("nps", 11), ("csat", 5), ("ces", 7), ("scale", 11)])
def test_template_points_are_labelled_radios_none_preselected(name: str, count: int) -> None:
    elements = Elements(render(name, low="Not at all", high="Very much"))
    radios = elements.having("input", type="radio", name="q1")
    assert len(radios) == count
    assert [radio for radio in radios if "checked" in radio] == []
    assert [label["for"] for label in elements.having("label")] == [radio["id"] for radio in radios]
    assert str(elements.having("fieldset")[0]["aria-describedby"]).split() == ["id_q1-ends"]


def test_template_posted_choice_stays_chosen() -> None:
    radios = Elements(render("nps", {"q1": "7"})).having("input", type="radio")
    assert [radio["value"] for radio in radios if "checked" in radio] == ["7"]


@pytest.mark.parametrize(("name", "kind_of_input", "count"), [("single", "radio", 3), ("multi", "checkbox", 3)])
def test_template_lists_use_the_real_input(name: str, kind_of_input: str, count: int) -> None:
    assert len(Elements(render(name)).having("input", type=kind_of_input, name="q1")) == count


def test_template_feelings_are_eight_check_boxes_with_default_help() -> None:
    html = render("feelings")
    assert len(Elements(html).having("input", type="checkbox")) == 8
    assert html.count("Choose one or two") == 1


def test_template_text_keeps_and_escapes_what_was_typed() -> None:
    html = render("text", {"q1": "<b>slow</b>\nvery"})
    assert html.count("&lt;b&gt;slow&lt;/b&gt;\nvery</textarea>") == 1
    short = Elements(render("text", {"q1": 'a"b'}, long=False)).having("input", type="text")
    assert [field["value"] for field in short] == ['a"b']


def test_template_long_scale_is_a_number_to_type() -> None:
    fields = Elements(render("scale", {"q1": "250"}, scale_max=100)).having("input", name="q1")
    assert [(field["type"], field["inputmode"], field["value"]) for field in fields] == [("text", "numeric", "250")]


def test_style_and_nine_questions_fit_one_round_trip() -> None:
    style = Path(str(finders.find("surveys/answer.css"))).read_bytes()
    nine = ("nps", "csat", "ces", "scale", "single", "multi", "yes_no", "text", "feelings")
    page = "".join(render(name, low="Not at all", high="Very much") for name in nine).encode()
    assert len(gzip.compress(style)) + len(gzip.compress(page)) < 14 * 1024 - 4000  # leaves room for head and texts


@pytest.mark.parametrize(("style", "svgs"), [("stars", 5), ("smileys", 5), ("numbers", 0)])
def test_template_drawings_stand_beside_real_radios_and_numbers(style: str, svgs: int) -> None:
    html = render("csat", {"q1": "4"}, style=style)
    radios = Elements(html).having("input", type="radio", name="q1")
    assert [radio["value"] for radio in radios if "checked" in radio] == ["4"]
    assert (len(radios), html.count("<svg"), html.count('aria-hidden="true"')) == (5, svgs, svgs)
    assert html.count("very happy") == (1 if style == "smileys" else 0)


def test_template_battery_is_a_group_of_radios_for_each_row() -> None:
    elements = Elements(render("service_quality", {"q1.speed": "4"}))
    assert [len(elements.having("input", name=f"q1.{row}")) for row in ("speed", "accommodation")] == [5, 5]
    assert len(elements.having("fieldset")) == 5
    chosen = [radio["name"] for radio in elements.having("input", type="radio") if "checked" in radio]
    assert chosen == ["q1.speed"]


def test_template_ranking_keeps_the_places() -> None:
    elements = Elements(render("ranking", {"q1": ["time", "price"]}))
    selects = elements.having("select", name="q1")
    chosen = [option["value"] for option in elements.having("option") if "selected" in option]
    assert (len(selects), chosen) == (3, ["time", "price"])


def test_template_contact_asks_by_fields_that_the_browser_fills() -> None:
    elements = Elements(render("contact", {"q1.email": "ann@"}))
    asked = [(each["name"], each["type"], each["autocomplete"]) for each in elements.having("input")]
    assert asked == [("q1.name", "text", "name"), ("q1.email", "email", "email"), ("q1.phone", "tel", "tel")]
    assert [each["value"] for each in elements.having("input", name="q1.email")] == ["ann@"]
    assert [each.get("aria-invalid") for each in elements.having("input")] == [None, "true", None]


def test_template_own_words_have_a_box_that_keeps_them() -> None:
    elements = Elements(render("multi", {"q1": ["price"], "q1.other": "the <cat>"}, other="staff"))
    assert [each["value"] for each in elements.having("input", name="q1.other")] == ["the <cat>"]
    assert [each["value"] for each in elements.having("input", type="checkbox") if "checked" in each] == ["price"]


def test_template_statement_and_hidden_value_ask_nothing() -> None:
    assert Elements(render("statement")).having("input") == []
    assert [each["type"] for each in Elements(render("hidden")).having("input", name="q1")] == ["hidden"]
