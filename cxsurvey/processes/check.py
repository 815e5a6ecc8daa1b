"""`make check`: format, lint, types, import contracts, migrations, deployment settings, templates; all are run."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping

from cxsurvey import embedded

from . import servers, state
from .trouble import Trouble

PYTHON = sys.executable
PRODUCTION = {
    "DEBUG": "false",
    "DJANGO_SETTINGS_MODULE": "cxsurvey.settings",
    "PUBLIC_BASE_URL": "https://feedback.example.org",
    "ALLOWED_HOSTS": "feedback.example.org",
}
SECRETS = ("SECRET_KEY", "TOKEN_KEY", "ADDRESS_KEY", "SALT_KEY")
TEMPLATES = ("cxsurvey", "surveys", "feedback")


def steps() -> list[tuple[str, list[str]]]:
    """Return the name and command of each check, quick ones first."""
    manage = [PYTHON, "manage.py"]
    return [
        ("format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
        ("lint", [PYTHON, "-m", "ruff", "check", "--quiet", "."]),
        ("import contracts", [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"]),
        ("missing migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("deployment settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"]),
        ("template lint", [PYTHON, "-m", "djlint", "--lint", "--quiet", "--allow-empty-input", *TEMPLATES]),
        ("types", [PYTHON, "-m", "mypy"]),
    ]


def production_env() -> dict[str, str]:
    """Return the environment of a production process on a durable throw-away database."""
    home, password = servers.throwaway_home(embedded.THROWAWAY), secrets.token_hex(16)
    env = dict(os.environ) | PRODUCTION | {name: secrets.token_urlsafe(48) for name in SECRETS}
    if not env.get("DATABASE_URL"):
        database = servers.start_postgres(home, password, home / "postgres.log")
        servers.stop_at_exit(database)
        env |= database.env
    return env


def run(name: str, command: list[str], env: Mapping[str, str]) -> bool:
    """Run one check; what it says is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(command, env=dict(env), cwd=state.PROJECT, capture_output=True, text=True, check=False)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    sys.stdout.write(f"{name:<24}{verdict:<8}{time.monotonic() - began:5.1f} s\n")
    if done.returncode != 0:
        sys.stdout.write(f"{done.stdout}{done.stderr}\n")
    sys.stdout.flush()
    return done.returncode == 0


def main() -> int:
    """Run every check and return the exit code: 1 when one failed."""
    try:
        env = production_env()
    except Trouble as problem:
        sys.stdout.write(f"{problem}\n")
        return 2
    failed = [name for name, command in steps() if not run(name, command, env)]
    sys.stdout.write(f"Failed: {', '.join(failed)}.\n" if failed else "All checks passed.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
