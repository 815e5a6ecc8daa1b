"""Tests of programme files: loaded, loaded again, changed, published, dumped."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.programmes import ProgrammeRefused, check_text, dump_text, load_text
from feedback.models import Outcome
from surveys.enums import VersionState
from surveys.models import (
    ContactPolicy,
    Department,
    ImportMapping,
    Journey,
    JourneyVersion,
    Question,
    Rule,
    Survey,
    SurveyVersion,
    Transition,
)
from surveys.programme.parse import parse
from surveys.programme.writing import write

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*ROOT.glob("surveys/programme/stories/*.yaml"), *ROOT.glob("docs/examples/*.yaml")])
SMALL = """
journey: {code: small, name: Small, headline: overall}
stages:
  - {code: call, name: Call, owner: Contact centre}
  - {code: hold, name: On hold, kind: wait, owner: Back office, promised_days: 2}
  - {code: visit, name: Visit}
surveys:
  - code: small-call
    kind: touchpoint
    stage: call
    headline: ok
    questions: [{code: ok, kind: scale, scale: [0, 10], text: Satisfied?}]
  - code: small-whole
    kind: end_to_end
    questions:
      - {code: overall, kind: scale, scale: [0, 10], text: Overall?}
      - {code: why, kind: single, text: Why?, choices: {a: First, b: Second}}
rules:
  - {survey: small-call, when: {interaction: {resolved: true}}, delay: 24h}
  - {survey: small-whole, when: {run: [completed]}, life: 28d}
contact_policy: {touchpoint: 1 per 14d}
outcomes:
  - {code: quick, statement: Quick, measure: elapsed_days, level: experience, targets: [
      {value: 5, due: 2027-01-01, baseline: 9.5, baseline_from: 2026-01-01, baseline_to: 2026-06-30}]}
imports:
  wide: {customer: ID, time: {value: 2026-01-01}, questions: {Q1: call.ok}}
