"""An open link as staff hand it on: its address, its code to print, and the snippet for another page."""

import io
import re
from typing import Final

import segno
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import escape

from surveys.models import OpenLink

ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]{1,180}(?::[0-9]{1,5})?")
SNIPPET: Final = (
    '<iframe src="{address}embed/" title="{title}" sandbox="allow-forms allow-scripts" loading="lazy"\n'
    '  referrerpolicy="no-referrer" width="100%" height="640" data-cxsurvey></iframe>\n'
    '<script src="{script}" defer></script>'
)


def address_of(link: OpenLink) -> str:
    """The address to print or to mail; never built from a request's host."""
    return f"{settings.PUBLIC_BASE_URL}/o/{link.slug}/"


def origins_of(link: OpenLink) -> list[str]:
    """The pages that may frame it, those that are written as origins only: they become part of a policy header."""
    return [origin for origin in link.embed_origins if ORIGIN.fullmatch(origin)]


def qr_svg(link: OpenLink) -> bytes:
    """The address as a QR code for print, with the quiet zone that readers need."""
    out = io.BytesIO()
    segno.make(address_of(link), micro=False, error="m").save(out, kind="svg", scale=10, border=4, light="white")
    return out.getvalue()


def qr_png(link: OpenLink) -> bytes:
    """The same as a picture, about 1,000 pixels wide."""
    code = segno.make(address_of(link), micro=False, error="m")
    out = io.BytesIO()
    code.save(out, kind="png", scale=max(4, 1000 // code.symbol_size(border=4)[0]), border=4)
    return out.getvalue()


def snippet(link: OpenLink) -> str:
    """HTML for the other page: a frame without rights on that page, and a small script that fits its height."""
    script = staticfiles_storage.url("surveys/embed.js")
    script = script if "://" in script else settings.PUBLIC_BASE_URL + script
    return SNIPPET.format(address=address_of(link), title=escape(link.survey.name or link.slug), script=script)
