"""Lines of the log, without what opens a customer's survey (reliability R10)."""

import logging
import re
from typing import Final

from cxsurvey.lib.unavailable import is_unavailable

SECRET: Final = re.compile(r"(/[sp]/)[A-Za-z0-9_-]{32}")


class Line(logging.Formatter):
    """Cuts the tokens out of addresses, also within a traceback: Django logs the path of every page that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1…", super().format(record))


class Brief(logging.Filter):
    """One line for each page that the database has refused: a traceback for each would take what room is left."""

    def filter(self, record: logging.LogRecord) -> bool:
        trouble = record.exc_info[1] if record.exc_info else None
        if is_unavailable(trouble):
            said = str(trouble).partition("\n")[0]
            record.msg, record.args, record.exc_info = f"{record.getMessage()}: {said}", (), None
        return True
