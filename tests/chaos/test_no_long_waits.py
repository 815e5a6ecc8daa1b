"""Nothing is handed to the broker to be run in the far future: waiting is a column of a row (A9)."""

import re
from pathlib import Path

from django.conf import settings

LATER = re.compile(r"apply_async|retry_backoff|autoretry_for|default_retry_delay|countdown\s*=|[(,{\"']\s*eta\b\W*[=:]")


def test_no_task_is_sent_with_a_delay() -> None:
    found = []
    for app in ("cxsurvey", "surveys", "feedback"):
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if LATER.search(line)]
    assert found == []
