"""The outcomes of a programme file as rows, and back."""

from typing import Any

from django.db import transaction

from feedback.models import Outcome, Target
from surveys.models import Journey
from surveys.programme.schema import OutcomeDef, TargetDef


def outcomes_of(journey: Journey) -> tuple[OutcomeDef, ...]:
    """Outcomes by code, each with its targets by day and value."""
    rows = Outcome.objects.filter(journey=journey).prefetch_related("targets").order_by("code")
    return tuple(_outcome(row) for row in rows)


@transaction.atomic
def save_outcomes(journey: Journey, outcomes: tuple[OutcomeDef, ...]) -> list[str]:
    """Make the rows equal to the file; returns in words what changed. Owners and improvements are left alone.

    A target is a frozen promise: one that is written differently is another one, and the former goes.
    """
    before = {outcome.code: outcome for outcome in outcomes_of(journey)}
    wanted = {outcome.code: outcome for outcome in outcomes}
    changed = [code for code, outcome in wanted.items() if before.get(code) != outcome]
    gone = sorted(set(before) - set(wanted))
    Outcome.objects.filter(journey=journey, code__in=gone).delete()
    for code in changed:
        _save(journey, wanted[code])
    return [f"outcome {code}" for code in changed] + [f"outcome {code} removed" for code in gone]


def _save(journey: Journey, outcome: OutcomeDef) -> None:
    fields = {"statement": outcome.statement, "measure": outcome.measure, "level": outcome.level}
    row, _ = Outcome.objects.update_or_create(journey=journey, code=outcome.code, defaults=fields)
    have = {_target(target): target.pk for target in row.targets.all()}
    row.targets.exclude(pk__in=[key for target, key in have.items() if target in outcome.targets]).delete()
    Target.objects.bulk_create(
        Target(outcome=row, **_fields(target)) for target in outcome.targets if target not in have
    )


def _fields(target: TargetDef) -> dict[str, Any]:
    return vars(target)


def _outcome(row: Outcome) -> OutcomeDef:
    targets = sorted((_target(target) for target in row.targets.all()), key=lambda target: (target.due, target.value))
    return OutcomeDef(row.code, row.statement, row.measure, row.level, tuple(targets))


def _target(row: Target) -> TargetDef:
    return TargetDef(
        value=row.value,
        due=row.due,
        baseline=row.baseline,
        baseline_from=row.baseline_from,
        baseline_to=row.baseline_to,
        baseline_lo=row.baseline_lo,
        baseline_hi=row.baseline_hi,
    )
