"""A journey to begin with: a story under a name of its own, or just its stages. Nobody is asked by it yet."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from surveys.actions.publish import publish_journey
from surveys.drafting.catalogue import document_for
from surveys.drafting.edits import code_from
from surveys.enums import RuleMode, StageKind, SurveyKind, Trigger, VersionState
from surveys.models import Journey
from surveys.programme.load import load_programme
from surveys.programme.schema import (
    DELAYS,
    LIVES,
    MAX_AGE,
    REMINDER,
    WINDOW,
    JourneyDef,
    Programme,
    RuleDef,
    StageDef,
    SurveyDef,
)
from surveys.programme.stories import story

WAIT = "~"


def begin_story(code: str, name: str, journey_code: str = "") -> Journey:
    """The story's journey, published, its surveys as drafts and its rules in shadow, under this name.

    Asking times are the product's defaults, not the demo's. ValidationError where the name is taken.
    """
    told = story(code)
    own = journey_code or code_from(name)
    names = {survey.code: _survey_code(survey, own) for survey in told.surveys}
    journey = replace(told.journey, code=own, name=name, headline=_headline(told.journey.headline, names))
    places = {stage.code: stage.name for stage in told.journey.stages} | {"": name}
    surveys = tuple(
        replace(survey, code=names[survey.code], name=survey.name or places[survey.stage]) for survey in told.surveys
    )
    rules = tuple(_quiet(rule, names) for rule in told.rules)
    return _begun(Programme(journey=journey, surveys=surveys, rules=rules))


def begin_journey(name: str, lines: Sequence[str], journey_code: str = "", *, surveys: bool = True) -> Journey:
    """A journey of these stages, published: a line each, `Name | Department`; `~ Name | Department | days` is a wait.

    surveys: with a draft for every stage that serves and one for the whole, asked in the same words and on the same
    scale, so that they can be compared. ValidationError says which line cannot be read, or that the name is taken.
    """
    stages = tuple(_stage(number, line) for number, line in enumerate(lines, start=1))
    codes = [stage.code for stage in stages]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValidationError(_("Two stages have the same name: %(names)s.") % {"names": ", ".join(twice)})
    if not any(stage.kind != StageKind.WAIT for stage in stages):
        raise ValidationError(_("Name at least one stage that customers enter."))
    own = journey_code or code_from(name)
    made = tuple(_surveys(own, name, stages)) if surveys else ()
    return _begun(Programme(JourneyDef(own, name, headline="overall" if made else "", stages=stages), made))


def _surveys(own: str, name: str, stages: Sequence[StageDef]) -> Iterator[SurveyDef]:
    for stage in stages:
        if stage.kind == StageKind.SERVICE:
            document = document_for("csat", SurveyKind.TOUCHPOINT, stage.code)
            code = f"{own}-{stage.code}"[:60]
            yield SurveyDef(code, SurveyKind.TOUCHPOINT, stage.code, stage.name, "overall", document)
    document = document_for("between_steps", SurveyKind.END_TO_END)
    yield SurveyDef(f"{own}-whole"[:60], SurveyKind.END_TO_END, "", name, "overall", document)


@transaction.atomic
def _begun(programme: Programme) -> Journey:
    if not programme.journey.code:
        raise ValidationError(_("Give a name with letters or digits."))
    if Journey.objects.filter(code=programme.journey.code).exists():
        text = _("There is a journey with the code “%(code)s” already: choose another name.")
        raise ValidationError(text % {"code": programme.journey.code})
    journey = load_programme(programme).journey
    publish_journey(journey.versions.get(state=VersionState.DRAFT))
    return journey


def _survey_code(survey: SurveyDef, journey: str) -> str:
    return f"{journey}-{survey.stage or survey.kind}".replace("_", "-")[:60]


def _headline(headline: str, names: dict[str, str]) -> str:
    """The journey's headline may name its survey, whose code is another now."""
    survey, dot, question = headline.rpartition(".")
    return f"{names.get(survey, survey)}{dot}{question}"


def _quiet(rule: RuleDef, names: dict[str, str]) -> RuleDef:
    """The rule as somebody would set it, showing only whom it would ask."""
    usual = {"window": WINDOW, "reminder": REMINDER, "max_age": MAX_AGE, "sample": 1.0}
    times = {"delay": DELAYS[_trigger(rule)], "life": LIVES[_trigger(rule)]}
    return replace(rule, survey=names[rule.survey], mode=RuleMode.SHADOW, **usual, **times)  # type: ignore[arg-type]


def _trigger(rule: RuleDef) -> Trigger:
    return Trigger(rule.trigger)


def _stage(number: int, line: str) -> StageDef:
    wait = line.startswith(WAIT)
    name, owner, days = ([part.strip() for part in line.removeprefix(WAIT).split("|")] + ["", "", ""])[:3]
    code = code_from(name) or f"stage-{number}"
    if not name:
        raise ValidationError(_("Line %(number)s has no name: write “Name | Department”.") % {"number": number})
    try:
        promised = float(days.replace(",", ".")) if days else None
    except ValueError:
        text = _("Line %(number)s: “%(days)s” is no number of days.")
        raise ValidationError(text % {"number": number, "days": days}) from None
    kind = StageKind.WAIT if wait else StageKind.SERVICE if owner else StageKind.NON_SERVICE
    return StageDef(code, name, kind=kind, owner=owner, human=kind == StageKind.SERVICE, promised_days=promised)
