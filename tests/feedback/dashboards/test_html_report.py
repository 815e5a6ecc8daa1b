"""The stand-alone report: one file with all sections, without script, request or collected files."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.html_report import html_report
from tests.factories import CustomerFactory, published_journey
from tests.factories.listening import answered_run, measured_journey

pytestmark = pytest.mark.django_db
MANIFEST = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}


def measured() -> None:
    version = published_journey(code="account")
    surveys = measured_journey(version)
    for n in range(12):
        answered_run(version, surveys, {"apply": 9, "documents": 8 + n % 3, "": 4 + n % 2}, CustomerFactory())
    refresh_runs()


@override_settings(DEBUG=False, STORAGES=MANIFEST)
def test_report_stands_alone_without_collected_files() -> None:
    measured()
    page = html_report(build_comparison(Query("account")))
    assert page.startswith("<!doctype html>")
    assert re.findall(r"<(?:script|link|img|iframe|object)\b|@import|url\(|\bsrc=| on\w+=", page) == []
    assert ".insights .tile" in page


def test_report_holds_the_sections_of_the_page() -> None:
    measured()
    value = build_comparison(Query("account"))
    page = html_report(value)
    assert value["sentence"] in page
    found = [f'id="{name}"' in page for name in ("scores", "stages", "comments")]
    assert (found, page.count("<form"), page.count(' style="')) == ([True] * 3, 0, 0)


def test_compare_command_writes_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    measured()
    call_command("compare", "account", "--format", "html")
    printed = capsys.readouterr().out
    assert (printed.startswith("<!doctype html>"), printed.rstrip().endswith("</html>")) == (True, True)


def test_every_table_of_the_page_has_a_caption() -> None:
    folder = Path(settings.BASE_DIR) / "feedback" / "templates" / "feedback" / "insights"
    bare = {
        path.name: tables
        for path in sorted(folder.glob("*.html"))
        if (tables := path.read_text().count("<table")) != path.read_text().count("<caption")
    }
    assert bare == {}
