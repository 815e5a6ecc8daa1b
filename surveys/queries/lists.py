"""Reads for asking a list: its customers, the runs they would be asked about, and the surveys that can be asked so."""

from collections.abc import Collection, Iterable

from surveys.enums import Trigger
from surveys.models import Customer, JourneyRun, Stage, Survey
from surveys.queries.history import rules_of


def customers_of(names: Collection[str]) -> dict[str, Customer]:
    """The customers with these ids, in the order of the list."""
    found = {each.external_id: each for each in Customer.objects.filter(external_id__in=names)}
    return {name: found[name] for name in names if name in found}


def latest_runs(journey: int | None, customers: Collection[int]) -> dict[int, JourneyRun]:
    """Per customer, the run of the journey with the latest event."""
    runs = JourneyRun.objects.filter(journey=journey, customer__in=customers)
    return {each.customer_id: each for each in runs.order_by("customer_id", "-last_event_at").distinct("customer_id")}


def stages_of_runs(runs: Iterable[JourneyRun], code: str) -> dict[int, Stage]:
    """Per version of the journey, the stage with this code."""
    if not code:
        return {}
    rows = Stage.objects.filter(version__in={each.version_id for each in runs}, code=code)
    return {each.version_id: each for each in rows}


def surveys_for_lists() -> list[Survey]:
    """Surveys that have a rule for lists."""
    return list({each.survey.pk: each.survey for each in rules_of(Trigger.MANUAL)}.values())
