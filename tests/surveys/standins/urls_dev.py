"""The project's addresses with the local inbox mounted, as a development installation has them."""

from django.urls import include, path

from cxsurvey.urls import urlpatterns as project

urlpatterns = [*project, path("dev/", include("surveys.standins.urls"))]
