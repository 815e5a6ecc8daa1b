"""docs/settings.md names every setting that the code reads."""

import re

from cxsurvey.processes.state import PROJECT

READS = re.compile(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"')
INTERNAL = {"CXSURVEY_TESTING"}


def test_settings_every_one_documented() -> None:
    read = set(READS.findall((PROJECT / "cxsurvey" / "settings.py").read_text())) - INTERNAL
    documented = set(re.findall(r"`([A-Z_]+)`", (PROJECT / "docs" / "settings.md").read_text()))
    assert read - documented == set()
    assert len(read) > 20
