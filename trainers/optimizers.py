"""Optimizers of a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn, optim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch.optim import Optimizer

    from .recipe import Recipe


def make_optimizer(network: nn.Module, recipe: Recipe) -> Optimizer:
    """Return the recipe's optimizer; it decays weights, not biases and normalisation."""
    weights = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    groups = [
        {"params": weights, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return _OPTIMIZERS[recipe.optimizer]([group for group in groups if group["params"]], recipe)


def set_learning_rate(optimizer: Optimizer, rate: float) -> None:
    """Use ``rate`` from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def _adadelta(groups: Iterable[dict[str, Any]], recipe: Recipe) -> Optimizer:
    return optim.Adadelta(groups, lr=recipe.learning_rate)


def _adam(groups: Iterable[dict[str, Any]], recipe: Recipe) -> Optimizer:
    return optim.Adam(groups, lr=recipe.learning_rate, fused=True)


def _adamw(groups: Iterable[dict[str, Any]], recipe: Recipe) -> Optimizer:
    return optim.AdamW(groups, lr=recipe.learning_rate, fused=True)


def _sgd(groups: Iterable[dict[str, Any]], recipe: Recipe) -> Optimizer:
    # Nesterov's form is only defined with momentum.
    nesterov = recipe.momentum > 0
    rate, momentum = recipe.learning_rate, recipe.momentum
    return optim.SGD(groups, lr=rate, momentum=momentum, nesterov=nesterov, fused=True)


# `fused` takes one kernel a step in place of one a parameter; torch has it for CPU and GPU, save
# for Adadelta.
_OPTIMIZERS: dict[str, Callable[[Iterable[dict[str, Any]], Recipe], Optimizer]] = {
    "adadelta": _adadelta,
    "adam": _adam,
    "adamw": _adamw,
    "sgd": _sgd,
}
