"""Looking into a trained network, as arrays: errors, filters, maps, and where it looks.

Images are positions of a part, so that what is shown can be found again. The network is left in
evaluation mode, its weights and gradients as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from space.errors import InputError

from .resident import make_resident, network_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from .data import Part, Split

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]


def probabilities(network: nn.Module, part: Part, split: Split) -> Floats:
    """Return (N, classes): what the network takes each image of ``part`` for."""
    network.eval()
    shown = make_resident(part, split, _place(network))
    with torch.inference_mode():
        batches = [
            network(network_input(shown, pixels)).softmax(dim=1).cpu()
            for pixels in shown.pixels.split(256)  # type: ignore[no-untyped-call]
        ]
    return np.asarray(torch.cat(batches).numpy())


def confusion(network: nn.Module, part: Part, split: Split) -> Integers:
    """Return (classes, classes): images of the row's class that were taken for the column's."""
    taken = probabilities(network, part, split).argmax(axis=1)
    counts = np.zeros((len(split.class_names),) * 2, np.int64)
    np.add.at(counts, (part.labels, taken), 1)
    return counts


def top_accuracy(network: nn.Module, part: Part, split: Split, *, among: int = 5) -> float:
    """Return the share of images whose class is among the ``among`` likeliest, in [0, 1]."""
    ranked = np.argsort(-probabilities(network, part, split), axis=1, kind="stable")[:, :among]
    return float((ranked == part.labels[:, np.newaxis]).any(axis=1).mean())


def misclassified(network: nn.Module, part: Part, split: Split) -> Integers:
    """Return the positions of wrongly classified images, the most confident errors first."""
    likely = probabilities(network, part, split)
    wrong = np.flatnonzero(likely.argmax(axis=1) != part.labels)
    return wrong[np.argsort(-likely[wrong].max(axis=1), kind="stable")]


def filters(network: nn.Module) -> Floats:
    """Return (filters, channels, side, side): the weights of the first convolution.

    Raises:
        InputError: There is no convolution.
    """
    return _array(_convolutions(network)[0][1].weight)


def feature_maps(
    network: nn.Module, part: Part, split: Split, position: int
) -> list[tuple[str, Floats]]:
    """Return name and map, (channels, H, W), behind each module in the order in which they ran."""
    seen: list[tuple[str, Floats]] = []

    def keep(name: str, output: Tensor) -> None:
        if output.ndim == 4:
            seen.append((name, _array(output[0])))

    leaves = [(name, each) for name, each in network.named_modules() if not [*each.children()]]
    hooks = [
        each.register_forward_hook(lambda _m, _i, output, name=name: keep(name, output))
        for name, each in leaves
    ]
    try:
        with torch.no_grad():
            network.eval()(_shown(network, part, split, [position]))
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def saliency(
    network: nn.Module, part: Part, split: Split, position: int, label: int | None = None
) -> Floats:
    """Return (H, W): by how much each pixel moves the score of the class; the likeliest by default.

    The largest absolute gradient over channels (Simonyan et al., Deep Inside Convolutional
    Networks, 2014, section 3.1).
    """
    images = _shown(network, part, split, [position]).requires_grad_()
    scores = network.eval()(images)[0]
    (gradient,) = torch.autograd.grad(scores[_class(scores, label)], images)
    return _array(gradient[0].abs().amax(dim=0))


def grad_cam(
    network: nn.Module, part: Part, split: Split, position: int, label: int | None = None
) -> Floats:
    """Return (H, W) in [0, 1]: where the last convolution finds the class; likeliest by default.

    Selvaraju et al., Grad-CAM, 2017, equations 1 and 2, scaled up to the image. Without a place
    that speaks for the class it is 0 everywhere.

    Raises:
        InputError: There is no convolution.
    """
    kept: list[Tensor] = []
    hook = _convolutions(network)[-1][1].register_forward_hook(lambda _m, _i, out: kept.append(out))
    try:
        images = _shown(network, part, split, [position])
        scores = network.eval()(images)[0]
    finally:
        hook.remove()
    (gradient,) = torch.autograd.grad(scores[_class(scores, label)], kept[0])
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    found = (weights * kept[0]).sum(dim=1, keepdim=True).relu()
    found = functional.interpolate(found, images.shape[2:], mode="bilinear", align_corners=False)
    return _array(found[0, 0] / found.max().clamp_min(torch.finfo(found.dtype).tiny))


def _shown(network: nn.Module, part: Part, split: Split, positions: Sequence[int]) -> Tensor:
    shown = make_resident(part, split, _place(network))
    return network_input(shown, shown.pixels[list(positions)])


def _class(scores: Tensor, label: int | None) -> int:
    return int(scores.argmax()) if label is None else label


def _convolutions(network: nn.Module) -> list[tuple[str, nn.Conv2d]]:
    found = [(name, each) for name, each in network.named_modules() if isinstance(each, nn.Conv2d)]
    if not found:
        raise InputError("network", "the network must have a convolution", "none")
    return found


def _place(network: nn.Module) -> torch.device:
    return next(network.parameters()).device


def _array(tensor: Tensor) -> Floats:
    return np.array(tensor.detach().cpu().numpy(), dtype=np.float32)
