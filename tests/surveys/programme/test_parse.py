"""Tests of checking a programme file: each mistake is one problem with its line and a way to mend it."""

# ruff: noqa: E501 - a table of mistakes

import pytest

from surveys.programme.parse import parse
from surveys.programme.reading import Unreadable

GOOD = """\
journey: {code: small, name: Small, headline: overall, promised_days: 5}
stages:
  - {code: call, name: Call}
  - {code: hold, name: On hold, kind: wait, promised_days: 2}
  - {code: visit, name: Visit}
transitions: []
surveys:
  - code: small-call
    kind: touchpoint
    stage: call
    headline: ok
    questions:
      - {code: ok, kind: scale, scale: [0, 10], text: Satisfied?}
      - {code: done, kind: yes_no, metric: fcr, text: Done?}
      - {code: why, kind: text, text: Why?, show_if: {question: done, is: "no"}}
  - code: small-whole
    kind: end_to_end
    questions:
      - {code: overall, kind: scale, scale: [0, 10], text: Overall?}
      - {code: wait, kind: csat, text: The wait?, measures: call->visit}
rules:
  - {survey: small-call, when: {interaction: {}}}
  - {survey: small-whole, when: {run: [completed]}}
contact_policy: {touchpoint: [1 per 14d]}
outcomes:
  - {code: quick, statement: Quick, measure: elapsed_days, level: experience}
imports:
  wide:
    customer: ID
    time: {column: DAY, format: "%d", base: "2017-05-01", zone: UTC}
    questions:
      Q1: {question: call.ok, missing: [0, Blank]}
"""

