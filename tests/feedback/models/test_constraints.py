"""Bad rows of listening are refused by the database, by the constraint that names the rule."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from feedback.models import Answer, CommercialRecord, FollowUp, FreeText, Outcome, Response, Target, TextScore
from tests.factories import CustomerFactory, JourneyFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import answered_run, measured_journey
from tests.surveys.models.test_constraints import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer() -> Answer:
    version = published_journey()
    return Answer.objects.get(run=answered_run(version, measured_journey(version), {"apply": 8}))


@pytest.fixture
def text(answer: Answer) -> FreeText:
    return FreeText.objects.create(answer=answer, text="Fine", language="en")


@pytest.mark.parametrize("change", [{"stage": None}, {"measures": "journey"}, {"measures": "transition"}])
def test_answer_names_what_it_measures(answer: Answer, change: dict[str, object]) -> None:
    assert broken(lambda: Answer.objects.filter(pk=answer.pk).update(**change)) == "answer_names_what_it_measures"


@pytest.mark.parametrize("score", [-0.1, 100.1])
def test_answer_score_lies_in_0_100(answer: Answer, score: float) -> None:
    assert broken(lambda: Answer.objects.filter(pk=answer.pk).update(score=score)) == "answer_score_0_100"


def test_response_weight_is_above_zero_and_its_occasion_named(answer: Answer) -> None:
    responses = Response.objects.filter(pk=answer.response_id)
    assert broken(lambda: responses.update(weight=0)) == "response_weight"
    assert broken(lambda: responses.update(occasion_key="")) == "response_occasion"


def test_text_score_unsupported_is_never_a_number(text: FreeText) -> None:
    row = {"text": text, "engine": "textblob", "version": "1", "scored_at": timezone.now()}
    wrong = {"label": "unsupported", "polarity": 0.0}
    assert broken(lambda: TextScore.objects.create(**row, **wrong)) == "text_unsupported_is_not_zero"
    assert broken(lambda: TextScore.objects.create(**row, label="positive", polarity=1.2)) == "text_polarity"


def test_text_score_is_append_only(text: FreeText) -> None:
    now = timezone.now()
    score = TextScore.objects.create(text=text, engine="textblob", version="1", label="neutral", scored_at=now)
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        TextScore.objects.filter(pk=score.pk).update(label="positive")


def test_follow_up_is_closed_by_evidence_and_one_is_open(answer: Answer) -> None:
    row = {"rule": "detractor", "run": answer.run, "opened_at": START}
    FollowUp.objects.create(**row)
    assert broken(lambda: FollowUp.objects.create(**row)) == "follow_up_one_open"
    closing = FollowUp.objects.filter(run=answer.run)
    evidence = {"closed_at": START, "outcome": "Called, solved.", "root_cause": "paperwork"}
    lacking = [{"closed_at": None}, {"outcome": ""}, {"root_cause": ""}, {"root_cause": "the weather"}]
    refused = [broken(partial(closing.update, state="solved", **(evidence | lack))) for lack in lacking]
    assert refused == ["follow_up_closed_by_evidence"] * len(lacking)
    assert closing.update(state="not_solvable", **evidence) == 1
    assert FollowUp.objects.create(**row).pk


def test_target_baseline_is_frozen() -> None:
    outcome = Outcome.objects.create(
        journey=JourneyFactory(), code="fast", statement="Fast", measure="x", level="service"
    )
    day = START.date()
    row = {"outcome": outcome, "baseline": 60, "baseline_from": day, "baseline_to": day, "value": 70, "due": day}
    target = Target.objects.create(**row)
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        Target.objects.filter(pk=target.pk).update(baseline=50)
    assert Target.objects.filter(pk=target.pk).update(value=72) == 1


def test_commercial_period_runs_forward_and_stands_once() -> None:
    day = START.date()
    row = {"customer": CustomerFactory(), "period_start": day, "period_end": day}
    CommercialRecord.objects.create(**row)
    assert broken(lambda: CommercialRecord.objects.create(**row)) == "commercial_period_once"
    early = {**row, "period_end": day - timedelta(days=1)}
    assert broken(lambda: CommercialRecord.objects.create(**early)) == "commercial_period"
