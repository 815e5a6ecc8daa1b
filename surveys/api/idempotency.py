"""The header Idempotency-Key: what is created once is created once, however often the request comes."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cxsurvey.lib.api_errors import ConflictResponseSerializer, InFlight, OtherBody
from surveys.actions.idempotency import Answer, KeyInFlight, KeyOfAnotherRequest, answer_once, request_hash

HEADER: Final = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Up to 255 characters. The same key with the same body gets the first answer again, "
    "with the header Idempotent-Replayed: true; with another body 422; while the first is in flight 409.",
)
CONFLICTS: Final = {
    409: OpenApiResponse(ConflictResponseSerializer, description="The first request is in flight."),
    422: OpenApiResponse(ConflictResponseSerializer, description="The key came with another body before."),
}


def answered_once(request: Request, name: str, answer: Callable[[], Answer]) -> HttpResponse:
    """The answer of the first request with this key, or the one made now; `name` tells apart kinds of requests."""
    key = _key(request)
    return _response(_once(request, key, name, answer) if key else answer())


def _key(request: Request) -> str:
    """The header, blank where there is none; a key that cannot be stored is refused."""
    key: str = request.headers.get("Idempotency-Key", "")
    if len(key) > 255 or not key.isascii() or not (key == "" or key.isprintable()):
        raise ValidationError({"Idempotency-Key": ["Give up to 255 printable ASCII characters."]})
    return key


def _once(request: Request, key: str, name: str, answer: Callable[[], Answer]) -> Answer:
    try:
        return answer_once(request.user.pk or 0, key, request_hash(f"POST {name}", request.data), answer)
    except KeyInFlight as error:
        raise InFlight from error
    except KeyOfAnotherRequest as error:
        raise OtherBody from error


def _response(answer: Answer) -> HttpResponse:
    """The stored bytes, so that a replay is the same to the byte."""
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    if answer.replayed:
        response["Idempotent-Replayed"] = "true"
    return response
