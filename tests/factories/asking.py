"""Factories of the asking half."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from surveys.enums import Channel, Measures, RuleMode, StageKind, SurveyKind, Trigger, VersionState
from surveys.models import (
    Choice,
    Customer,
    Delivery,
    Interaction,
    Invitation,
    Journey,
    JourneyRun,
    JourneyVersion,
    Question,
    Rule,
    Stage,
    Survey,
    SurveyVersion,
)
from surveys.question_kinds.document import rows_in

BASIS = {"basis": "consent", "source": "table customers.csv", "at": "2026-01-05T09:00:00+00:00", "text": "notice 3"}
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class JourneyFactory(DjangoModelFactory[Journey]):
    """A journey without version."""

    class Meta:
        model = Journey

    code = factory.Sequence(lambda n: f"journey-{n}")
    name = factory.Sequence(lambda n: f"Journey {n}")


class JourneyVersionFactory(DjangoModelFactory[JourneyVersion]):
    """A draft version."""

    class Meta:
        model = JourneyVersion

    journey = factory.SubFactory(JourneyFactory)
    number = 1
    headline = "overall"


class StageFactory(DjangoModelFactory[Stage]):
    """A service stage of a draft version."""

    class Meta:
        model = Stage

    version = factory.SubFactory(JourneyVersionFactory)
    code = factory.Sequence(lambda n: f"stage-{n}")
    name = factory.Sequence(lambda n: f"Stage {n}")
    order = factory.Sequence(lambda n: n)


class SurveyFactory(DjangoModelFactory[Survey]):
    """An end-to-end survey without version."""

    class Meta:
        model = Survey

    code = factory.Sequence(lambda n: f"survey-{n}")
    kind = SurveyKind.END_TO_END
    journey = factory.SubFactory(JourneyFactory)


class CustomerFactory(DjangoModelFactory[Customer]):
    """A customer who may be asked by both channels."""

    class Meta:
        model = Customer

    external_id = factory.Sequence(lambda n: f"C{n}")
    email = factory.Sequence(lambda n: f"customer{n}@example.org")
    phone = factory.Sequence(lambda n: f"+4917139200{n % 100:02d}")
    language = "en"
    time_zone = "Europe/Berlin"
    segment = "retail"
    consent_email = True
    consent_sms = True
    basis_email = factory.LazyFunction(lambda: dict(BASIS))
    basis_sms = factory.LazyFunction(lambda: dict(BASIS))


class JourneyRunFactory(DjangoModelFactory[JourneyRun]):
    """An open run."""

    class Meta:
        model = JourneyRun

    version = factory.LazyFunction(lambda: published_journey())
    journey = factory.LazyAttribute(lambda run: run.version.journey)
    customer = factory.SubFactory(CustomerFactory)
    external_id = factory.Sequence(lambda n: f"R{n}")
    started_at = START
    last_event_at = START


class InteractionFactory(DjangoModelFactory[Interaction]):
    """A ten-minute contact at the first stage of a run."""

    class Meta:
        model = Interaction

    reference = factory.Sequence(lambda n: f"I{n}")
    run = factory.SubFactory(JourneyRunFactory)
    customer = factory.LazyAttribute(lambda i: i.run.customer)
    journey = factory.LazyAttribute(lambda i: i.run.journey)
    stage = factory.LazyAttribute(lambda i: i.run.version.stages.first())
    started_at = START
    ended_at = START + timedelta(minutes=10)
    handle_seconds = 540.0
    channel = "phone"


class RuleFactory(DjangoModelFactory[Rule]):
    """Ask at the end of a run, at once, by both channels, in force."""

    class Meta:
        model = Rule

    survey = factory.SubFactory(SurveyFactory)
    order = 1
    trigger = Trigger.RUN
    conditions = factory.LazyFunction(lambda: {"outcomes": ["completed", "abandoned"]})
    delay = timedelta(0)
    window = "always"
    channels = factory.LazyFunction(lambda: ["email", "sms"])
    life = timedelta(days=28)
    max_age = timedelta(days=3)
    mode = RuleMode.LIVE


class InvitationFactory(DjangoModelFactory[Invitation]):
    """A planned invitation that is due; its token hashes are those of the derived tokens only if you set them."""

    class Meta:
        model = Invitation

    version = factory.LazyFunction(lambda: published_survey())
    survey = factory.LazyAttribute(lambda i: i.version.survey)
    customer = factory.SubFactory(CustomerFactory)
    occasion = factory.Sequence(lambda n: f"run:{n}")
    channel = Channel.EMAIL
    due_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda i: i.due_at + timedelta(days=14))
    token_hash = factory.Sequence(lambda n: hashlib.sha256(f"answer{n}".encode()).digest())
    preferences_hash = factory.Sequence(lambda n: hashlib.sha256(f"preferences{n}".encode()).digest())


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """A queued first message that is due."""

    class Meta:
        model = Delivery

    invitation = factory.SubFactory(InvitationFactory)
    channel = Channel.EMAIL
    state = "queued"
    next_at = factory.LazyFunction(timezone.now)


def published_journey(
    stages: Sequence[str] = ("apply", "documents", "welcome"), code: str | None = None, **fields: Any
) -> JourneyVersion:
    """Return a published version with service stages of these codes."""
    journey = JourneyFactory(code=code) if code else JourneyFactory()
    version = JourneyVersionFactory(journey=journey, **fields)
    for order, name in enumerate(stages, start=1):
        StageFactory(version=version, code=name, name=name.title(), order=order, kind=StageKind.SERVICE)
    JourneyVersion.objects.filter(pk=version.pk).update(state=VersionState.PUBLISHED, published_at=START)
    version.refresh_from_db()
    return version


def published_survey(
    survey: Survey | None = None, questions: Sequence[dict[str, Any]] | None = None, **document: Any
) -> SurveyVersion:
    """Return a published version; without questions it has one headline CSAT question "overall", 1-5."""
    survey = survey or SurveyFactory()
    specs = questions or [{"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "text": "Overall?"}]
    document = {"languages": ["en"], "questions": list(specs), **document}
    headline = next((spec["code"] for spec in specs if spec.get("headline")), "")
    version = SurveyVersion.objects.create(survey=survey, number=1, document=document, headline=headline)
    for order, spec in enumerate((row for each in specs for row in rows_in(each)), start=1):
        _question(version, order, spec)
    SurveyVersion.objects.filter(pk=version.pk).update(state=VersionState.PUBLISHED, published_at=START)
    version.refresh_from_db()
    return version


def _question(version: SurveyVersion, order: int, spec: dict[str, Any]) -> None:
    """Make the row of one question and its choices from a document's question."""
    stage = version.survey.stage_code
    scales = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "scale": (1, 5), "yes_no": (0, 1)}
    scales |= {"agreement": (1, 5), "repeated_myself": (1, 5)}
    low, high = spec.get("scale") or scales.get(spec["kind"], (None, None))
    question = Question.objects.create(
        version=version,
        code=spec["code"],
        order=order,
        kind=spec["kind"],
        metric=spec.get("metric") or "other",
        measures=spec.get("measures", Measures.STAGE if stage else Measures.JOURNEY),
        stage_code=spec.get("stage_code", stage),
        to_stage_code=spec.get("to_stage_code", ""),
        scale_min=low,
        scale_max=high,
        reversed=spec.get("reversed", False),
        required=spec.get("required", False),
        headline=spec.get("headline", False),
    )
    rows = [Choice(question=question, code=choice["code"], order=n) for n, choice in enumerate(spec.get("choices", []))]
    Choice.objects.bulk_create(rows)
