"""A programme into rows, in one transaction: what is as it was stays untouched, versions included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.actions.drafts import replace_draft
from surveys.actions.journeys import set_accent
from surveys.actions.publish import mirror_questions, publish_journey, publish_survey
from surveys.enums import VersionState
from surveys.models import (
    ContactPolicy,
    Department,
    ImportMapping,
    Journey,
    JourneyVersion,
    Rule,
    Stage,
    Survey,
    SurveyVersion,
    Transition,
)
from surveys.programme.load_rules import load_rules
from surveys.programme.rows import (
    implied_transitions,
    journey_of,
    newest_version,
    policy_of,
    survey_of,
)
from surveys.programme.schema import Document, JourneyDef, Programme, SurveyDef, TransitionDef


@dataclass(frozen=True)
class Loaded:
    """The journey, and in words what was written; nothing where the rows said the same already."""

    journey: Journey
    changes: tuple[str, ...]


@transaction.atomic
def load_programme(programme: Programme, *, publish: bool = False) -> Loaded:
    """Write everything but the outcomes. The programme must be free of problems (parse and conflicts)."""
    definition = programme.journey
    journey, created = Journey.objects.get_or_create(code=definition.code, defaults={"name": definition.name})
    Journey.objects.select_for_update().get(pk=journey.pk)  # two loads of one file come one after the other
    changes = [f"journey {journey.code}"] if created else _rename(journey, definition.name)
    changes += _journey(journey, definition, publish=publish)
    at_once = _first_published(programme) if publish else set()
    for survey in programme.surveys:
        changes += _survey(journey, survey, publish=publish)
    changes += _set_aside(journey, [survey.code for survey in programme.surveys])
    changes += load_rules(journey, programme, at_once)
    changes += _policy(journey, programme.contact_policy)
    changes += _sender(journey, programme.sender)
    changes += _imports(journey, programme.imports)
    changes += _theme(journey, programme.accent)
    return Loaded(journey, tuple(changes))


def _rename(journey: Journey, name: str) -> list[str]:
    if journey.name == name:
        return []
    journey.name = name
    journey.save(update_fields=["name"])
    return [f"name of journey {journey.code}"]


def _theme(journey: Journey, accent: str) -> list[str]:
    if journey.accent == accent:
        return []
    set_accent(journey, accent)
    return ["theme"]


def _journey(journey: Journey, definition: JourneyDef, *, publish: bool) -> list[str]:
    """A new draft where the definition differs from the newest version; a draft before it is replaced."""
    newest = newest_version(journey)
    changes = []
    if newest is None or journey_of(newest) != definition:
        published = journey.versions.filter(state=VersionState.PUBLISHED).first()
        journey.versions.filter(state=VersionState.DRAFT).delete()
        if published is not None and journey_of(published) == definition:
            newest = published  # back to what is in force: the draft is gone, nothing else is needed
            changes.append(f"draft of journey {journey.code} dropped")
        else:
            newest = _new_version(journey, definition)
            changes.append(f"journey {journey.code} version {newest.number}")
    if publish and newest.state == VersionState.DRAFT:
        publish_journey(newest)
        changes.append(f"journey {journey.code} version {newest.number} published")
    return changes


def _new_version(journey: Journey, definition: JourneyDef) -> JourneyVersion:
    last = journey.versions.order_by("-number").first()
    version = JourneyVersion.objects.create(
        journey=journey,
        number=last.number + 1 if last else 1,
        end_event=definition.end_event,
        end_stage_code=definition.end_stage,
        inactive_days=definition.inactive_days,
        promised_days=definition.promised_days,
        needed_steps=definition.needed_steps,
        headline=definition.headline,
        options=definition.options,
    )
    owners = _departments(definition)
    stages = Stage.objects.bulk_create(
        Stage(
            version=version,
            order=order,
            code=stage.code,
            name=stage.name,
            kind=stage.kind,
            phase=stage.phase,
            owner=owners.get(stage.owner),
            channel=stage.channel,
            human=stage.human,
            optional=stage.optional,
            third_party=stage.third_party,
            promised_days=stage.promised_days,
        )
        for order, stage in enumerate(definition.stages, start=1)
    )
    _write_transitions(version, definition, stages, owners)
    return version


def _departments(definition: JourneyDef) -> dict[str, Department]:
    """Departments by name, made where there are none."""
    names = {stage.owner for stage in definition.stages} | {each.owner for each in definition.transitions}
    names.add(definition.options.get("owner", ""))
    names.discard("")
    Department.objects.bulk_create([Department(name=name) for name in sorted(names)], ignore_conflicts=True)
    return {department.name: department for department in Department.objects.filter(name__in=names)}


def _write_transitions(
    version: JourneyVersion, definition: JourneyDef, stages: Iterable[Stage], owners: dict[str, Department]
) -> None:
    """Those that the stages imply, overlaid by those that the file says."""
    by_code = {stage.code: stage for stage in stages}
    said: dict[tuple[str, str], TransitionDef] = {}
    for each in (*implied_transitions(definition.stages), *definition.transitions):
        said[each.from_code, each.to_code] = each
    Transition.objects.bulk_create(
        Transition(
            version=version,
            from_stage=by_code[each.from_code],
            to_stage=by_code[each.to_code],
            name=each.name,
            owner=owners.get(each.owner),
            promised_days=each.promised_days,
        )
        for each in said.values()
    )


def _survey(journey: Journey, definition: SurveyDef, *, publish: bool) -> list[str]:
    survey, created = Survey.objects.get_or_create(
        code=definition.code,
        defaults={
            "kind": definition.kind,
            "journey": journey,
            "stage_code": definition.stage,
            "name": definition.name,
        },
    )
    changes = [f"survey {survey.code}"] if created else _resettle(survey, definition)
    versions = survey.versions.select_related("survey").exclude(state=VersionState.RETIRED)
    newest = versions.order_by("-number").first()
    if newest is None or survey_of(newest) != definition:
        newest, change = _survey_version(survey, definition, newest)
        changes.append(change)
    if publish and newest.state == VersionState.DRAFT:
        publish_survey(newest)
        changes.append(f"survey {survey.code} version {newest.number} published")
    return changes


def _survey_version(survey: Survey, definition: SurveyDef, newest: SurveyVersion | None) -> tuple[SurveyVersion, str]:
    """The version that says what the file says. A draft that people worked on takes it as one more edit of theirs."""
    published = survey.versions.select_related("survey").filter(state=VersionState.PUBLISHED).first()
    draft = newest if newest is not None and newest.state == VersionState.DRAFT else None
    if draft is not None and draft.revision:
        draft = replace_draft(draft.pk, definition.document, None, _("programme file"))
        mirror_questions(draft)
        return draft, f"survey {survey.code} version {draft.number}"
    if draft is not None:
        draft.delete()
    if published is not None and survey_of(published) == definition:
        return published, f"draft of survey {survey.code} dropped"
    made = _new_survey_version(survey, definition)
    return made, f"survey {survey.code} version {made.number}"


def _resettle(survey: Survey, definition: SurveyDef) -> list[str]:
    """Name, stage and activity of an existing survey."""
    wanted = {"name": definition.name, "stage_code": definition.stage, "active": True}
    changed = [key for key, value in wanted.items() if getattr(survey, key) != value]
    for key in changed:
        setattr(survey, key, wanted[key])
    if changed:
        survey.save(update_fields=changed)
    return [f"survey {survey.code} ({', '.join(changed)})"] if changed else []


def _new_survey_version(survey: Survey, definition: SurveyDef) -> SurveyVersion:
    last = survey.versions.order_by("-number").first()
    version = SurveyVersion.objects.create(
        survey=survey,
        number=last.number + 1 if last else 1,
        document=definition.document,
        headline=definition.headline,
    )
    mirror_questions(version)
    return version


def _first_published(programme: Programme) -> set[str]:
    """Surveys of the file that have never been published before this load."""
    codes = {survey.code for survey in programme.surveys}
    before = SurveyVersion.objects.filter(survey__code__in=codes).exclude(state=VersionState.DRAFT)
    return codes - set(before.values_list("survey__code", flat=True))


def _set_aside(journey: Journey, codes: Sequence[str]) -> list[str]:
    """Surveys that the file no longer has: kept with their answers, but asked no more."""
    gone = Survey.objects.filter(journey=journey, active=True).exclude(code__in=codes)
    names = sorted(gone.values_list("code", flat=True))
    Rule.objects.filter(survey__code__in=names).delete()
    gone.update(active=False)
    return [f"survey {name} set aside" for name in names]


def _sender(journey: Journey, sender: Document) -> list[str]:
    if journey.sender == sender:
        return []
    journey.sender = sender
    journey.save(update_fields=["sender"])
    return ["sender"]


def _policy(journey: Journey, policy: Document | None) -> list[str]:
    if policy_of(journey) == policy:
        return []
    if policy is None:
        ContactPolicy.objects.filter(journey=journey).delete()
    else:
        ContactPolicy.objects.update_or_create(journey=journey, defaults={"limits": policy})
    return ["contact policy"]


def _imports(journey: Journey, imports: dict[str, Document]) -> list[str]:
    known = dict(ImportMapping.objects.filter(journey=journey).values_list("name", "document"))
    changed = [name for name, document in imports.items() if known.get(name) != document]
    gone = sorted(set(known) - set(imports))
    for name in changed:
        ImportMapping.objects.update_or_create(name=name, defaults={"journey": journey, "document": imports[name]})
    ImportMapping.objects.filter(journey=journey, name__in=gone).delete()
    return [f"import {name}" for name in changed] + [f"import {name} removed" for name in gone]
