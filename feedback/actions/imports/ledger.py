"""Asks of the past into the ledger: they are the denominator of coverage and count in the frequency clocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from feedback.actions.imports.base import Result, Taken
from feedback.actions.imports.places import Place
from feedback.queries.asked import stages_of
from surveys.models import AskDecision, SurveyVersion
from surveys.policy.due import occasion, period_occasion

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask and what became of it."""

    place: Place
    version: SurveyVersion
    at: datetime
    outcome: str
    channel: str = ""
    probability: float = 1.0


def write_asks(asks: Sequence[Ask]) -> list[Result]:
    """Write the asks that the ledger has not; one that it has stays as it is, another outcome of it is refused."""
    rows = [_row(ask) for ask in asks]
    known = _known(rows)
    fresh: dict[tuple[int, int, str], AskDecision] = {}
    results: list[Result] = []
    for row in rows:
        key = (row.customer_id, row.survey_id, row.occasion)
        earlier = known.get(key) or fresh.get(key)
        if earlier is None:
            fresh[key] = row
            results.append(Taken(created=True))
        elif (earlier.outcome, earlier.decided_at) == (row.outcome, row.decided_at):
            results.append(Taken())
        else:
            results.append(
                Refused(
                    _("This occasion is in the ledger already, with another time or outcome."), "outcome", row.outcome
                )
            )
    AskDecision.objects.bulk_create(fresh.values(), batch_size=BATCH)
    return results


def _known(rows: Sequence[AskDecision]) -> dict[tuple[int, int, str], AskDecision]:
    if not rows:
        return {}
    found = AskDecision.objects.filter(
        customer__in={row.customer_id for row in rows}, occasion__in={row.occasion for row in rows}
    )
    return {(row.customer_id, row.survey_id, row.occasion): row for row in found}


def _row(ask: Ask) -> AskDecision:
    place, survey = ask.place, ask.version.survey
    stage = survey.stage_code
    return AskDecision(
        survey=survey,
        customer=place.customer,
        run=place.run,
        stage_id=stages_of(place.run.version_id).get(stage) if place.run and stage else None,
        interaction=place.interaction,
        occasion=_occasion(ask),
        channel=ask.channel,
        outcome=ask.outcome,
        probability=ask.probability,
        due_at=ask.at,
        decided_at=ask.at,
        imported=True,
    )


def _occasion(ask: Ask) -> str:
    """The same words as for asks of our own, so that one occasion is one row."""
    place, survey = ask.place, ask.version.survey
    if place.run is None and place.interaction is None:
        return period_occasion(ask.at)
    run = str(place.run.public_id) if place.run else ""
    return occasion(survey.kind, run, survey.stage_code, place.interaction.reference if place.interaction else "")