MISTAKES = [
    ("{code: call, name: Call}", "{code: call, nmae: Call}", [(3, 'unknown key "nmae"; did you mean "name"?')]),
    ("code: hold", "code: call", [(4, 'the stage code "call" is there more than once.')]),
    ("kind: wait, promised", "kind: service, promised", [(4, "only a stage of kind wait or a transition has a promise.")]),
    ("promised_days: 5", "promised_days: -1", [(1, "must be more than 0.")]),
    ("promised_days: 5", "answer_within: {phone: soon}", [(1, '"soon" is not a period')]),
    ("promised_days: 5", "answer_within: {phone: 0}", [(1, "must be more than 0")]),
    ("promised_days: 5", "case_mix: [product, {a: b}]", [(1, "must be a text, not")]),
    ("promised_days: 5", "min_effect: 101", [(1, "must be from 0 to 100.")]),
    ("headline: overall,", "headline: ovrall,", [(1, 'no end-to-end survey has the headline question "ovrall".')]),
    ("stage: call\n", "stage: cal\n", [(10, 'there is no stage "cal"; did you mean "call"?')]),
    ("stage: call\n", "stage: hold\n", [(10, '"hold" is a wait, which is never entered: name the stages on its two sides.')]),
    ("scale: [0, 10], text: Sat", "scale: [10, 0], text: Sat", [(13, "must be the lowest and the highest value, such as [0, 10].")]),
    ("headline: ok", "headline: okay", [(11, 'there is no question "okay"')]),
    ("kind: yes_no", "kind: yesno", [(14, '"yesno" is none of')]),
    ("question: done, is", "question: overall, is", [(15, 'The condition looks at "overall", which is no question of the survey.')]),
    ("measures: call->visit", "measures: visit->call", [(20, '"call" does not come after "visit" in the journey.')]),
    ("measures: call->visit", "measures: call->vist", [(20, 'there is no stage "vist"; did you mean "visit"?')]),
    ("{survey: small-call", "{survey: small-cal", [(22, 'there is no survey "small-cal"; did you mean "small-call"?')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, delay: soon", [(22, '"soon" is not a period')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, window: office hours", [(22, '"office hours" is not a window')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, channels: [fax]", [(22, '"fax" is none of email, sms.')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, sample: 2", [(22, "must be more than 0 and at most 1.")]),
    ("when: {interaction: {}}", "when: {interaction: {steam: x}}", [(22, 'unknown key "steam"; did you mean "team"?')]),
    ("when: {interaction: {}}", "when: {interaction: {initiator: us}}", [(22, '"us" is none of customer, company.')]),
    ("when: {interaction: {}}", "when: {interaction: 5}", [(22, "must be keys with values")]),
    ("when: {interaction: {}}", "when: {stage: {}}", [(22, "needs exactly one of entered, left, with the code of a stage.")]),
    ("when: {interaction: {}}", "when: {stage: {left: hold}}", [(22, '"hold" is a wait, which is never entered')]),
    ("when: {interaction: {}}", "when: {stage: {left: visit}}", [(22, 'the survey is about the stage "call", not "visit".')]),
    ("when: {interaction: {}}", "when: {wait: {to: visit}}", [(22, '"from" is missing.')]),
    ("when: {interaction: {}}", "when: {wait: {from: call, times: 0}}", [(22, "must be more than 0.")]),
    ("when: {interaction: {}}", "when: {manual: false}", [(22, "must be true: asks then come from a list")]),
    ("when: {interaction: {}}", "when: {interaction: {}}, delay: {after: departure}", [(22, '"departure" is no attribute: write attr. and its name')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, delay: {by: 2d}", [(22, '"after" is missing.')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, sample: {default: 0.3}", [(22, '"by" is missing.')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, sample: {by: colour, red: 1}", [(22, '"colour" makes no classes')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, sample: {by: segment, red: 2}", [(22, "must be more than 0 and at most 1.")]),
    ("when: {interaction: {}}", "when: {interaction: {}}, mode: on", [(22, '"on" is none of shadow, test, ramp, live.')]),
    ("when: {interaction: {}}", "when: {interaction: {}}, mode: ramp", [(22, "needs its customers or number")]),
    ("when: {interaction: {}}", "when: {interaction: {}}, mode: {ramp: 0}", [(22, "must be a whole number from 1 to 10000.")]),
    ("when: {interaction: {}}", "when: {interaction: {}}, mode: {test: []}", [(22, "name the customers of the test.")]),
    ("{touchpoint: [1 per 14d]}", "{touchpoint: [1 per 14d], e2e_only: 1}", [(24, "must be from 0 to less than 1")]),
    ("when: {interaction: {}}", "when: {}", [(22, "needs exactly one of interaction, stage, run, wait, every, manual.")]),
    ("run: [completed]", "run: [finished]", [(23, '"finished" is none of completed, abandoned.')]),
    ("[1 per 14d]", "[often]", [(24, '"often" is not a limit')]),
    ("level: experience", "level: cx", [(26, '"cx" is none of service, experience.')]),
    ("question: call.ok", "question: call.okay", [(32, 'there is no question "call.okay"')]),
    ("    customer: ID", "    encoding: klingon\n    customer: ID", [(29, '"klingon" is no encoding')]),
    ("    customer: ID", "    decimal: x\n    customer: ID", [(29, "is a comma or a point")]),
    ("    customer: ID", "    separator: '::'\n    customer: ID", [(29, "is one character")]),
    ("    customer: ID", "    only: {Done: {isnt: 1}}\n    customer: ID", [(29, 'unknown key "isnt"')]),
    ("    customer: ID", "    only: {Done: {}}\n    customer: ID", [(29, "say which rows count")]),
    ("    customer: ID", "    only: [Done]\n    customer: ID", [(29, "must be names with values")]),
    ("    customer: ID", "    segments: {age: {column: Age, bands: [30, 18]}}\n    customer: ID", [(29, "must be numbers that rise")]),
    ("    customer: ID", "    segments: {age: {column: Age, other: x}}\n    customer: ID", [(29, "says what codes mean that values does not list")]),
    ("missing: [0, Blank]", "choice: a, split: ','", [(32, "give choice (the column is about one choice) or split")]),
    ("missing: [0, Blank]", "from: yesterday", [(32, '"yesterday" is not a day such as 2017-05-01.')]),
    ('format: "%d"', 'format: "%Q"', [(30, '"%Q" has a code that no time can be read by')]),
    ('{column: DAY, format: "%d", base: "2017-05-01", zone: UTC}', '{value: "2017-05-01T10:00"}', [(30, "a time of day needs an offset")]),
    ("missing: [0, Blank]", "missing: [[0]]", [(32, "must be a text, not a list.")]),
    ("missing: [0, Blank]", "from: 2017-05-02, until: 2017-05-01", [(32, "the last day is before the first.")]),
    ("{question: call.ok, missing: [0, Blank]}", '""', [(32, "names no question: write survey.question.")]),
    ("    customer: ID", "    segments: {_weight: W}\n    customer: ID", [(29, '"_weight" is no name of a segment')]),
    ("  wide:", "  calls:\n    kind: interactions\n    columns: {customer: C, started_at: D, stage: {value: cal}}\n  wide:", [(30, 'there is no stage "cal"; did you mean "call"?')]),
    ("text: Overall?}", "text: Overall?, replaces: overal}", [(19, '"overal" is no earlier question of the survey, so that nothing can replace it.')]),
    ("text: The wait?,", "text: The wait?, replaces: overal,", [(20, '"overal" is no earlier question of the survey, so that nothing can replace it.')]),
    ("kind: csat, text: The wait?,", "kind: scale, scale: [0, 10], text: The wait?, replaces: overall,", [(20, '"overall" has the same scale')]),
    ("zone: UTC", "zone: Mars/Base", [(30, '"Mars/Base" is not a time zone')]),
    ("text: Done?", 'text: "\\0"', [(14, "has a character that cannot be stored")]),
    ("transitions: []", "transitions: [{from: call, to: visit, owner: Back}]", [(6, 'the wait "hold" names and owns this')]),
]  # fmt: skip


def test_check_good_file_has_no_problem():
    assert parse(GOOD).problems == ()


@pytest.mark.parametrize(("good", "bad", "expected"), MISTAKES, ids=[bad for _good, bad, _expected in MISTAKES])
def test_check_mistake_is_told_with_its_line(good: str, bad: str, expected: list[tuple[int, str]]):
    assert good in GOOD
    errors = parse(GOOD.replace(good, bad, 1)).errors
    told = [(error.line, error.message) for error in errors]
    first = [pair for pair in told if pair[0] == expected[0][0]]
    assert [(line, message[: len(expected[0][1])]) for line, message in first[:1]] == expected


def test_check_all_mistakes_at_once_are_all_told():
    text = GOOD.replace("nmae", "name").replace("[1 per 14d]", "[often]").replace("level: experience", "level: cx")
    assert [error.line for error in parse(text.replace("zone: UTC", "zone: Mars/Base")).errors] == [24, 26, 30]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be keys with values (journey, sender, stages, transitions …), not nothing."),
        ("- 1", "must be keys with values (journey, sender, stages, transitions …), not a list."),
        ("surveys: []", '"journey" is missing.'),
    ],
)
def test_check_file_without_journey_says_what_is_missing(text: str, message: str):
    checked = parse(text)
    assert checked.programme is None
    assert [error.message for error in checked.errors] == [message]


@pytest.mark.parametrize(
    ("text", "line"),
    [("journey: [", 1), ("a: 1\na: 2", 2), ("a: 1\n\tb: 2", 2), ("\x00", 0), ("[" * 1000, 0)],
)
def test_check_text_that_is_no_yaml_names_the_line(text: str, line: int):
    with pytest.raises(Unreadable) as refused:
        parse(text)
    assert refused.value.line == line


def test_check_aliases_that_multiply_are_refused():
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(Unreadable, match="too large"):
        parse("\n".join(["l0: &l0 [1]", *levels]))


def test_check_words_yes_and_no_stay_words():
    text = GOOD.replace("when: {interaction: {}}", "when: {interaction: {resolved: yes}}")
    assert [error.message for error in parse(text).errors] == ['must be true or false, not "yes".']


def test_check_other_scale_than_stages_is_a_warning():
    text = GOOD.replace("overall, kind: scale, scale: [0, 10]", "overall, kind: csat")
    problems = parse(text).problems
    assert [(problem.code, problem.is_error, problem.line) for problem in problems] == [("different_scales", False, 1)]


def test_check_missing_headline_of_a_service_stage_is_an_error():
    errors = parse(GOOD.replace("    headline: ok\n", "")).errors
    assert [(error.line, error.message) for error in errors] == [
        (8, 'the headline question is missing: without it the stage "call" has no score.')
    ]


def test_check_missing_translation_is_a_warning():
    text = GOOD.replace("    headline: ok\n", "    headline: ok\n    languages: [en, de]\n    title: {en: A call}\n")
    assert [problem.code for problem in parse(text).problems] == ["missing_translation"]


def test_check_stages_under_journey_are_the_same_programme():
    nested = """\
journey:
  code: small
  name: Small
  headline: overall
  promised_days: 5
  stages:
  - {code: call, name: Call}
  - {code: hold, name: On hold, kind: wait, promised_days: 2}
  - {code: visit, name: Visit}
"""
    text = nested + GOOD[GOOD.index("surveys:") :]
    assert parse(text).programme == parse(GOOD).programme


def test_parse_question_names_of_stage_and_survey_mean_the_same():
    programme = parse(GOOD).programme
    assert programme is not None
    assert programme.imports["wide"]["questions"] == {"Q1": {"question": "small-call.ok", "missing": [0, "Blank"]}}
    assert parse(GOOD.replace("question: call.ok", "question: small-call.ok")).programme == programme
