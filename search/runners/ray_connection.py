"""How a Ray is reached: one of this machine's own, or a cluster by its address."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from .ray_access import MODE, TOKEN, authentication, cluster_mode  # before ray

# isort: split
import ray

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ray.job_submission import JobSubmissionClient

LOCAL: Final = "local"
_REACHABLE_SECONDS: Final = 5.0


@contextmanager
def connected(address: str | None, *, cores: int) -> Iterator[None]:
    """Hold a Ray.

    Args:
        address: None or ``local`` for a Ray of this machine's own, ``auto`` for the cluster that
            this machine is a node of, or ``HOST:PORT`` of a cluster's GCS.
        cores: How many a Ray of this machine's own is given; a cluster has its own.

    Raises:
        InputError: No cluster answers at the address, or it does not take this machine's token.
    """
    if address is None or address == LOCAL:
        with local_ray(cores):
            yield
        return
    with cluster(address):
        yield


@contextmanager
def local_ray(cores: int) -> Iterator[None]:
    """Hold a Ray of this machine's own, with so many cores, that nobody else can use.

    Ray listens on all networks of the machine, and whoever reaches it can run code in it. A token
    that only this process and its workers know keeps others out; it is drawn for this Ray and
    written nowhere, and a token of the user's clusters plays no part.
    """
    with authentication({MODE: "token", TOKEN: secrets.token_hex(32)}):
        # A bare init would join any cluster on record.
        with _signals_kept():
            ray.init(
                address=LOCAL,
                num_cpus=cores,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        try:
            yield
        finally:
            ray.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Hold a connection to a cluster that this machine is a node of, and end that alone.

    Raises:
        InputError: No cluster answers at the address, or it does not take this machine's token.
    """
    _check_answers(address)
    with authentication({MODE: cluster_mode()}):
        try:
            with _signals_kept():
                ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL)
        except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise _explained(error, address) from error
        try:
            yield
        finally:
            ray.shutdown()


@contextmanager
def job_client(address: str) -> Iterator[JobSubmissionClient]:
    """Hold a client of a cluster's Jobs API.

    Args:
        address: The cluster's dashboard, ``http://HEAD:8265``.

    Raises:
        InputError: Nothing answers there, it does not take this machine's token, or refuses.
    """
    if not address.startswith(("http://", "https://")):
        rule = "must be the URL of a Ray cluster's dashboard"
        raise InputError("address", rule, address, "Give --address http://HEAD:8265.")
    from ray.job_submission import JobSubmissionClient  # noqa: PLC0415  with half of the dashboard

    for noisy in ("dashboard.modules.dashboard_sdk", "dashboard.modules.job.sdk"):
        logging.getLogger(f"ray.{noisy}").setLevel(logging.WARNING)
    logging.getLogger("ray._private.runtime_env.packaging").setLevel(logging.WARNING)
    # Ray would take the variables before what it is told.
    variables = {MODE: cluster_mode(), "RAY_ADDRESS": None, "RAY_API_SERVER_ADDRESS": None}
    with authentication(variables):
        try:
            yield JobSubmissionClient(address)
        except (OSError, RuntimeError, ray.exceptions.AuthenticationError) as error:
            raise _refused(error, address) from error


def try_ray() -> int:
    """Start a local Ray with one worker and return the process that answered."""
    with local_ray(1):
        return int(ray.get(ray.remote(_process).remote()))


def _process() -> int:
    return os.getpid()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Leave SIGTERM to whoever had it: Ray would exit at once, with epochs in flight."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        mine = threading.current_thread() is threading.main_thread()
        if mine and before is not None:  # None: it was set by something other than Python
            signal.signal(signal.SIGTERM, before)


def _check_answers(address: str) -> None:
    """Find out in seconds that nothing listens at an address; Ray would try for minutes."""
    host, _, port = address.rpartition(":")
    if not host:
        return
    try:
        socket.create_connection((host, int(port)), timeout=_REACHABLE_SECONDS).close()
    except OSError as error:
        raise _unreachable(address, f"a Ray cluster must answer there ({error})") from error


def _explained(error: BaseException, address: str) -> InputError:
    """Tell a wrong token from a cluster that is not there: Ray calls both a crashed instance."""
    told = f"{error} {error.__cause__ or ''}"
    if "InvalidAuthToken" in told or isinstance(error, ray.exceptions.AuthenticationError):
        return _stranger("run.address", address)
    return _unreachable(address, "this machine must be a node of a running Ray cluster")


def _refused(error: BaseException, address: str) -> InputError:
    if isinstance(error, ray.exceptions.AuthenticationError):
        return _stranger("address", address)
    if "ray[default]" in str(error):
        hint = "Install it: pip install 'sizewise[cluster]'."
        return InputError("address", "Ray's client of clusters must be installed", address, hint)
    told = " ".join(str(error).split())
    return InputError("address", f"a Ray cluster must take jobs there ({told})", address)


def _stranger(field: str, address: str) -> InputError:
    return InputError(
        field,
        "the cluster must know this machine's token",
        address,
        "Put the cluster's token into ~/.ray/auth_token or RAY_AUTH_TOKEN, on all machines.",
    )


def _unreachable(address: str, rule: str) -> InputError:
    hint = (
        "Start a node here by `ray start`, or send the job to the cluster from any machine: "
        "`sizewise submit JOB --address http://HEAD:8265`."
    )
    return InputError("run.address", rule, address, hint)
