"""The admin site: Django's own, with our name, our colours and the insights pages under the same login."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    """Django's admin under the product's name."""

    site_header = _("cxsurvey")
    site_title = _("cxsurvey")
    index_title = _("Service held against experience")
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Put the insights pages inside the admin's address space and namespace-free."""
        urls: list[Any] = super().get_urls()
        return urls

    def _build_app_dict(self, request: HttpRequest, label: Any = None) -> dict[str, Any]:
        """Names as text: every page sorts them, and a lazy one is translated anew at each comparison (4 ms a page)."""
        apps: dict[str, Any] = super()._build_app_dict(request, label)
        for app in [apps] if label else apps.values():
            for model in app.get("models", ()):
                model["name"] = str(model["name"])
        return apps

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Asking first, then listening, then people and the rest."""
        order = {"surveys": 0, "feedback": 1}
        apps: list[Any] = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: order.get(app["app_label"], 2))
