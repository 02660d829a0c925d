"""What a network tells before its training: four training-free signals, from one batch."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from ..stack import Network

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.SiLU, nn.Hardswish, nn.GELU, nn.Tanh)
_LEAST = 1e-5
"""Added to eigenvalues, which may be 0."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Training-free signals of a network with its initial weights; more is thought to be better.

    Each is nan where the network does not give it, such as ``naswot`` without an activation.

    Args:
        grad_norm: Logarithm of the norm of the gradient of the loss (Abdelfattah et al. 2021,
            "Zero-Cost Proxies for Lightweight NAS", 3.1).
        synflow: Logarithm of the sum of each weight times its gradient, where weights are replaced
            by their sizes and the images by ones (Tanaka et al. 2020, "Pruning neural networks
            without any data by iteratively conserving synaptic flow", eq. 2 and section 6).
        jacobian: How little the gradients at different images are alike, by the eigenvalues of
            their correlations (Abdelfattah et al. 2021, 3.3, where it is ``jacob_cov``, after
            the first version of Mellor et al., "Neural Architecture Search without Training").
        naswot: Logarithm of the determinant of how often two images switch the same units on
            (Mellor et al. 2021, "Neural Architecture Search without Training", section 3).
    """

    grad_norm: float
    synflow: float
    jacobian: float
    naswot: float


def measure_signals(network: Network, images: Tensor, labels: Tensor) -> Signals:
    """Return the signals of a network for one batch; the network itself is left as it is.

    Args:
        network: As `build_network` returns it.
        images: (N, C, H, W) normalised.
        labels: (N,)
    """
    own = copy.deepcopy(network).train()
    for module in own.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    codes = list[Tensor]()
    hooks = [
        module.register_forward_hook(lambda _, inputs, __: codes.append(_code(inputs[0])))
        for module in own.modules()
        if isinstance(module, ACTIVATIONS)
    ]
    seen = images.detach().clone().requires_grad_()
    logits = own(seen)
    for hook in hooks:
        hook.remove()
    (slopes,) = torch.autograd.grad(logits.sum(), seen, retain_graph=True)
    functional.cross_entropy(logits, labels).backward()  # type: ignore[no-untyped-call]
    squares = sum(float((each.grad**2).sum()) for each in own.parameters() if each.grad is not None)
    return Signals(
        grad_norm=_log(torch.tensor(squares, dtype=torch.float64)) / 2,
        synflow=_synflow(network, images),
        jacobian=_jacobian(slopes),
        naswot=_naswot(codes),
    )


def _code(inputs: Tensor) -> Tensor:
    """Return which units an image switches on (N, units)."""
    return (inputs.detach() > 0).flatten(1).float()


def _synflow(network: Network, images: Tensor) -> float:
    # In double precision, since deep networks go beyond what single precision holds; in evaluation
    # mode, in which normalisation that has seen nothing passes everything on.
    own = copy.deepcopy(network).double().eval()
    with torch.no_grad():
        for weight in own.parameters():
            weight.abs_()
    own(torch.ones_like(images[:1], dtype=torch.float64)).sum().backward()
    flow = [(each * each.grad).sum() for each in own.parameters() if each.grad is not None]
    return _log(torch.stack(flow).sum().detach())


def _jacobian(slopes: Tensor) -> float:
    flat = slopes.flatten(1).double()
    if len(flat) < 2 or bool((flat == flat[:, :1]).all(dim=1).any()):
        # What does not vary has no correlation.
        return float("nan")
    values = torch.linalg.eigvalsh(torch.corrcoef(flat)).clamp_min(0) + _LEAST
    return -float((values.log() + 1 / values).mean())


def _naswot(codes: list[Tensor]) -> float:
    if not codes:
        return float("nan")
    every = torch.cat(codes, dim=1).double()
    alike = every @ every.T + (1 - every) @ (1 - every).T
    return float(torch.linalg.slogdet(alike).logabsdet)


def _log(value: Tensor) -> float:
    return float(value.log()) if float(value) > 0 else float("nan")
