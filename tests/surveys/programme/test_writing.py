"""Property tests: whatever a programme holds, its canonical text read again is the same programme."""

# ruff: noqa: E501 - a table of values

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.actions.programmes import dump_text, load_text
from surveys.models import Journey
from surveys.programme.parse import parse
from surveys.programme.writing import write
from tests.surveys.programme.test_parse import GOOD

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30
).filter(lambda text: text.strip() != "")
traps = st.sampled_from(
    [
        "yes",
        "null",
        "~",
        "1.0",
        "0x1",
        "2017-05-01",
        "- a",
        "?0",
        "? a",
        ":x",
        "-",
        "a: b",
        "# no",
        "'",
        '"',
        "&a",
        "*a",
        "!t",
        "%",
        "@",
        "[",
        "|",
        "a\nb",
    ]
)
text = st.one_of(words, traps)
WHENS = st.sampled_from(
    [
        {"run": ["abandoned"]},
        {"every": "30d", "spread": False},
        {"interaction": {"stage": "b"}},
        {"interaction": {"team": ["north", "no"], "reason": "1", "initiator": "company", "attr.x": "?"}},
        {"stage": {"left": "a"}},
        {"wait": {"from": "a", "to": "b", "times": 1.5}},
        {"wait": {"from": "a"}},
        {"manual": True},
    ]
)
SMS = st.sampled_from([{}, {"sms": "link"}, {"sms": "conversation"}, {"sms": "conversation", "sms_life": "90m"}])
periods = st.sampled_from(["0", "30m", "24h", "36h", "2d", "2w", "180d"])


CLASSES = st.one_of(words, traps, st.sampled_from(["a b", ":0", "-1", "x" * 90])).map(str.strip)
shares = st.dictionaries(CLASSES.filter(bool), st.floats(0.001, 1), max_size=3).map(
    lambda by_class: {"silent": 1.0, **by_class, "default": 0.3, "by": "segment"}
)


def quoted(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=True)


MORE: list[dict[str, Any]] = [
    {"code": "agree", "kind": "agreement", "scale": [1, 7], "reversed": True, "text": "?how", "new_page": True},
    {"code": "again", "kind": "repeated_myself", "text": "Again", "show_if": {"question": "overall", "in": ["1", "no"]}},
    {"code": "served", "kind": "service_quality", "text": "Served", "rows": {"speed": "- fast", "patience": "yes"}},
    {"code": "between", "kind": "between_steps", "measures": "a->b", "text": "Between", "random_order": True},
    {
        "code": "each", "kind": "matrix", "scale": [0, 6], "text": "Each", "keep_last": ["y"], "random_order": True,
        "rows": [{"code": "x", "text": "X", "metric": "ease", "measures": "a"}, {"code": "y", "text": "Y"}],
    },
    {"code": "first", "kind": "ranking", "text": "First", "choices": {"1": "one", "2": "two"}, "min": 1, "max": 2},
    {"code": "many", "kind": "number", "text": "Many", "min": 0, "max": 1.5, "step": 0.5},
    {"code": "day", "kind": "date", "text": "Day", "min": "2026-01-01", "max": "2026-12-31"},
    {"code": "word", "kind": "text", "text": "[[customer.segment|: so]]", "multiline": False, "max_length": 20},
    {"code": "reach", "kind": "contact", "text": "Reach", "fields": ["name", "phone"]},
    {"code": "may", "kind": "consent", "text": "May", "grants": ["email", "sms"]},
    {"code": "note", "kind": "statement", "text": "Note\nwell"},
    {"code": "from", "kind": "hidden", "text": "From", "choices": {"spring": "Spring"}},
    {
        "code": "what", "kind": "single", "text": "What", "keep_last": ["o"],
        "choices": [{"code": "no", "text": "no"}, {"code": "o", "text": "Other", "other": True}],
        "then": [
            {"if": {"all": [{"question": "overall", "op": "ge", "value": 1}, {"not": {"customer": "segment", "op": "in",
             "value": ["- a", 7, "yes"]}}]}, "go_to": "end:bye"},
            {"if": {"any": [{"question": "what", "is": "no"}, {"interaction": "attr.x", "op": "answered"}]}, "go_to": "end"},
        ],
    },
]  # fmt: skip
LOGIC: dict[str, Any] = {
    "layout": "pages",
    "random_blocks": [["overall", "pick"]],
    "endings": {"bye": "? Bye: [[customer.segment|you]]", "no": "yes"},
    "quotas": [
        {"code": "q", "limit": 7, "if": {"customer": "segment", "op": "ne", "value": "x"}, "action": "close", "message": "Full"}
    ],
}  # fmt: skip


