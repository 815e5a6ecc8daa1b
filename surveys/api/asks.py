"""Asks through the API: ask a list of customers, and read the ledger of what became of every ask that was due."""

from typing import Any

import django_filters as filters  # type: ignore[import-untyped]
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from cxsurvey.lib.api_errors import refusals_are_told
from surveys.actions.ask_list import ListIn, ask_list
from surveys.actions.idempotency import Answer
from surveys.api.idempotency import CONFLICTS, HEADER, answered_once
from surveys.models import AskDecision
from surveys.queries import api as rows

AT_ONCE = 1_000  # customers of one request


class AskInSerializer(serializers.Serializer[Any]):
    """Whom to ask what. Without `run` each customer's latest run of the survey's journey is asked about."""

    survey = serializers.CharField(max_length=60)
    customers = serializers.ListField(
        child=serializers.CharField(max_length=120), min_length=1, max_length=AT_ONCE, help_text="ids of outside"
    )
    run = serializers.CharField(max_length=120, required=False, allow_blank=True)
    list = serializers.CharField(
        max_length=150,
        required=False,
        allow_blank=True,
        help_text="name of the list: a survey about the relationship is asked once per customer and list",
    )


class ToldSerializer(serializers.Serializer[Any]):
    """What became of one customer: planned, delayed, or the reason of not asking."""

    customer = serializers.CharField()
    outcome = serializers.CharField(help_text="as in the ledger; also unknown_customer, no_run, duplicate")
    detail = serializers.CharField(allow_blank=True)


class AskedSerializer(serializers.Serializer[Any]):
    """The decision on every customer, in the order of the list."""

    asks = ToldSerializer(many=True)


class AskDecisionSerializer(serializers.ModelSerializer[AskDecision]):
    """One row of the ledger."""

    survey = serializers.CharField(source="survey.code")
    customer = serializers.CharField(source="customer.external_id")
    run = serializers.CharField(source="run.external_id", allow_null=True, default=None)
    stage = serializers.CharField(source="stage.code", allow_null=True, default=None)
    invitation = serializers.UUIDField(source="invitation.public_id", allow_null=True, default=None)

    class Meta:
        model = AskDecision
        fields = (
            *("survey", "customer", "run", "stage", "invitation", "occasion", "channel", "outcome", "detail"),
            *("probability", "due_at", "decided_at", "retry_at", "imported"),
        )


class AskFilter(filters.FilterSet):  # type: ignore[misc]
    """By survey, customer, run, outcome and time."""

    survey = filters.CharFilter(field_name="survey__code")
    customer = filters.CharFilter(field_name="customer__external_id")
    run = filters.CharFilter(field_name="run__external_id")
    outcome = filters.CharFilter()
    decided_after = filters.IsoDateTimeFilter(field_name="decided_at", lookup_expr="gte")
    decided_before = filters.IsoDateTimeFilter(field_name="decided_at", lookup_expr="lt")

    class Meta:
        model = AskDecision
        fields: tuple[str, ...] = ()


class AskViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[AskDecision]):
    """The ledger: every ask that was due. A new list asks customers by the same rules as any event."""

    queryset = rows.decisions()
    serializer_class = AskDecisionSerializer
    filterset_class = AskFilter

    @extend_schema(
        request=AskInSerializer,
        parameters=[HEADER],
        responses={
            202: AskedSerializer,
            **CONFLICTS,
        },
    )
    def create(self, request: Request) -> HttpResponse:
        """Decide on an ask for each of these customers; those that may be asked get their message in time."""
        return answered_once(request, "asks", lambda: _ask(request.data))


def _ask(data: Any) -> Answer:
    told = AskInSerializer(data=data)
    told.is_valid(raise_exception=True)
    values = told.validated_data
    asked = ListIn(values["survey"], tuple(values["customers"]), values.get("run", ""), values.get("list", ""))
    with refusals_are_told():
        asks = ask_list(asked, timezone.now())
    return Answer(202, JSONRenderer().render(AskedSerializer({"asks": asks}).data).decode())
