"""One valid row of every model in the admin, for tests that go through all lists and pages."""

import hashlib
import itertools
from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db.models import Model

from feedback import models as f
from feedback.enums import PaidMetric
from surveys import models as s
from surveys.enums import Measures
from tests.factories.asking import (
    START,
    CustomerFactory,
    DeliveryFactory,
    InteractionFactory,
    InvitationFactory,
    JourneyFactory,
    JourneyRunFactory,
    JourneyVersionFactory,
    RuleFactory,
    StageFactory,
    SurveyFactory,
    published_survey,
)

_numbers = itertools.count()
_metrics = itertools.cycle(PaidMetric.values)


def _n(prefix: str = "x") -> str:
    return f"{prefix}{next(_numbers)}"


def _user() -> User:
    return User.objects.create_user(_n("user"))


def _department() -> s.Department:
    return s.Department.objects.create(name=_n("Department "), parent=s.Department.objects.create(name=_n("Parent ")))


def _stage() -> s.Stage:
    stage: s.Stage = StageFactory(owner=_department())
    return stage


def _transition() -> s.Transition:
    first = _stage()
    second = StageFactory(version=first.version)
    return s.Transition.objects.create(version=first.version, from_stage=first, to_stage=second, owner=_department())


def _choice() -> s.Choice:
    choices = [{"code": "a"}, {"code": "b"}]
    version = published_survey(None, [{"code": "why", "kind": "single", "choices": choices, "text": "Why?"}])
    return s.Choice.objects.filter(question__version=version).latest("pk")


def _draft_edit() -> s.DraftEdit:
    version = s.SurveyVersion.objects.create(survey=SurveyFactory(), number=1)
    return s.DraftEdit.objects.create(version=version, revision=1, document={}, by=_user(), at=START)


def _visit() -> s.StageVisit:
    run = JourneyRunFactory()
    stage = run.version.stages.first()
    return s.StageVisit.objects.create(run=run, stage=stage, order=1, entered_at=START, left_at=START)


def _decision() -> s.AskDecision:
    invitation = InvitationFactory(run=JourneyRunFactory())
    return s.AskDecision.objects.create(
        survey=invitation.survey,
        customer=invitation.customer,
        run=invitation.run,
        invitation=invitation,
        occasion=invitation.occasion,
        outcome="planned",
        due_at=START,
        decided_at=START,
    )


def _event() -> s.DeliveryEvent:
    return s.DeliveryEvent.objects.create(delivery=DeliveryFactory(), to_state="queued", at=START)


def _sms_pass() -> s.SmsPass:
    return s.SmsPass.objects.create(
        delivery=DeliveryFactory(),
        journey=JourneyFactory(),
        phone_hash=b"h" * 32,
        prefix="+491511",
        segments=1,
        at=START,
    )


def _callback() -> s.ProviderCallback:
    return s.ProviderCallback.objects.create(provider="twilio", event_id=_n(), kind="status", received_at=START)


def _conversation() -> s.Conversation:
    return s.Conversation.objects.create(
        invitation=InvitationFactory(channel="sms"),
        phone_hash=hashlib.sha256(_n().encode()).digest(),
        question="overall",
        started_at=START,
        expires_at=START + timedelta(3),
    )


def _request() -> s.IdempotentRequest:
    return s.IdempotentRequest.objects.create(user=_user(), key=_n(), request_hash=b"h" * 32)


def _response() -> f.Response:
    version = published_survey()
    run = JourneyRunFactory()
    key = _n("key")
    return f.Response.objects.create(
        occasion_key=key,
        survey=version.survey,
        version=version,
        customer=run.customer,
        run=run,
        content_hash=hashlib.sha256(key.encode()).digest(),
        answered_at=START,
    )


def _answer() -> f.Answer:
    response = _response()
    question = response.version.questions.get()
    return f.Answer.objects.create(
        response=response,
        question=question,
        run=response.run,
        measures=Measures.JOURNEY,
        value=4,
        score=75,
        answered_at=START,
    )


def _text() -> f.FreeText:
    return f.FreeText.objects.create(answer=_answer(), text="Nobody told me what comes next.")


def _quota_count() -> f.QuotaCount:
    return f.QuotaCount.objects.create(survey=SurveyFactory(), code="retail", taken=1)


def _score() -> f.TextScore:
    return f.TextScore.objects.create(text=_text(), engine="textblob", version="1", label="negative", scored_at=START)


def _theme() -> f.ThemeTag:
    return f.ThemeTag.objects.create(text=_text(), theme="waiting", method="words")


def _run_score() -> f.RunScore:
    run = JourneyRunFactory()
    return f.RunScore.objects.create(
        run=run, journey=run.journey, customer=run.customer, at=START, outcome="open", computed_at=START
    )


def _outcome() -> f.Outcome:
    return f.Outcome.objects.create(
        journey=JourneyFactory(),
        code=_n("o"),
        statement="No repeat calls",
        measure="repeats",
        level="service",
        owner=_user(),
    )


def _target() -> f.Target:
    day = date(2026, 1, 1)
    return f.Target.objects.create(
        outcome=_outcome(),
        baseline=1,
        baseline_from=day,
        baseline_to=day + timedelta(30),
        value=2,
        due=day + timedelta(90),
    )


def _improvement() -> f.Improvement:
    return f.Improvement.objects.create(
        outcome=_outcome(),
        name="Say what is next",
        kind="process",
        changed_on=date(2026, 3, 1),
        comparison=JourneyFactory(),
    )


