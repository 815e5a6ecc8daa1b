"""Errors of the API beyond those of DRF, all in the one shape of drf-standardized-errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.openapi_serializers import ClientErrorEnum
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.unavailable import CODE, DETAIL, RETRY_SECONDS, is_unavailable


class InFlight(APIException):
    """The first request with this Idempotency-Key is still being answered."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("A request with this Idempotency-Key is being answered right now: try again in a moment.")
    default_code = "in_flight"


class OtherBody(APIException):
    """The Idempotency-Key was used before with something else in the body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key was used before for another request: take a new key.")
    default_code = "other_body"


class Unavailable(APIException):
    """The database takes nothing just now."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = DETAIL
    default_code = CODE
    wait = RETRY_SECONDS  # told as Retry-After


class Handler(ExceptionHandler):
    """The package's own, which also tells what passes by itself from what is broken."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        return Unavailable() if is_unavailable(exc) else super().convert_known_exceptions(exc)


class ConflictSerializer(serializers.Serializer[object]):
    """One error of those above."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ConflictResponseSerializer(serializers.Serializer[object]):
    """The body of a 409 or 422."""

    type = serializers.ChoiceField(choices=ClientErrorEnum.choices)
    errors = ConflictSerializer(many=True)  # type: ignore[assignment]


@contextmanager
def refusals_are_told() -> Iterator[None]:
    """A verb's refusal of a row is an error of the field it names."""
    try:
        yield
    except Refused as refused:
        raise ValidationError({refused.column or "non_field_errors": [refused.reason]}, code="refused") from refused
