"""Where an answer or an ask belongs: its customer, run and contact, for a batch of rows (contract, section 3)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import Moment
from cxsurvey.lib.refusals import Refused
from feedback.queries.asked import published_versions, stages_of
from surveys.actions.customers import ensure_customers
from surveys.enums import SurveyKind, VersionState
from surveys.models import Customer, Interaction, JourneyRun, StageVisit, SurveyVersion

DAY: Final = timedelta(days=1)
LATE_AFTER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Named:
    """What a row names; ids and codes of outside, "" where it names none."""

    customer: str
    journey: str
    run: str
    stage: str
    interaction: str
    survey: SurveyVersion
    at: Moment


@dataclass(frozen=True, slots=True)
class Place:
    """Where the row belongs."""

    customer: Customer
    run: JourneyRun | None
    interaction: Interaction | None


class SurveyShelf:
    """The published versions of surveys, read once."""

    def __init__(self) -> None:
        rows = SurveyVersion.objects.filter(state=VersionState.PUBLISHED).select_related("survey__journey")
        self._versions = {row.survey.code: row for row in rows}

    def find(self, code: str) -> SurveyVersion:
        version = self._versions.get(code)
        if version is None:
            known = ", ".join(sorted(self._versions)) or _("none")
            raise Refused(
                _("There is no published survey with this code; there are: %(known)s.") % {"known": known},
                "survey",
                code,
            )
        return version


class Places:
    """Everything that the rows of a batch name, read in a fixed number of queries."""

    def __init__(self, named: Sequence[Named]) -> None:
        bonds = {each.customer for each in named if _is_bond(each) and each.customer}
        self._customers = ensure_customers(bonds)[0] if bonds else {}
        others = {each.customer for each in named if each.customer} - set(self._customers)
        rows = Customer.objects.filter(external_id__in=others).defer("email", "phone") if others else []
        self._customers |= {row.external_id: row for row in rows}
        self._interactions = _interactions({each.interaction for each in named if each.interaction})
        self._runs = _runs_by_name({(_journey(each), each.run) for each in named if each.run})
        self._of_customer = _runs_of({c.pk for c in self._customers.values()}, {_journey(each) for each in named})
        runs = [*self._runs.values(), *(run for runs in self._of_customer.values() for run in runs)]
        with_contact = [each.run for each in self._interactions.values() if each.run]
        self._visits = _visits({run.pk for run in [*runs, *with_contact]})
        journeys = {each.survey.survey.journey_id for each in named}
        self._published = published_versions(journey for journey in journeys if journey)

    def find(self, named: Named) -> Place:
        """The place of a row. Refused when what it names is unknown, contradicts itself, or is ambiguous."""
        survey = named.survey.survey
        if named.stage and survey.stage_code and named.stage != survey.stage_code:
            raise Refused(
                _('The survey is about the stage "%(stage)s".') % {"stage": survey.stage_code}, "stage", named.stage
            )
        if named.interaction:
            return self._by_interaction(named)
        if named.run:
            return self._by_run(named)
        customer = self._customer(named)
        if _is_bond(named):
            return Place(customer, None, None)
        return Place(customer, self._run_at(customer, _journey(named), named.at.at), None)

    def check(self, place: Place, survey: SurveyVersion, stages: Sequence[str], at: Moment) -> None:
        """Refused when an answer came before what it is about, or is about a stage that its journey lacks."""
        latest = at.at + DAY if at.whole_day else at.at
        for code in stages:
            if not self._has_stage(place, survey, code):
                raise Refused(_('The journey has no stage "%(stage)s".') % {"stage": code}, "stage", code)
        begins = self._begin(place, stages)
        if begins is not None and latest < begins:
            raise Refused(
                _("The answer was given before what it is about began (%(at)s).") % {"at": begins.isoformat()},
                "answered_at",
                at.at.isoformat(),
            )

    def is_late(self, place: Place, stage: str, at: datetime) -> bool:
        """More than 30 days after the stage was left, or the run or contact ended."""
        ends = place.run.ended_at if place.run else place.interaction.ended_at if place.interaction else None
        if place.run and (place.run.pk, stage) in self._visits:
            ends = self._visits[place.run.pk, stage][1]
        return ends is not None and at > ends + LATE_AFTER

    def _begin(self, place: Place, stages: Sequence[str]) -> datetime | None:
        if place.interaction is not None:
            return place.interaction.started_at
        if place.run is None:
            return None
        visit = self._visits.get((place.run.pk, stages[-1])) if stages else None
        return visit[0] if visit else place.run.started_at

    def _has_stage(self, place: Place, survey: SurveyVersion, code: str) -> bool:
        published = self._published.get(survey.survey.journey_id or 0)
        versions = ([place.run.version_id] if place.run else []) + ([published] if published else [])
        return any(code in stages_of(version) for version in versions)

    def _by_interaction(self, named: Named) -> Place:
        found = self._interactions.get(named.interaction)
        if found is None:
            raise Refused(
                _("There is no contact with this reference: import the interactions first."),
                "interaction",
                named.interaction,
            )
        if named.customer and found.customer.external_id != named.customer:
            raise Refused(_("The contact is another customer's."), "customer", named.customer)
        if named.run and (found.run is None or found.run.external_id != named.run):
            raise Refused(_("The contact belongs to another run."), "run", named.run)
        stage, wanted = found.stage.code if found.stage else "", named.survey.survey.stage_code
        if wanted and stage and stage != wanted:
            words = {"stage": stage, "wanted": wanted}
            raise Refused(
                _('The contact was at the stage "%(stage)s", the survey is about "%(wanted)s".') % words,
                "interaction",
                named.interaction,
            )
        return Place(found.customer, found.run, found)

    def _by_run(self, named: Named) -> Place:
        run = self._runs.get((_journey(named), named.run))
        if run is None:
            raise Refused(
                _("There is no such run of this journey: import the runs or interactions first."), "run", named.run
            )
        if named.customer and run.customer.external_id != named.customer:
            raise Refused(_("The run belongs to another customer."), "run", named.run)
        return Place(run.customer, run, None)

    def _customer(self, named: Named) -> Customer:
        if not named.customer:
            raise Refused(_("It is blank: name the customer, run or contact."), "customer")
        customer = self._customers.get(named.customer)
        if customer is None:
            raise Refused(_("There is no such customer: import the customers first."), "customer", named.customer)
        return customer

    def _run_at(self, customer: Customer, journey: str, at: datetime) -> JourneyRun:
        """The customer's only run open at the time, else the one that ended last before it."""
        begun = [run for run in self._of_customer[journey, customer.pk] if run.started_at <= at]
        fitting = [run for run in begun if run.ended_at is None or run.ended_at >= at]
        if not fitting:
            last = max((run.ended_at for run in begun if run.ended_at), default=None)
            fitting = [run for run in begun if run.ended_at == last]
        if len(fitting) != 1:
            names = ", ".join(run.external_id for run in fitting[:5]) or _("none")
            raise Refused(
                _("It is ambiguous to which run this belongs (found: %(names)s): name the run.") % {"names": names},
                "run",
            )
        return fitting[0]


