"""What a study ran on: recorded with it, and shown by the doctor."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("sizewise", "torch", "ray", "optuna", "numpy", "pandas", "sqlalchemy", "scikit-learn")


def describe_environment() -> dict[str, Any]:
    """Return versions, platform, cores, GPUs and the git revision of the working directory."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": len(os.sched_getaffinity(0)),
        "gpus": _gpus(),
        "git_revision": _git_revision(Path.cwd()),
        "versions": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _gpus() -> list[str]:
    import torch  # noqa: PLC0415  takes seconds, and most of this module does without

    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def _git_revision(folder: Path) -> str | None:
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  fixed words
    except OSError:
        return None
    return found.stdout.strip() or None
