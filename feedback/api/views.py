"""The endpoints of listening."""

from typing import Any

import django_filters as filters  # type: ignore[import-untyped]
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse
from rest_framework.views import APIView

from feedback.api.serializers import ComparisonQuerySerializer, ResponseSerializer
from feedback.dashboards.comparison import UnknownJourney, build_comparison
from feedback.enums import ResponseSource
from feedback.models import Response
from feedback.queries.api import responses

PUBLIC_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
DAY = OpenApiTypes.DATE


class ResponseFilter(filters.FilterSet):  # type: ignore[misc]
    """By survey, journey, customer, run, source and time."""

    survey = filters.CharFilter(field_name="survey__code")
    journey = filters.CharFilter(field_name="survey__journey__code")
    customer = filters.CharFilter(field_name="customer__external_id")
    run = filters.CharFilter(field_name="run__external_id")
    source = filters.ChoiceFilter(choices=ResponseSource.choices)
    answered_after = filters.IsoDateTimeFilter(field_name="answered_at", lookup_expr="gte")
    answered_before = filters.IsoDateTimeFilter(field_name="answered_at", lookup_expr="lt")

    class Meta:
        model = Response
        fields: tuple[str, ...] = ()


class ResponseViewSet(viewsets.ReadOnlyModelViewSet[Response]):
    """Responses with answers, texts and sentiment, by public id."""

    queryset = responses()
    serializer_class = ResponseSerializer
    filterset_class = ResponseFilter
    lookup_field = "public_id"
    lookup_value_regex = PUBLIC_ID


class ComparisonView(APIView):
    """Service held against experience for one journey: the value that the dashboard and the command show."""

    queryset = Response.objects.none()  # whoever may read responses may read what is computed from them

    @extend_schema(
        parameters=[
            OpenApiParameter("from", DAY, description="First day, UTC."),
            OpenApiParameter("to", DAY, description="Last day, UTC, included."),
            OpenApiParameter("segment", OpenApiTypes.STR, many=True, description="NAME=VALUE, may be repeated."),
            OpenApiParameter("by", OpenApiTypes.STR, description="Break down by this attribute."),
            OpenApiParameter("weighted", OpenApiTypes.BOOL),
        ],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, code: str) -> ApiResponse:
        """Compute the comparison of the journey's current version."""
        asked = ComparisonQuerySerializer(data=parameters(request))
        asked.is_valid(raise_exception=True)
        try:
            return ApiResponse(build_comparison(asked.query(code)))
        except UnknownJourney as error:
            raise NotFound from error


def parameters(request: Request) -> dict[str, Any]:
    """The query string under names that Python can have."""
    names = {"from": "start", "to": "end", "by": "by", "weighted": "weighted"}
    told: dict[str, Any] = {
        ours: request.query_params[name] for name, ours in names.items() if name in request.query_params
    }
    if "segment" in request.query_params:
        told["segment"] = request.query_params.getlist("segment")
    return told
