"""Every address, as in the contract."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from cxsurvey import health, views
from feedback.answering.preview import preview

handler500 = "cxsurvey.views.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("s/", include("feedback.answering.urls")),  # asked for most, so looked at first
    path("", views.start, name="start"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("o/", include("feedback.answering.open_urls")),
    path("p/", include("surveys.preferences.urls")),
    path("design/<slug:code>/preview/", preview, name="preview"),
    path("design/", include("surveys.designer.urls")),
    path("hooks/", include("surveys.webhooks.urls")),
    path("admin/insights/", include("feedback.dashboards.urls")),
    path("api/", include("cxsurvey.api")),
    path("admin/", admin.site.urls),
]
if settings.STANDINS:  # development only: the local inbox
    urlpatterns.append(path("dev/", include("surveys.standins.urls")))
