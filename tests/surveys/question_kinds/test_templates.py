"""The page fragments of the kinds: real inputs, labelled groups, wired help and errors, nothing inline."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from surveys.question_kinds import KINDS, kind
from tests.surveys.question_kinds.test_kinds import spec


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


def render(name: str, data: dict[str, str] | None = None, **changes: object) -> str:
    question = spec(name, **changes)
    field = kind(name).form_field(question)
    form = type("OneQuestion", (forms.Form,), {"q1": field})(data)
    context = {"field": form["q1"], "spec": question, "number": 2, "total": 4}
    return render_to_string(kind(name).template_name, context)


@pytest.mark.parametrize("name", KINDS)
def test_template_help_and_error_are_wired_to_existing_ids(name: str) -> None:
    html = render(name, {}, required=True, help="Think of <today>")
    elements = Elements(html)
    ids = [attrs["id"] for _tag, attrs in elements.found if "id" in attrs]
    described = [str(attrs.get("aria-describedby", "")).split() for _tag, attrs in elements.found]
    described = [names for names in described if names]
    assert described == [["id_q1-help", "id_q1-error"]]
    assert len(ids) == len(set(ids))
    assert set(described[0]) - set(ids) == set()
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
    page = "".join(render(name, low="Not at all", high="Very much") for name in KINDS).encode()
    assert len(gzip.compress(style)) + len(gzip.compress(page)) < 14 * 1024 - 4000  # leaves room for head and texts
