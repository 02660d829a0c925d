"""Ray's switches, and the token that it is reached with.

Import this module before ray: some of the switches are read when ray is imported.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

# Read by Ray when it is imported or started: no file per trial, no state of its own to restore
# (the store is the truth), no output of its own, signals left to whoever started the study, and the
# loss of a node that was announced told as any other.
os.environ.update(
    TUNE_DISABLE_AUTO_CALLBACK_LOGGERS="1",
    TUNE_DISABLE_SIGINT_HANDLER="1",
    TUNE_GLOBAL_CHECKPOINT_S="600",
    TUNE_PRINT_ALL_TRIAL_ERRORS="0",
    RAY_TRAIN_COUNT_PREEMPTION_AS_FAILURE="1",
    TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S="0",
    RAY_AIR_NEW_OUTPUT="0",
    RAY_CHDIR_TO_TRIAL_DIR="0",
    RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
    RAY_USAGE_STATS_ENABLED="0",
)

# By default Ray runs its workers at low priority, so that any other process starves them.
os.environ.setdefault("RAY_worker_niceness", "0")

import ray
from ray import _raylet

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MODE: Final = "RAY_AUTH_MODE"
TOKEN: Final = "RAY_AUTH_TOKEN"  # noqa: S105  the name of a variable
TOKEN_PATH: Final = "RAY_AUTHTOKEN_PATH"  # noqa: S105  the name of a variable

# Compiled, and without types.
_switches: Any = _raylet


def cluster_mode() -> str:
    """Return how to authenticate at a cluster: as told, or else by token where there is one.

    Ray alone would leave the token out at an explicit address unless ``RAY_AUTH_MODE`` is set. A
    cluster that wants no token takes no offence at one.

    Raises:
        InputError: The file that is said to hold the token does not.
    """
    told = os.environ.get(MODE)
    if told:
        return told
    try:
        found = _switches.AuthenticationTokenLoader.instance().has_token(ignore_auth_mode=True)
    except ray.exceptions.AuthenticationError:
        path = os.environ.get(TOKEN_PATH)
        raise InputError(TOKEN_PATH, "must name a file that holds a token", path) from None
    return "token" if found else "disabled"


@contextmanager
def authentication(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Let Ray read these variables now, and at the end those that stood there before."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _read_again()


def _read_again() -> None:
    # Ray keeps mode and token from the first time that it looked, for all later connections.
    _switches.Config.initialize("")
    _switches.AuthenticationTokenLoader.instance().reset_cache()
