"""The API's root: routes of both halves under /api/v1/, tokens, the schema and its viewer."""

from typing import Any, NoReturn

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import BaseAuthentication
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.routers import DefaultRouter
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from feedback.api.views import ComparisonView, ResponseViewSet
from surveys.api.asks import AskViewSet
from surveys.api.views import (
    CustomerViewSet,
    InteractionViewSet,
    InvitationViewSet,
    JourneyViewSet,
    SurveyViewSet,
)


class LogInThrottle(AnonRateThrottle):
    """Guessing passwords takes long."""

    rate = "20/min"
    scope = "api-token"


class TokenView(ObtainAuthToken):
    """A token for a user name and password; send it as `Authorization: Token …`."""

    throttle_classes = (LogInThrottle,)


@extend_schema(exclude=True)
class UnknownView(APIView):
    """Whatever has no route, in the API's own error shape."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotFound


router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("journeys", JourneyViewSet, basename="journey")
router.register("surveys", SurveyViewSet, basename="survey")
router.register("customers", CustomerViewSet, basename="customer")
router.register("interactions", InteractionViewSet, basename="interaction")
router.register("asks", AskViewSet, basename="ask")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register("responses", ResponseViewSet, basename="response")

v1: list[URLPattern | URLResolver] = [
    path("token/", TokenView.as_view(), name="token"),
    path("journeys/<slug:code>/comparison/", ComparisonView.as_view(), name="comparison"),
    path("", include(router.urls)),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^.*$", UnknownView.as_view()),
]
