"""The endpoints of listening."""

from typing import Any

import django_filters as filters  # type: ignore[import-untyped]
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse
from rest_framework.views import APIView

from feedback.actions.analyse import Kept, comparison_for
from feedback.api.serializers import ComparisonQuerySerializer, ResponseSerializer
from feedback.dashboards.comparison import UnknownJourney
from feedback.enums import ResponseSource
from feedback.models import Response
from feedback.queries.api import responses

PUBLIC_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
DAY = OpenApiTypes.DATE
ASK_AGAIN_SECONDS = 3


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
        responses={
            200: OpenApiTypes.OBJECT,
            202: OpenApiResponse(OpenApiTypes.OBJECT, "Being computed: ask again after Retry-After seconds."),
        },
    )
    def get(self, request: Request, code: str) -> ApiResponse:
        """The kept comparison with its age, or 202 where a large one has to be computed first."""
        asked = ComparisonQuerySerializer(data=parameters(request))
        asked.is_valid(raise_exception=True)
        try:
            kept = comparison_for(asked.query(code))
        except UnknownJourney as error:
            raise NotFound from error
        return ApiResponse(kept.labelled()) if kept.has_value else being_computed(request, code, kept)


def being_computed(request: Request, code: str, kept: Kept) -> ApiResponse:
    """How far it is, and when to ask again."""
    row = kept.row
    told = {"journey": code, "state": row and row.state, "progress": row and row.progress, "note": row and row.note}
    headers = {"Location": request.build_absolute_uri(), "Retry-After": str(ASK_AGAIN_SECONDS)}
    return ApiResponse(told, status=202, headers=headers)


def parameters(request: Request) -> dict[str, Any]:
    """The query string under names that Python can have."""
    names = {"from": "start", "to": "end", "by": "by", "weighted": "weighted"}
    told: dict[str, Any] = {
        ours: request.query_params[name] for name, ours in names.items() if name in request.query_params
    }
    if "segment" in request.query_params:
        told["segment"] = request.query_params.getlist("segment")
    return told