@st.composite
def programmes(draw: st.DrawFn) -> str:
    """A small valid programme file, in JSON notation, which is YAML too."""
    low = draw(st.integers(0, 1))
    choices = draw(st.lists(st.from_regex(r"[A-Za-z0-9]{1,5}", fullmatch=True), min_size=2, max_size=4, unique=True))
    languages = draw(st.sampled_from([["en"], ["de", "en"], ["pt-BR"]]))
    questions: list[dict[str, Any]] = [
        {"code": "overall", "kind": "scale", "scale": [low, draw(st.integers(low + 1, 10))], "text": draw(text)},
        {"code": "pick", "kind": "multi", "text": draw(text), "choices": {code: draw(text) for code in choices}},
        {"code": "why", "kind": "text", "text": dict.fromkeys(languages, draw(text)), "multiline": draw(st.booleans())},
    ]
    questions[2]["show_if"] = {"question": "overall", "at_most": draw(st.integers(low, 10))}
    questions += draw(st.lists(st.sampled_from(MORE), unique_by=lambda each: str(each["code"])))
    return quoted(
        {
            "journey": {
                "code": "j",
                "name": draw(text),
                "headline": "overall",
                "promised_days": draw(st.floats(0.01, 100, allow_nan=False)),
                "min_gap": draw(st.integers(0, 100)),
                "min_effect": draw(st.integers(0, 100)),
                "case_mix": draw(st.lists(words, max_size=3)),
                "answer_within": draw(st.dictionaries(words, st.sampled_from(["2m", "24h", "3d"]), max_size=2)),
                "stages": [
                    {"code": "a", "name": draw(text), "owner": draw(text), "human": draw(st.booleans())},
                    {"code": "w", "name": draw(text), "kind": "wait", "promised": draw(periods.filter(lambda p: p != "0"))},
                    {"code": "b", "name": draw(text), "optional": draw(st.booleans())},
                ],
            },
            "surveys": [{"code": "s", "kind": "end-to-end", "languages": languages, "title": draw(text), "questions": questions, **draw(SMS), **draw(st.sampled_from([LOGIC, {"endings": LOGIC["endings"]}]))}],
            "rules": [
                {
                    "survey": "s",
                    "when": draw(WHENS),
                    "delay": draw(st.one_of(periods, st.just({"after": "attr.departure", "by": "2d"}))),
                    "reminder": draw(st.sampled_from(["none", "1d"])),
                    "sample": draw(st.one_of(st.sampled_from([1, 0.5]), shares)),
                    "mode": draw(st.sampled_from(["shadow", "live", {"ramp": 50}, {"test": ["C1", "1e3"]}])),
                }
            ],
            "contact_policy": draw(st.sampled_from([None, "none", {"total": ["6 per 90d"], "keep_room_for": "end_to_end", "e2e_only": 0.2}])),
            "imports": {"m": {"customer": draw(words), "time": {"value": "2026-01-01"}, "questions": {draw(words): "s.overall"}}},
        }
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(programmes())
def test_write_then_parse_is_the_same_programme(source: str):
    checked = parse(source)
    assert checked.errors == ()
    assert checked.programme is not None
    written = write(checked.programme)
    again = parse(written)
    assert again.programme == checked.programme
    assert again.errors == ()


@pytest.mark.django_db(transaction=False)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programmes())
def test_load_then_dump_then_load_changes_nothing(source: str):
    programme = parse(source).programme
    assert programme is not None
    load_text(source)
    dumped = dump_text(Journey.objects.get(code="j"))
    assert dumped == write(programme)
    assert load_text(dumped).changes == ()


def test_write_leaves_defaults_out_and_keeps_an_order():
    programme = parse(GOOD).programme
    assert programme is not None
    head = write(programme).splitlines()[:10]
    assert head == [
        "journey:",
        "  code: small",
        "  name: Small",
        "  promised_days: 5",
        "  headline: overall",
        "stages:",
        "  - {code: call, name: Call}",
        "  - {code: hold, name: On hold, kind: wait, promised_days: 2}",
        "  - {code: visit, name: Visit}",
        "surveys:",
    ]


def test_every_key_of_a_mapping_reads_back() -> None:
    mapping = """
    header_rows: 3
    skip_rows: 2
    sheet: Data
    encoding: latin-1
    separator: ";"
    decimal: ","
    only: {Done: [1, "True"], Secs: {at_least: 10, at_most: 900}, value: {not: ["x"]}}
    occasion: No
    language: {column: Lang, values: {1: en}}
    segments: {age: {column: Age, bands: [18, 30.5], missing: [x]}, kind: {column: K, values: {1: a}, other: b, blank: c}}
"""
    more = """
      Q2:
        - {question: call.ok, until: 2017-06-30, where: {column: {is: [a]}}}
        - {question: journey.overall, from: 2017-07-01}
      Q3: {question: call.done, values: {1: "yes", 2: "no"}, other: "", split: "|"}
"""
    times = GOOD.replace('format: "%d"', 'format: ["%d", excel]')
    text = times.replace("    customer: ID\n", mapping + "    customer: ID\n") + more
    checked = parse(text)
    assert [str(problem) for problem in checked.errors] == []
    assert checked.programme is not None
    again = parse(write(checked.programme))
    assert again.programme == checked.programme
