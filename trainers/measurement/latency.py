"""How long a network takes for a batch, on this device."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor, nn

BATCH_SIZES = (1, 128)
_WARM_RUNS, _LEAST_RUNS, _MOST_RUNS = 5, 15, 1000


@dataclass(frozen=True, slots=True)
class Latency:
    """Time from a normalised batch on the device to its logits.

    Args:
        batch_size: Images that are given at once.
        latency_ms: For the whole batch, the median of the runs.
        low_ms: A quarter of the runs took less.
        high_ms: A quarter of the runs took more.
        runs: How many were timed.
        device: As torch names it; with the name of a GPU.
        threads: That torch used on the CPU.
    """

    batch_size: int
    latency_ms: float
    low_ms: float
    high_ms: float
    runs: int
    device: str
    threads: int


def measure_latency(  # noqa: PLR0913 - each is one thing that a latency depends on
    network: nn.Module,
    input_shape: tuple[int, int, int],
    *,
    batch_sizes: Sequence[int] = BATCH_SIZES,
    device: str | torch.device = "cpu",
    threads: int = 1,
    seconds: float = 1.0,
) -> list[Latency]:
    """Time ``network`` on noise, one batch size after the other; warm-up is not counted.

    Inputs lie channels last, as in training; a GPU is waited for. The network is moved to
    ``device``, channels last, and left in evaluation mode.

    Args:
        network: Any module that takes images.
        input_shape: (C, H, W).
        batch_sizes: One latency each.
        device: As torch names it.
        threads: To use on a CPU while this runs.
        seconds: To spend on each batch size, a fifth of it on warm-up; a few runs at least.

    Raises:
        InputError: A batch size or the number of threads is not 1 or more.
    """
    for name, count in (("threads", threads), *(("batch_sizes", each) for each in batch_sizes)):
        if count < 1:
            raise InputError(name, f"`{name} >= 1` must hold", count)
    place = torch.device(device)
    network.to(device=place, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    with _threads(threads), torch.inference_mode():
        return [
            _measured(network, _noise((size, *input_shape), place), seconds) for size in batch_sizes
        ]


def _measured(network: nn.Module, images: Tensor, seconds: float) -> Latency:
    _timed(network, images, seconds / 5, least=_WARM_RUNS)
    times = _timed(network, images, seconds, least=_LEAST_RUNS)
    low, median, high = (1000 * np.quantile(times, (0.25, 0.5, 0.75))).tolist()
    name = device_name(images.device)
    threads = torch.get_num_threads()
    return Latency(len(images), median, low, high, len(times), name, threads)


def _timed(network: nn.Module, images: Tensor, seconds: float, *, least: int) -> list[float]:
    times: list[float] = []
    while len(times) < least or (sum(times) < seconds and len(times) < _MOST_RUNS):
        started = time.perf_counter()
        network(images)
        _wait(images.device)
        times.append(time.perf_counter() - started)
    return times


def _wait(device: torch.device) -> None:
    """Wait until the device has done what it was asked to; a call to a GPU returns before."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def device_name(device: torch.device) -> str:
    """Return ``cpu``, or ``cuda:0`` with the name of the GPU."""
    if device.type != "cuda":
        return str(device)
    return f"{device} ({torch.cuda.get_device_name(device)})"


def _noise(shape: tuple[int, ...], device: torch.device) -> Tensor:
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    return drawn.to(device).contiguous(memory_format=torch.channels_last)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
