"""Looking into a trained network, as arrays: errors, filters, maps, and where it looks.

Images are positions of a part, so that what is shown can be found again. The network is left in
evaluation mode, its weights and gradients as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from space.errors import InputError

from .evaluation import logits_of
from .resident import network_input, show

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from .data import Part, Split

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]


def probabilities(network: nn.Module, part: Part, split: Split) -> Floats:
    """Return (N, classes): what the network takes each image of ``part`` for."""
    shown = show(part, split, _place(network))
    batches = [logits.softmax(dim=1).cpu() for logits, _ in logits_of(network, shown)]
    return np.asarray(torch.cat(batches).numpy())


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


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMap:
    """What a layer makes of an image.

    Args:
        name: Of its module, such as ``layers.0``.
        kind: Of its module, such as ``Conv2d``.
        values: (channels, H, W).
    """

    name: str
    kind: str
    values: Floats


def feature_maps(network: nn.Module, part: Part, split: Split, position: int) -> list[FeatureMap]:
    """Return the map behind each module, in the order in which they ran."""
    seen: list[FeatureMap] = []

    def keep(name: str, module: nn.Module, output: Tensor) -> None:
        if output.ndim == 4:
            kind = next(
                each for each in type(module).__mro__ if each.__module__.startswith("torch")
            )
            seen.append(FeatureMap(name, kind.__name__, _array(output[0])))

    leaves = [(name, each) for name, each in network.named_modules() if not [*each.children()]]
    hooks = [
        each.register_forward_hook(lambda module, _, output, name=name: keep(name, module, output))
        for name, each in leaves
    ]
    try:
        with torch.no_grad():
            network.eval()(_shown(network, part, split, position))
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
    from captum.attr import Saliency  # noqa: PLC0415 - it takes seconds to import

    images = _shown(network, part, split, position).requires_grad_()
    found = Saliency(network.eval()).attribute(images, _class(network, images, label))
    return _array(found[0].amax(dim=0))


def grad_cam(
    network: nn.Module, part: Part, split: Split, position: int, label: int | None = None
) -> Floats:
    """Return (H, W) in [0, 1]: where the last convolution finds the class; likeliest by default.

    Selvaraju et al., Grad-CAM, 2017, equations 1 and 2, scaled up to the image. Without a place
    that speaks for the class it is 0 everywhere.

    Raises:
        InputError: There is no convolution.
    """
    from captum.attr import LayerAttribution, LayerGradCam  # noqa: PLC0415

    _, layer = _convolutions(network)[-1]
    images = _shown(network, part, split, position)
    label = _class(network, images, label)
    found = LayerGradCam(network, layer).attribute(images, label, relu_attributions=True)
    found = LayerAttribution.interpolate(found, images.shape[2:], "bilinear")
    return _array(found[0, 0] / found.max().clamp_min(torch.finfo(found.dtype).tiny))


def _shown(network: nn.Module, part: Part, split: Split, position: int) -> Tensor:
    shown = show(part, split, _place(network))
    return network_input(shown, shown.take(torch.tensor([position])))


def _class(network: nn.Module, images: Tensor, label: int | None) -> int:
    """Return the label, or the likeliest one where none is given."""
    if label is not None:
        return label
    with torch.no_grad():
        return int(network.eval()(images).argmax())


def _convolutions(network: nn.Module) -> list[tuple[str, nn.Conv2d]]:
    found = [(name, each) for name, each in network.named_modules() if isinstance(each, nn.Conv2d)]
    if not found:
        raise InputError("network", "the network must have a convolution", "none")
    return found


def _place(network: nn.Module) -> torch.device:
    return next(network.parameters()).device


def _array(tensor: Tensor) -> Floats:
    return np.array(tensor.detach().cpu().numpy(), dtype=np.float32)
