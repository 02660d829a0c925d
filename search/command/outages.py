"""What a person is told when the disk or the database gave out under a command."""

import errno
import sys

_FULL = (errno.ENOSPC, errno.EDQUOT)


def outage(error: Exception) -> str | None:
    """Return an outage of disk or database as one line, or None for any other error."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"{error}. What was recorded is kept; make room and call the command again."
    # Only where some command has loaded it.
    errors = sys.modules.get("sqlalchemy.exc")
    if errors is not None and isinstance(error, errors.OperationalError):
        told = " ".join(str(error.orig).split())
        return f"the store cannot be used ({told}). What was recorded is kept."
    return None
