"""Tells a database that takes nothing just now (full, away, read-only) from a mistake of ours."""

from typing import Final

from django.db import Error, InterfaceError, OperationalError

RETRY_SECONDS: Final = 30  # when whoever was refused may try again
READ_ONLY: Final = "25006"  # SQLSTATE: what people set by hand before a disk is full, and what a standby is


def is_unavailable(trouble: BaseException | None) -> bool:
    """Whether waiting may help: a full disk, no connection, a restart, a lock or statement that took too long."""
    if isinstance(trouble, OperationalError | InterfaceError):
        return True
    return isinstance(trouble, Error) and getattr(trouble.__cause__, "sqlstate", "") == READ_ONLY