def _commercial() -> f.CommercialRecord:
    run, day = JourneyRunFactory(), date(2026, 4, 1)
    return f.CommercialRecord.objects.create(customer=run.customer, run=run, period_start=day, period_end=day)


def _analysis() -> f.Analysis:
    journey = JourneyFactory()
    return f.Analysis.objects.create(
        journey=journey, query={"journey": journey.code}, query_hash=_n("hash"), asked_at=START
    )


def _open_link() -> s.OpenLink:
    return s.OpenLink.objects.create(survey=published_survey().survey, slug=_n("desk"))


def _partial() -> f.PartialResponse:
    version = published_survey()
    return f.PartialResponse.objects.create(
        occasion_key=_n("key"), survey=version.survey, version=version, invitation=InvitationFactory(), saved_at=START
    )


def _held() -> f.HeldResponse:
    version = published_survey()
    return f.HeldResponse.objects.create(
        occasion_key=_n("key"),
        content_hash=b"c" * 32,
        survey=version.survey,
        version=version,
        invitation=InvitationFactory(),
        reasons=["trap_link"],
        address_hash=b"a" * 32,
        held_at=START,
    )


MAKERS: dict[type[Model], Callable[[], Model]] = {
    s.Department: _department,
    s.Journey: JourneyFactory,
    s.JourneyVersion: JourneyVersionFactory,
    s.Stage: _stage,
    s.Transition: _transition,
    s.Survey: SurveyFactory,
    s.SurveyVersion: published_survey,
    s.Question: lambda: published_survey().questions.get(),
    s.Choice: _choice,
    s.Rule: RuleFactory,
    s.ContactPolicy: lambda: s.ContactPolicy.objects.create(journey=JourneyFactory(), limits={"total": ["6 per 90d"]}),
    s.Customer: CustomerFactory,
    s.Suppression: lambda: s.Suppression.objects.create(
        address_hash=hashlib.sha256(_n().encode()).digest(), reason="opt_out", since=START
    ),
    s.JourneyRun: JourneyRunFactory,
    s.DraftEdit: _draft_edit,
    s.StageVisit: _visit,
    s.Interaction: InteractionFactory,
    s.Invitation: InvitationFactory,
    s.AskDecision: _decision,
    s.NeverAsk: lambda: s.NeverAsk.objects.create(customer=CustomerFactory(), reason="staff", since=START),
    s.PreferenceChange: lambda: s.PreferenceChange.objects.create(
        customer=CustomerFactory(), at=START, source="preferences page", changes={"email": False}
    ),
    s.RuleMove: lambda: s.RuleMove.objects.create(
        rule=RuleFactory(), at=START, from_mode="shadow", to_mode="live", reason="tried", by="manager"
    ),
    s.Delivery: DeliveryFactory,
    s.DeliveryEvent: _event,
    s.Campaign: lambda: s.Campaign.objects.create(name=_n("campaign"), rule=RuleFactory(), day=START.date()),
    s.DispatchSwitch: lambda: s.DispatchSwitch.objects.create(scope=_n("sms:+49"), paused=True, changed_at=START),
    s.DispatchMark: lambda: s.DispatchMark.objects.get_or_create(identity="a cluster")[0],
    s.RateBucket: lambda: s.RateBucket.objects.create(key=_n("domain:"), tokens=1, filled_at=START),
    s.SmsPass: _sms_pass,
    s.BudgetAlert: lambda: s.BudgetAlert.objects.create(
        day=START.date(), journey=JourneyFactory(), percent=50, segments=10, at=START
    ),
    s.Alert: lambda: s.Alert.objects.create(key=_n("held"), subject="Held", text="Why.", at=START, next_at=START),
    s.ProviderCallback: _callback,
    s.Conversation: _conversation,
    s.Reply: lambda: s.Reply.objects.create(conversation=_conversation(), callback=_callback(), step=0),
    s.IdempotentRequest: _request,
    s.OpenLink: _open_link,
    s.JobRun: lambda: s.JobRun.objects.create(job=_n("job"), slot=START),
    s.ImportMapping: lambda: s.ImportMapping.objects.create(name=_n("m"), journey=JourneyFactory(), document={}),
    f.Response: _response,
    f.PartialResponse: _partial,
    f.HeldResponse: _held,
    f.Click: lambda: f.Click.objects.create(
        invitation=InvitationFactory(), kind="score", given="overall:4", method="GET", address_hash=b"a" * 32, at=START
    ),
    f.HourCount: lambda: f.HourCount.objects.create(key=_n("count"), until=START),
    f.Answer: _answer,
    f.FreeText: _text,
    f.SealedText: lambda: f.SealedText.objects.create(answer=_answer(), text="email: ann@example.org"),
    f.QuotaCount: _quota_count,
    f.TextScore: _score,
    f.ThemeTag: _theme,
    f.RunScore: _run_score,
    f.FollowUp: lambda: f.FollowUp.objects.create(
        rule="detractor", run=JourneyRunFactory(), owner=_user(), opened_at=START
    ),
    f.Outcome: _outcome,
    f.Target: _target,
    f.Improvement: _improvement,
    f.PayMetric: lambda: f.PayMetric.objects.create(metric=next(_metrics)),
    f.CommercialRecord: _commercial,
    f.Analysis: _analysis,
    f.DataRevision: lambda: f.DataRevision.objects.create(source=_n("source")),
}