"""


def load(text: str, *, publish: bool = True) -> Journey:
    return load_text(text, publish=publish).journey


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_dump_of_shipped_file_is_its_canonical_form_and_loads_without_change(path: Path):
    text = path.read_text(encoding="utf-8")
    journey = load(text)
    programme = parse(text).programme
    assert programme is not None
    dumped = dump_text(journey)
    assert dumped == write(programme)
    assert load_text(dumped, publish=True).changes == ()
    assert load_text(text, publish=True).changes == ()


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_shipped_file_has_no_errors(path: Path):
    assert check_text(path.read_text(encoding="utf-8")).errors == ()


def test_shipped_files_are_the_four_stories_and_the_two_examples():
    assert sorted(path.stem for path in FILES) == [
        "airport",
        "airport_recommendation",
        "five_interactions",
        "office_furniture",
        "restaurant",
        "two_calls",
    ]


@pytest.mark.django_db
def test_load_all_shipped_files_into_one_installation_dumps_each_again():
    for path in FILES:
        load(path.read_text(encoding="utf-8"))
    for journey in Journey.objects.all():
        assert load_text(dump_text(journey)).changes == ()


@pytest.mark.django_db
def test_load_without_publish_makes_drafts_and_publish_later_freezes_them():
    journey = load(SMALL, publish=False)
    assert list(journey.versions.values_list("number", "state")) == [(1, VersionState.DRAFT)]
    assert set(SurveyVersion.objects.values_list("state", flat=True)) == {VersionState.DRAFT}
    load(SMALL)
    assert list(journey.versions.values_list("number", "state")) == [(1, VersionState.PUBLISHED)]
    assert set(SurveyVersion.objects.values_list("state", flat=True)) == {VersionState.PUBLISHED}
    assert all(len(digest) == 64 for digest in SurveyVersion.objects.values_list("digest", flat=True))


@pytest.mark.django_db
def test_load_changed_survey_makes_one_new_version_and_retires_the_former():
    load(SMALL)
    load(SMALL.replace("Satisfied?", "How satisfied?"))
    versions = SurveyVersion.objects.filter(survey__code="small-call").order_by("number")
    assert list(versions.values_list("number", "state")) == [(1, VersionState.RETIRED), (2, VersionState.PUBLISHED)]
    assert SurveyVersion.objects.filter(survey__code="small-whole").count() == 1
    assert JourneyVersion.objects.count() == 1


@pytest.mark.django_db
def test_load_of_the_published_text_drops_a_draft_that_differs():
    journey = load(SMALL)
    load(SMALL.replace("name: Visit", "name: Home visit"), publish=False)
    assert list(journey.versions.values_list("state", flat=True)) == [VersionState.DRAFT, VersionState.PUBLISHED]
    assert load_text(SMALL).changes == ("draft of journey small dropped",)
    assert list(journey.versions.values_list("number", "state")) == [(1, VersionState.PUBLISHED)]


@pytest.mark.django_db
def test_load_draft_twice_keeps_one_draft():
    journey = load(SMALL, publish=False)
    load(SMALL.replace("name: Visit", "name: Home visit"), publish=False)
    assert journey.versions.count() == 1
    assert journey.versions.get().stages.get(code="visit").name == "Home visit"


@pytest.mark.django_db
def test_load_writes_rows_of_every_section():
    journey = load(SMALL)
    assert sorted(Department.objects.values_list("name", flat=True)) == ["Back office", "Contact centre"]
    transition = Transition.objects.get()
    assert (transition.name, str(transition.owner), transition.promised_days) == ("On hold", "Back office", 2.0)
    question = Question.objects.get(code="ok")
    assert (question.measures, question.stage_code, question.headline) == ("stage", "call", True)
    assert list(Question.objects.get(code="why").choices.values_list("code", "order")) == [("a", 1), ("b", 2)]
    assert Rule.objects.get(survey__code="small-call").conditions == {"stage": "call", "resolved": True}
    assert ContactPolicy.objects.get(journey=journey).limits == {"touchpoint": ["1 per 14d"]}
    assert Outcome.objects.get().targets.get().baseline == 9.5
    assert ImportMapping.objects.get(name="wide").document["questions"] == {"Q1": {"question": "small-call.ok"}}


@pytest.mark.django_db
def test_load_without_sections_removes_their_rows_and_sets_surveys_aside():
    load(SMALL)
    text = SMALL[: SMALL.index("rules:")].replace("Overall?", "And overall?")
    first = text.index("  - code: small-call")
    last = text.index("  - code: small-whole")
    load(text[:first] + text[last:])
    assert (Rule.objects.count(), Outcome.objects.count(), ImportMapping.objects.count()) == (0, 0, 0)
    assert ContactPolicy.objects.count() == 0
    assert list(Survey.objects.filter(active=True).values_list("code", flat=True)) == ["small-whole"]


@pytest.mark.django_db
def test_load_keeps_the_row_of_a_changed_rule():
    load(SMALL)
    before = Rule.objects.get(survey__code="small-call").pk
    load(SMALL.replace("delay: 24h", "delay: 2h"))
    assert Rule.objects.get(survey__code="small-call").pk == before


@pytest.mark.django_db
def test_load_file_with_a_problem_writes_nothing():
    with pytest.raises(ProgrammeRefused) as refused:
        load(SMALL.replace("delay: 24h", "delay: soon"))
    assert [problem.line for problem in refused.value.problems] == [19]
    assert Journey.objects.count() == 0


@pytest.mark.django_db
def test_check_codes_of_another_journey_are_problems_with_their_lines():
    load(SMALL)
    problems = check_text(SMALL.replace("code: small,", "code: other,")).errors
    assert [(problem.line, problem.where) for problem in problems] == [
        (8, "surveys[1].code"),
        (13, "surveys[2].code"),
        (26, "imports.wide"),
    ]


@pytest.mark.django_db
def test_load_unchanged_file_takes_a_fixed_number_of_queries():
    load(SMALL)
    with CaptureQueriesContext(connection) as few:
        load(SMALL)
    assert len(few) < 40
