"""Settings for the type checker, which imports them: no server is started and nothing must be configured."""

import os

os.environ["DEBUG"] = "true"

from cxsurvey.settings import *  # noqa: F403
