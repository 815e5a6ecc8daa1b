#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it uses, or starts, the embedded servers."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings")
    from cxsurvey import embedded

    embedded.ensure(sys.argv)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
