"""Whether people can read a colour (WCAG 2.2, 1.4.3 and 1.4.11): contrast, the nearest that passes, the dark twin.

Contrast is (L1 + 0.05) / (L2 + 0.05) of the relative luminances as WCAG defines them. An accent colours links on the
page and on the wash behind notices, the words on its own button, and the ring around what has the focus: so it has to
pass as text, which passes as a mark, too.
"""

import colorsys
import re
from typing import Final

from django.utils.translation import gettext as _

HEX: Final = re.compile(r"#[0-9a-f]{6}")
TEXT: Final = 4.5
LIGHT: Final = ("#ffffff", "#f6f8fa")  # paper and wash; white is also the words on the button
DARK: Final = ("#0d1117", "#151b23")
STEPS: Final = 200

USUAL: Final = ("#0b5cad", "#6cb6ff")  # of whoever has chosen none, on light and on dark; answer.css has the same

Rgb = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def worst(accent: str, backgrounds: tuple[str, ...] = LIGHT) -> float:
    """The lowest contrast of a colour with what it stands on."""
    return min(contrast(accent, background) for background in backgrounds)


def nearest(accent: str, backgrounds: tuple[str, ...] = LIGHT) -> str:
    """The same hue, as much darker (on light) or lighter (on dark) as it needs to pass; itself where it does."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(accent))
    end = 0.0 if backgrounds == LIGHT else 1.0
    for step in range(STEPS + 1):
        moved = lightness + (end - lightness) * step / STEPS
        found = _hex(colorsys.hls_to_rgb(hue, moved, saturation)) if step else accent
        if worst(found, backgrounds) >= TEXT:
            return found
    return "#000000" if end == 0.0 else "#ffffff"


def accent_problem(accent: str) -> str:
    """Why this accent cannot be taken, with the figure and the nearest that can; blank where it can."""
    if not HEX.fullmatch(accent):
        return _('"%(accent)s" is not a colour: write # and six digits, such as #0b5cad.') % {"accent": accent}
    if worst(accent) >= TEXT:
        return ""
    names = {"accent": accent, "figure": f"{worst(accent):.2f}", "nearest": nearest(accent)}
    return (
        _(
            "%(accent)s cannot be read well enough: its contrast is %(figure)s, and 4.5 is needed. "
            "The nearest colour that passes is %(nearest)s."
        )
        % names
    )


def pair(accent: str) -> tuple[str, str]:
    """The accent on light and on dark; the usual ones where there is none that people could read."""
    return USUAL if accent_problem(accent) else (accent, nearest(accent, DARK))


def style(accent: str) -> str:
    """The style sheet of an accent that passes, for light and dark pages."""
    light, dark = pair(accent)
    return (
        f":root {{ --accent: {light}; --on-accent: #ffffff; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --on-accent: #0d1117; }} }}\n"
    )


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
