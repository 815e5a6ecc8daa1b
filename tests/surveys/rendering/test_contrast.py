"""Colours that people can read, and those that are refused."""

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.rendering.contrast import DARK, LIGHT, TEXT, accent_problem, contrast, nearest, style, worst

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "figure"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#0b5cad", "#ffffff", 6.66),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, figure: float):
    assert contrast(one, other) == pytest.approx(figure, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


def test_accent_that_cannot_be_read_is_refused_with_figure_and_nearest():
    assert accent_problem("#0b5cad") == ""
    said = accent_problem("#ff8800")
    assert said == (
        f"#ff8800 cannot be read well enough: its contrast is {worst('#ff8800'):.2f}, and 4.5 is needed. "
        f"The nearest colour that passes is {nearest('#ff8800')}."
    )
    assert accent_problem(nearest("#ff8800")) == ""


@pytest.mark.parametrize("text", ["", "red", "#FFF", "#0B5CAD", "0b5cad", "#0b5cad;}", "#0b5cag"])
def test_accent_that_is_no_colour_is_refused(text: str):
    assert accent_problem(text) == f'"{text}" is not a colour: write # and six digits, such as #0b5cad.'


@given(colours, st.sampled_from([LIGHT, DARK]))
def test_nearest_passes_and_is_itself_where_it_can_be(colour: str, backgrounds: tuple[str, ...]):
    found = nearest(colour, backgrounds)
    assert worst(found, backgrounds) >= TEXT
    if worst(colour, backgrounds) >= TEXT:
        assert found == colour


def test_nearest_keeps_the_hue():
    hue, _lightness, _saturation = colorsys.rgb_to_hls(
        *(int(nearest("#ff8800")[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    assert hue == pytest.approx(32 / 360, abs=0.01)


def test_style_has_a_light_and_a_dark_accent():
    assert style("#0b5cad").count("--accent: #") == 2
    assert ":root { --accent: #0b5cad; --on-accent: #ffffff; }" in style("#0b5cad")
