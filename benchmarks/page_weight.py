"""What a customer's first view weighs: every byte that Chromium gets for it from granian, compressed as in production.

Run by itself: python -m benchmarks page_weight. Wants the distribution's Chromium (apt-get install chromium).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.submissions import granian, start_database

MOST: Final = 14 * 1024  # the first flight of a connection
ROOM: Final = 360, 740


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, print the table, write the JSON; SystemExit(1) where a page is heavier than it may be."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as static:
        os.environ["STATIC_ROOT"] = static
        start_database()
        addresses = _addresses()
        os.environ["DJANGO_SETTINGS_MODULE"] = "cxsurvey.settings"  # of what follows: static files as in production
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], check=True)
        with granian(2) as (port, _pid):
            results = [{"page": name, **_weigh(f"http://127.0.0.1:{port}{path}")} for name, path in addresses.items()]
    for each in results:
        print(
            f"{each['page']:<40}{each['bytes']:>8,} bytes  " + ", ".join(f"{k} {v:,}" for k, v in each["parts"].items())
        )
    report = {"benchmark": "page_weight", "most": MOST, "results": results}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if any(each["bytes"] > MOST for each in results):
        raise SystemExit(1)
    return report


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("var/bench/page_weight.json"))
    return parser.parse_args(arguments)


def _addresses() -> dict[str, str]:
    """The pages that are weighed."""
    from tests.factories.answering import EVERY_KIND, open_invitation, touchpoint_survey

    def path(codes: str, changes: dict[str, dict[str, Any]] | None = None, **document: Any) -> str:
        asked = [
            {**each, **(changes or {}).get(str(each["code"]), {})}
            for each in EVERY_KIND
            if each["code"] in codes.split()
        ]
        return f"/s/{open_invitation(touchpoint_survey(asked, **document))[1]}/"

    low = {"why": {"show_if": {"question": "recommend", "at_most": 6}}}
    few = "recommend satisfied why"
    return {
        "three questions on one page": path(few),
        "the same, come by a score in the mail": path(few) + "?a=recommend:9",
        "the same, one question depends": path(few, low),
        "nine kinds, a question a page": path(
            " ".join(str(each["code"]) for each in EVERY_KIND), layout="question_per_page"
        ),
        "nine kinds on one page": path(" ".join(str(each["code"]) for each in EVERY_KIND)),
    }


def _weigh(url: str) -> dict[str, Any]:
    """Bytes on the wire by the name of what was fetched, headers among them."""
    from playwright.sync_api import sync_playwright

    parts: dict[str, int] = {}
    names: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": ROOM[0], "height": ROOM[1]})
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
        wire.on("Network.loadingFinished", lambda e: parts.update({e["requestId"]: int(e["encodedDataLength"])}))
        page.goto(url, wait_until="networkidle")
        browser.close()
    fetched = {_short(names[each]): size for each, size in parts.items() if names.get(each, "").startswith("http")}
    return {"bytes": sum(fetched.values()), "parts": fetched}


def _short(url: str) -> str:
    return "page" if "/s/" in url else url.rpartition("/")[2]


if __name__ == "__main__":
    main()
