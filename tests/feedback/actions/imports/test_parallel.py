"""Two imports of one file at the same time (reliability B9): every row once, no doubles, no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from feedback.actions.imports.run_import import ImportReport, ImportRequest, run_import
from surveys.models import Customer, Interaction, JourneyRun, StageVisit
from tests.factories import published_journey
from tests.feedback.actions.imports.conftest import NOW


def imported(kind: str, path: Path) -> ImportReport:
    try:
        return run_import(ImportRequest(kind=kind, path=path, now=NOW))
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["customers", "interactions", "runs"])
def test_run_import_same_file_twice_at_once_takes_every_row_once(tmp_path, monkeypatch, kind):
    monkeypatch.setattr("feedback.actions.imports.base.BATCH", 20)
    published_journey(code="account")
    header = {
        "customers": "customer,segment",
        "interactions": "customer,journey,run,stage,started_at,reference",
        "runs": "customer,journey,run,started_at",
    }[kind]
    row = {
        "customers": "C{0},retail",
        "interactions": "C{0},account,R{0},apply,2026-03-02T09:00:00Z,I{0}",
        "runs": "C{0},account,R{0},2026-03-02T09:00:00Z",
    }[kind]
    lines = [row.format(n) for n in range(200)]
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    paths[0].write_text("\n".join([header, *lines]))
    paths[1].write_text("\n".join([header, *reversed(lines)]))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda path: imported(kind, path), paths))
    assert [report.refused for report in reports] == [0, 0]
    assert sum(report.created for report in reports) == 200
    assert Customer.objects.count() == 200
    assert JourneyRun.objects.count() == (0 if kind == "customers" else 200)
    assert Interaction.objects.count() == StageVisit.objects.count() == (200 if kind == "interactions" else 0)
