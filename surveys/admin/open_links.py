"""Links that stay open: their address, their code to print, and the snippet for another page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import ListAdmin, ModelForm
from surveys.models import OpenLink
from surveys.rendering.open_link import ORIGIN, address_of, qr_png, qr_svg, snippet

PICTURES = {"svg": (qr_svg, "image/svg+xml"), "png": (qr_png, "image/png")}


class OpenLinkForm(ModelForm):
    """Origins become part of a policy header, names part of an address: both are looked at."""

    def clean_embed_origins(self) -> list[str]:
        origins: list[str] = [each.rstrip("/") for each in self.cleaned_data["embed_origins"]]
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                words = now_('"%(origin)s" is not a page\'s origin: write it as https://www.example.org.')
                raise forms.ValidationError(words % {"origin": origin})
        return origins

    def clean_parameters(self) -> list[str]:
        names: list[str] = self.cleaned_data["parameters"]
        for name in names:
            if not name.isidentifier() or name in ("lang", "page", "s", "a", "changed"):
                words = now_(
                    '"%(name)s" cannot be taken: use letters, digits and _, and none of lang, page, s, a, changed.'
                )
                raise forms.ValidationError(words % {"name": name})
        return names


@admin.register(OpenLink)
class OpenLinkAdmin(ListAdmin):
    """Addresses under which anybody may answer a survey."""

    form = OpenLinkForm
    list_display = ("slug", "survey", "name", "active", "starts_at", "ends_at")
    list_filter = ("active", "survey")
    list_select_related = ("survey",)
    search_fields = ("slug", "name", "survey__code")
    readonly_fields = ("address", "code", "embed")

    @admin.display(description=_("address"))
    def address(self, link: OpenLink) -> str:
        return format_html('<a href="{0}">{0}</a>', address_of(link)) if link.pk else "-"

    @admin.display(description=_("code to print"))
    def code(self, link: OpenLink) -> str:
        if not link.pk:
            return "-"
        svg, png = (reverse("admin:surveys_openlink_code", args=[link.pk, kind]) for kind in PICTURES)
        image = format_html('<img src="{}" alt="{}" width="200" height="200"><br>', svg, _("QR code of the address"))
        return image + format_html('<a href="{}" download>SVG</a> <a href="{}" download>PNG</a>', svg, png)

    @admin.display(description=_("snippet for another page"))
    def embed(self, link: OpenLink) -> str | SafeString:
        if not link.pk or not link.embed_origins:
            return now_("Name the pages that may show it in a frame, and save.")
        words = _("Snippet for another page")
        return format_html('<textarea readonly rows="5" cols="80" aria-label="{}">{}</textarea>', words, snippet(link))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.picture)
        return [path("<int:pk>/code.<str:kind>", view, name="surveys_openlink_code"), *super().get_urls()]

    def picture(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """The code as a file."""
        link: Any = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if link is None or kind not in PICTURES:
            raise Http404
        make, content_type = PICTURES[kind]
        return HttpResponse(
            make(link),
            content_type=content_type,
            headers={"Content-Disposition": f'inline; filename="{link.slug}.{kind}"'},
        )
