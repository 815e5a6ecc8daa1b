"""Rows as a programme: the newest version of the journey and of each of its active surveys."""

from collections.abc import Sequence
from itertools import pairwise

from surveys.enums import VersionState
from surveys.models import ContactPolicy, ImportMapping, Journey, JourneyVersion, Rule, Stage, SurveyVersion, Transition
from surveys.programme.journeys import waits_between
from surveys.programme.schema import (
    Document,
    JourneyDef,
    Programme,
    RuleDef,
    StageDef,
    SurveyDef,
    TransitionDef,
    survey_order,
)


def programme_of(journey: Journey) -> Programme | None:
    """The programme of a journey without its outcomes, which the listening half adds; None without a version."""
    version = newest_version(journey)
    if version is None:
        return None
    definition = journey_of(version)
    surveys = surveys_of(journey, [stage.code for stage in definition.stages])
    return Programme(
        journey=definition,
        surveys=surveys,
        rules=rules_of(journey, [survey.code for survey in surveys]),
        contact_policy=policy_of(journey),
        sender=dict(journey.sender),
        imports=dict(ImportMapping.objects.filter(journey=journey).order_by("name").values_list("name", "document")),
        accent=journey.accent,
    )


def newest_version(journey: Journey) -> JourneyVersion | None:
    """The draft where there is one, else the published version."""
    return journey.versions.exclude(state=VersionState.RETIRED).order_by("-number").first()


def journey_of(version: JourneyVersion) -> JourneyDef:
    """A version with its stages, and those transitions that say more than the stages do."""
    stages = [stage_of(stage) for stage in version.stages.select_related("owner").order_by("order")]
    rows = version.transitions.select_related("from_stage", "to_stage", "owner").order_by(
        "from_stage__order", "to_stage__order"
    )
    implied = set(implied_transitions(stages))
    transitions = [transition_of(row) for row in rows]
    return JourneyDef(
        code=version.journey.code,
        name=version.journey.name,
        end_event=version.end_event,
        end_stage=version.end_stage_code,
        inactive_days=version.inactive_days,
        promised_days=version.promised_days,
        needed_steps=version.needed_steps,
        headline=version.headline,
        options=version.options,
        stages=tuple(stages),
        transitions=tuple(each for each in transitions if each not in implied),
    )


def stage_of(stage: Stage) -> StageDef:
    return StageDef(
        code=stage.code,
        name=stage.name,
        kind=stage.kind,
        phase=stage.phase,
        owner=stage.owner.name if stage.owner else "",
        channel=stage.channel,
        human=stage.human,
        optional=stage.optional,
        third_party=stage.third_party,
        promised_days=stage.promised_days,
    )


def transition_of(transition: Transition) -> TransitionDef:
    return TransitionDef(
        from_code=transition.from_stage.code,
        to_code=transition.to_stage.code,
        name=transition.name,
        owner=transition.owner.name if transition.owner else "",
        promised_days=transition.promised_days,
    )


def implied_transitions(stages: Sequence[StageDef]) -> list[TransitionDef]:
    """One between each two stages that follow each other; a wait between them names, owns and promises it."""
    enterable = [stage.code for stage in stages if stage.kind != "wait"]
    waits = waits_between(stages)
    found = []
    for ends in pairwise(enterable):
        wait = waits.get(ends)
        found.append(TransitionDef(*ends, wait.name, wait.owner, wait.promised_days) if wait else TransitionDef(*ends))
    return found


def surveys_of(journey: Journey, stages: list[str]) -> tuple[SurveyDef, ...]:
    """Active surveys in canonical order, each in its newest version."""
    versions = (
        SurveyVersion.objects.filter(survey__journey=journey, survey__active=True)
        .exclude(state=VersionState.RETIRED)
        .select_related("survey")
        .order_by("survey_id", "-number")
        .distinct("survey_id")
    )
    found = [survey_of(version) for version in versions]
    return tuple(sorted(found, key=lambda survey: survey_order(survey, stages)))


def survey_of(version: SurveyVersion) -> SurveyDef:
    survey = version.survey
    return SurveyDef(survey.code, survey.kind, survey.stage_code, survey.name, version.headline, version.document)


def rules_of(journey: Journey, surveys: list[str]) -> tuple[RuleDef, ...]:
    """Rules of these surveys in their order."""
    rows = Rule.objects.filter(survey__journey=journey, survey__code__in=surveys).select_related("survey")
    ordered = sorted(rows, key=lambda rule: (surveys.index(rule.survey.code), rule.order))
    return tuple(rule_of(rule) for rule in ordered)


def rule_of(rule: Rule) -> RuleDef:
    return RuleDef(
        survey=rule.survey.code,
        trigger=rule.trigger,
        conditions=rule.conditions,
        delay=rule.delay,
        life=rule.life,
        window=rule.window,
        channels=tuple(rule.channels),
        sample=rule.sample,
        reminder=rule.reminder,
        max_age=rule.max_age,
        active=rule.active,
        delay_after=rule.delay_after,
        strata=rule.strata,
        mode=rule.mode,
        test=tuple(rule.test_customers),
        per_day=rule.per_day,
    )


def policy_of(journey: Journey) -> Document | None:
    found = ContactPolicy.objects.filter(journey=journey).first()
    return found.limits if found else None
