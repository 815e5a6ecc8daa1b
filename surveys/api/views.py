"""The endpoints of asking; each calls one query or one verb."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from cxsurvey.lib.api_errors import refusals_are_told
from surveys.actions.idempotency import Answer
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.api.filters import CustomerFilter, InteractionFilter, InvitationFilter, SurveyFilter
from surveys.api.idempotency import CONFLICTS, HEADER, answered_once
from surveys.api.serializers import (
    CustomerSerializer,
    InteractionInSerializer,
    InteractionSerializer,
    InvitationSerializer,
    JourneySerializer,
    SurveySerializer,
)
from surveys.models import Customer, Interaction, Invitation, Journey, Survey
from surveys.queries import api as rows

CODE = "[-a-zA-Z0-9_]+"
PUBLIC_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class JourneyViewSet(viewsets.ReadOnlyModelViewSet[Journey]):
    """Journeys with their stages, by code."""

    queryset = rows.journeys()
    serializer_class = JourneySerializer
    filterset_fields = ("code",)
    lookup_field = "code"
    lookup_value_regex = CODE


class SurveyViewSet(viewsets.ReadOnlyModelViewSet[Survey]):
    """Surveys with their versions and questions, by code."""

    queryset = rows.surveys()
    serializer_class = SurveySerializer
    filterset_class = SurveyFilter
    lookup_field = "code"
    lookup_value_regex = CODE


class CustomerViewSet(mixins.CreateModelMixin, mixins.UpdateModelMixin, viewsets.ReadOnlyModelViewSet[Customer]):
    """Customers, by public id; new ones and changes go through the same verb as imports."""

    queryset = rows.customers()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    lookup_field = "public_id"
    lookup_value_regex = PUBLIC_ID


class InvitationViewSet(viewsets.ReadOnlyModelViewSet[Invitation]):
    """Invitations with their messages, by public id."""

    queryset = rows.invitations()
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    lookup_field = "public_id"
    lookup_value_regex = PUBLIC_ID


class InteractionViewSet(viewsets.ReadOnlyModelViewSet[Interaction]):
    """Contacts, by public id. A new one opens or advances its run and makes the asks due that follow from it."""

    queryset = rows.interactions()
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilter
    lookup_field = "public_id"
    lookup_value_regex = PUBLIC_ID

    @extend_schema(
        request=InteractionInSerializer,
        parameters=[HEADER],
        responses={
            201: InteractionSerializer,
            200: OpenApiResponse(InteractionSerializer, description="The reference was known already."),
            **CONFLICTS,
        },
    )
    def create(self, request: Request) -> HttpResponse:
        """Record one contact. Rules run: customers may be asked about it."""
        return answered_once(request, "interactions", lambda: record(request.data))


def record(data: Any) -> Answer:
    """Validate and record one contact."""
    told = InteractionInSerializer(data=data)
    told.is_valid(raise_exception=True)
    with refusals_are_told():
        recorded = record_interactions([InteractionIn(**told.validated_data)], ask=True)[0]
    body = JSONRenderer().render(InteractionSerializer(recorded.interaction).data)
    return Answer(201 if recorded.created else 200, body.decode())
