"""What in a programme collides with the rows that are there already."""

from surveys.models import ImportMapping, Survey
from surveys.programme.nodes import Notes, Problem
from surveys.programme.parse import Checked
from surveys.programme.reading import Path


def conflicts(checked: Checked) -> tuple[Problem, ...]:
    """Codes and names that belong to another journey, and surveys that would change their kind."""
    programme = checked.programme
    if programme is None:
        return ()
    notes = Notes(checked.source)
    wanted = {survey.code: survey for survey in programme.surveys}
    for survey in Survey.objects.filter(code__in=wanted).select_related("journey"):
        owner = survey.journey.code if survey.journey else ""
        path = _survey_path(checked, survey.code)
        if owner != programme.journey.code:
            notes.add(path, f'the survey code "{survey.code}" is taken by {_whose(owner)}: choose another one.')
        elif survey.kind != wanted[survey.code].kind:
            notes.add(path, f'the survey "{survey.code}" is of kind {survey.kind}: a new kind needs a new code.')
    taken = ImportMapping.objects.filter(name__in=programme.imports).exclude(journey__code=programme.journey.code)
    for name, owner in taken.values_list("name", "journey__code"):
        notes.add(("imports", name), f'the name "{name}" is taken by the journey "{owner}": choose another one.')
    return tuple(notes.sorted())


def _whose(journey: str) -> str:
    return f'the journey "{journey}"' if journey else "a survey without journey"


def _survey_path(checked: Checked, code: str) -> Path:
    """Where the survey of this code stands in the file."""
    data = checked.source.data.get("surveys") or []
    surveys = data if isinstance(data, list) else [data]
    for index, survey in enumerate(surveys):
        if isinstance(survey, dict) and str(survey.get("code")) == code:
            return ("surveys", index, "code")
    return ("surveys",)
