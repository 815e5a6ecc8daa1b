"""The rows that the API lists, with everything a page of them shows in a fixed number of queries."""

from django.db.models import Prefetch, QuerySet

from surveys.enums import VersionState
from surveys.models import (
    AskDecision,
    Customer,
    Interaction,
    Invitation,
    Journey,
    JourneyVersion,
    Question,
    Stage,
    Survey,
    SurveyVersion,
    Transition,
)


def journeys() -> QuerySet[Journey]:
    """Journeys with `current_versions` (draft, published), their stages and transitions."""
    versions = JourneyVersion.objects.exclude(state=VersionState.RETIRED).order_by("-number")
    versions = versions.prefetch_related(
        Prefetch("stages", Stage.objects.select_related("owner").order_by("order")),
        Prefetch(
            "transitions",
            Transition.objects.select_related("from_stage", "to_stage", "owner").order_by(
                "from_stage__order", "to_stage__order"
            ),
        ),
    )
    return Journey.objects.prefetch_related(Prefetch("versions", versions, to_attr="current_versions")).order_by("code")


def surveys() -> QuerySet[Survey]:
    """Surveys with `current_versions` (draft, published), their questions and choices."""
    questions = Question.objects.order_by("order").prefetch_related("choices")
    versions = SurveyVersion.objects.exclude(state=VersionState.RETIRED).order_by("-number")
    versions = versions.prefetch_related(Prefetch("questions", questions))
    rows = Survey.objects.select_related("journey").order_by("code")
    return rows.prefetch_related(Prefetch("versions", versions, to_attr="current_versions"))


def customers() -> QuerySet[Customer]:
    """Customers by the organisation's own id."""
    return Customer.objects.order_by("external_id")


def interactions() -> QuerySet[Interaction]:
    """Contacts, the latest first; the customer's encrypted columns stay where they are."""
    rows = Interaction.objects.select_related("customer", "journey", "run", "stage")
    return rows.defer("customer__email", "customer__phone").order_by("-started_at", "-id")


def invitations() -> QuerySet[Invitation]:
    """Asks with their messages, the latest first."""
    rows = Invitation.objects.select_related("survey", "version", "customer", "run", "stage", "interaction")
    return rows.defer("customer__email", "customer__phone", "version__document").prefetch_related("deliveries")


def decisions() -> QuerySet[AskDecision]:
    """The ledger, the latest decision first."""
    rows = AskDecision.objects.select_related("survey", "customer", "run", "stage", "invitation")
    return rows.defer("customer__email", "customer__phone").order_by("-decided_at", "-id")