def _is_bond(named: Named) -> bool:
    """Whether the row is about the customer's bond, and names no run or contact."""
    return named.survey.survey.kind == SurveyKind.RELATIONSHIP and not named.run and not named.interaction


def _journey(named: Named) -> str:
    """The survey's own journey; a relationship survey may name another one beside its run."""
    journey = named.survey.survey.journey
    return named.journey or (journey.code if journey else "")


def _interactions(references: Iterable[str]) -> dict[str, Interaction]:
    rows = Interaction.objects.filter(reference__in=references).select_related("customer", "run", "stage")
    return {row.reference: row for row in rows.defer("customer__email", "customer__phone")}


def _runs_by_name(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], JourneyRun]:
    wanted = set(names)
    if not wanted:
        return {}
    runs = JourneyRun.objects.filter(
        journey__code__in={journey for journey, _run in wanted}, external_id__in={run for _journey, run in wanted}
    )
    runs = runs.select_related("journey", "customer").defer("customer__email", "customer__phone")
    return {(run.journey.code, run.external_id): run for run in runs}


def _runs_of(customers: Iterable[int], journeys: Iterable[str]) -> dict[tuple[str, int], list[JourneyRun]]:
    found: dict[tuple[str, int], list[JourneyRun]] = defaultdict(list)
    runs = JourneyRun.objects.filter(customer__in=customers, journey__code__in=journeys).select_related("journey")
    for run in runs.order_by("pk"):
        found[run.journey.code, run.customer_id].append(run)
    return found


def _visits(run_ids: Iterable[int]) -> dict[tuple[int, str], tuple[datetime, datetime]]:
    """First entry and last leaving by run and stage code."""
    found: dict[tuple[int, str], tuple[datetime, datetime]] = {}
    rows = StageVisit.objects.filter(run_id__in=run_ids).order_by("run_id", "order")
    for run_id, stage, entered, left in rows.values_list("run_id", "stage__code", "entered_at", "left_at"):
        first, last = found.get((run_id, stage), (entered, left))
        found[run_id, stage] = (min(first, entered), max(last, left))
    return found
