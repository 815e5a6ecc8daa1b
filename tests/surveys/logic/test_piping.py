# ruff: noqa: E501 - tables of values
"""Piped words: looked up in an allow-list, tamed, and never looked up again (reliability D17)."""

import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.logic import Context
from surveys.logic.piping import fill, problems, tame

KNOWN = Context(
    customer={"segment": "gold", "attr.name": "<b>Ann</b>", "attr.age": 41.0},
    interaction={"agent": "", "resolved": True},
    stage={"name": "Handing in documents"},
    hidden={"campaign": "[[customer.segment|x]] {x}"},
)
SHOWN = {"why": "the wait", "b.speed": "3"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("You said: [[answer.why|something]].", "You said: the wait."),
        ("[[answer.b.speed|?]] of 5", "3 of 5"),
        ("[[answer.none|something]]", "something"),
        ("[[answer.none]]", ""),
        ("[[customer.segment|]] [[customer.attr.age|]]", "gold 41"),
        ("[[interaction.agent|our team]]", "our team"),
        ("[[interaction.resolved|]]", "yes"),
        ("[[stage.name]]", "Handing in documents"),
        ("[[hidden.campaign|]]", "[customer.segment|x] {x}"),
        ("[[customer.email|nobody]]", "nobody"),
        ("[[customer.__class__|x]]", "x"),
        ("[[customer.attr.__class__|x]]", "x"),
        ("[[settings.SECRET_KEY|x]]", "x"),
        ("{customer.__class__} {0.__init__.__globals__} {{settings.SECRET_KEY}} {% load %}", None),
        ("[[answer]] [[preferences]]", None),
        ("[[customer.segment:>1000000000|x]]", None),
    ],
)
def test_fill_looks_up_and_falls_back(text: str, filled: str | None) -> None:
    assert fill(text, KNOWN, SHOWN) == (text if filled is None else filled)


def test_fill_escapes_values_alone_where_the_text_is_html() -> None:
    assert fill("<p>[[customer.attr.name|<i>you</i>]]</p>", KNOWN, {}, html.escape) == "<p>&lt;b&gt;Ann&lt;/b&gt;</p>"
    assert fill("<p>[[customer.attr.none|<i>you</i>]]</p>", KNOWN, {}, html.escape) == "<p><i>you</i></p>"


@settings(max_examples=300)
@given(st.text(max_size=400))
def test_tame_any_value_is_one_plain_short_line(value: str) -> None:
    words = tame(value)
    assert len(words) <= 200
    assert [mark for mark in ("[[", "]]", "\n", "\r", "\x00", "\u202e", "\u200f") if mark in words] == []
    assert tame(words) == words


@settings(max_examples=200)
@given(st.text(st.sampled_from("[]|.aA{}%_ "), max_size=60))
def test_fill_any_text_ends_and_tells_no_secret(text: str) -> None:
    assert fill(text, Context(customer={"segment": "secret-of-a"}), {}).count("secret") == 0


def test_fill_adversarial_text_takes_no_time() -> None:
    started = time.perf_counter()
    for text in ("[[" * 25_000, "[[a." + "a" * 50_000, "[[a.b|" + "|" * 50_000, "[" * 50_000):
        fill(text, KNOWN, {})
        problems(text, ())
    assert time.perf_counter() - started < 2.0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[answer.why|x]] [[stage.name]]", []),
        ("[[answer.why]]", ['"[[answer.why]]" can be missing: write what to say then, as in [[answer.why|our team]].']),
        ("[[answer.later|x]]", ['"[[answer.later]]" must name a question that is asked before.']),
        (
            "[[customer.email|x]]",
            ['"[[customer.email]]" is not known: customer has segment, language, attr.NAME.'],
        ),
        (
            "[[settings.key|x]]",
            [
                '"[[settings.key]]" names nothing that can be shown: use answer, customer, interaction, run, stage, hidden.'
            ],
        ),
        ("[[answer why]]", ['"[[answer why]]" cannot be read: write [[source.name|what to say without it]].']),
        ("{this contact} [[answer]]", []),
    ],
)
def test_problems_each_mark_is_checked(text: str, wrong: list[str]) -> None:
    assert problems(text, {"why"}, {"stage.name"}) == wrong
