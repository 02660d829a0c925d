"""Modules that hold other modules, and the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence


class Stack(nn.Sequential):
    """Modules in the architecture's order, run in an order that is the same function and cheaper.

    The state dict knows the architecture's order alone, so that a plain `torch.nn.Sequential` of
    the same layers takes the same weights.
    """

    def __init__(self, modules: Sequence[nn.Module], order: Sequence[int]) -> None:
        super().__init__(*modules)
        self.order = tuple(order)

    def forward(self, images: Tensor) -> Tensor:
        """Return the last module's output."""
        modules = tuple(self)
        for index in self.order:
            images = modules[index](images)
        return images


class Shortcut(nn.Module):
    """``body(x) + shortcut(x)``."""

    def __init__(self, body: Stack, shortcut: Stack) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, images: Tensor) -> Tensor:
        """Return the sum of both ways."""
        total: Tensor = self.body(images) + self.shortcut(images)
        return total


class SqueezeExcite(nn.Module):
    """Scales each channel by a number between 0 and 1 that the means of all channels decide."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Return the scaled map."""
        means = images.mean(dim=(2, 3), keepdim=True)
        scale: Tensor = self.excite(self.squeeze(means).relu()).sigmoid()
        return images * scale


class Network(nn.Module):
    """The module of an architecture; weights are named ``layers.<index>.weight`` and so on."""

    def __init__(self, layers: Stack) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, classes) for images (N, C, H, W)."""
        logits: Tensor = self.layers(images)
        return logits
