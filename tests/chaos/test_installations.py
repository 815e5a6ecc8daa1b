"""Whole installations broken at the sizes of the suite; `make chaos` does the same, and more, at full size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SERVERS = ("DATABASE_URL", "CELERY_BROKER_URL", "DEBUG", "CXSURVEY_FAILPOINTS")  # the scenario starts its own
SCENARIOS = {"a2": 60, "a3": 120, "a4": 120, "b7": 200}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_installation_broken_nothing_lost_nothing_doubled(name: str, tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if key not in SERVERS}
    program = [sys.executable, "-m", "tests.chaos", name, "--n", str(SCENARIOS[name]), "--broker", "redis"]
    done = subprocess.run(
        [*program, "--out", str(tmp_path)],
        env=environ,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    report = json.loads((tmp_path / f"{name}-redis.json").read_text())
    assert (report["trouble"], report["lost"], report["doubled"]) == ({}, 0, 0)
    assert report["unknown"] == report["window_kills"] + report["injected"]
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, report["line"])
