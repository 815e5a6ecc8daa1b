"""What stands on the page as a whole, and what is only worth watching, as lines for a terminal."""

from typing import Any

from feedback.dashboards.words_page import NOTHING, WATCHING, judged_on

Value = dict[str, Any]


def lines_page(value: Value) -> list[str]:
    """The findings that stand first; the gap that stands is the headline above them."""
    stand = [item for item in value["findings"] if item["stands"]]
    lines = [_line(item) for item in stand if item["kind"] != "gap"]
    watching = [_line(item) for item in value["findings"] if not item["stands"]]
    return [
        *(["What stands", *lines, ""] if lines else []),
        *([] if stand else [str(NOTHING), ""]),
        *([f"{WATCHING}:", *watching, ""] if watching else []),
        judged_on(value["page"]),
        "",
    ]


def _line(item: Value) -> str:
    return f"- {item['text']}" + ("" if item["kind"] == "driver" else f" Owner: {item['owner'] or 'nobody'}.")
