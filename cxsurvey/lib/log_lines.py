"""Lines of the log, without what opens a customer's survey (reliability R10)."""

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/[sp]/)[A-Za-z0-9_-]{32}")


class Line(logging.Formatter):
    """Cuts the tokens out of addresses, also within a traceback: Django logs the path of every page that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1…", super().format(record))
