"""Random numbers that depend on a seed alone, and that disturb nobody."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def own_randomness(device: torch.device, *seeds: int) -> Iterator[None]:
    """Draw torch's random numbers from ``seeds`` inside, and go on as before afterwards.

    Initialisation and dropout know only torch's global generators. Set anew for each block, they
    give the same numbers in a process that has trained other networks before, or in between.
    """
    state = int(np.random.SeedSequence(seeds).generate_state(1, np.uint64)[0])
    on_cuda = device.type == "cuda"
    with torch.random.fork_rng([device] if on_cuda else [], device_type="cuda"):
        torch.default_generator.manual_seed(state)
        if on_cuda:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(state)
        yield
