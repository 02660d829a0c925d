"""The head of a Ray cluster on loopback, with ports, folder and token of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 120
PROGRAM = "import sys; from ray.scripts.scripts import main; sys.argv[0] = 'ray'; main()"


@dataclass(frozen=True)
class Head:
    dashboard: str
    gcs: str
    variables: dict[str, str]


@contextmanager
def ray_head(home: Path, *, cores: int) -> Iterator[Head]:
    # Ray's sockets need a short path, and a head in the folder of another Ray would join it.
    folder = tempfile.mkdtemp(prefix="swray")
    gcs, dashboard, agent, client = free_ports(4)
    variables = os.environ | {
        "HOME": str(home),
        # The commands of this environment, as after activating it.
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    options = {
        "node-ip-address": "127.0.0.1",
        "port": gcs,
        "dashboard-host": "127.0.0.1",
        "dashboard-port": dashboard,
        "dashboard-agent-listen-port": agent,
        "ray-client-server-port": client,
        "num-cpus": cores,
        "temp-dir": folder,
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-c", PROGRAM, "start", "--head", "--block", *words]
    with Path(folder, "head.log").open("w") as log:
        process = subprocess.Popen(
            command, env=variables, stdout=log, stderr=log, start_new_session=True, cwd=home
        )
    try:
        wait_for_page(f"http://127.0.0.1:{dashboard}", process)
        yield Head(f"http://127.0.0.1:{dashboard}", f"127.0.0.1:{gcs}", variables)
    finally:
        end(process, folder)
        shutil.rmtree(folder, ignore_errors=True)


def free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_for_page(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, "the head ended"
        assert time.monotonic() < deadline, "the head does not answer"
        try:
            urllib.request.urlopen(f"{url}/api/version", timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return  # it answers, if only that it wants a token
        except OSError:
            time.sleep(0.2)
        else:
            return


def end(process: subprocess.Popen[bytes], folder: str) -> None:
    """End the head and all that it started, known by the folder in their command lines."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    process.kill()
    process.wait()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if folder.encode() in path.read_bytes():
                os.kill(int(path.parent.name), signal.SIGKILL)
