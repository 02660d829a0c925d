"""What a step does beyond the plain one: clipping, weighted classes, mixtures, averages, halves."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from space import InputError
from tests.trainers.conftest import coloured
from trainers import ImageData, Recipe, TrainingFailure, build_network, evaluate, split, train
from trainers.averaging import Averaged
from trainers.losses import Batch, class_weights, loss_of, mix

if TYPE_CHECKING:
    from space import Architecture
    from trainers import Split

PLAIN = Recipe(epochs=1, optimizer="sgd", momentum=0.0, weight_decay=0.0, label_smoothing=0.0)


def unbalanced() -> Split:
    """30 images of class a to 10 of class b, before the split."""
    data = coloured(40)
    labels = np.array([0] * 30 + [1] * 10)
    return split(ImageData("unbalanced", data.images, labels, ("a", "b")), seed=0)


def test_balanced_weights_make_classes_count_the_same() -> None:
    cut = unbalanced()
    weights = class_weights(Recipe(class_weights="balanced"), cut)
    assert weights is not None
    counts = np.bincount(cut.train.labels)
    shares = weights.numpy() * counts
    assert shares[0] == pytest.approx(shares[1])
    assert shares.sum() == pytest.approx(len(cut.train))
    assert class_weights(Recipe(), cut) is None
    with pytest.raises(InputError, match=r"as many as the classes, 2, but got 3"):
        next(train(nn.Linear(2, 2), cut, Recipe(class_weights=(1.0, 2.0, 3.0)), seed=0))


def test_weights_and_mixtures_against_the_definition() -> None:
    torch.manual_seed(0)
    logits, first, second = torch.randn(6, 3), torch.arange(6) % 3, torch.arange(6) % 2
    weights = torch.tensor([1.0, 2.0, 0.5])
    recipe = replace(PLAIN, label_smoothing=0.1)
    batch = Batch(torch.zeros(6, 1), first, second, 0.3)
    targets = 0.3 * functional.one_hot(first, 3) + 0.7 * functional.one_hot(second, 3)
    smooth = 0.9 * targets + 0.1 / 3
    expected = -(smooth * logits.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(loss_of(logits, batch, recipe, None), expected)
    weighted = loss_of(logits, Batch(batch.images, first), PLAIN, weights)
    chosen = logits.log_softmax(1)[range(6), first] * weights[first]
    torch.testing.assert_close(weighted, -chosen.sum() / weights[first].sum())


def test_a_mixture_is_of_images_of_the_batch() -> None:
    torch.manual_seed(0)
    images, labels = torch.rand(8, 1, 2, 2), torch.arange(8)
    mixed = mix(images, labels, 0.4)
    assert mixed.others is not None
    assert sorted(mixed.others.tolist()) == labels.tolist()
    expected = mixed.share * images + (1 - mixed.share) * images[mixed.others]
    torch.testing.assert_close(mixed.images, expected)
    halves = mixed.halves()
    assert torch.equal(torch.cat([half.images for half in halves]), mixed.images)
    assert torch.equal(torch.cat([half.others for half in halves]), mixed.others)
    assert {half.share for half in halves} == {mixed.share}


def flat_network(features: int = 64) -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 10))


def test_clipping_bounds_the_step(digits_split: Split) -> None:
    whole = replace(PLAIN, batch_size=10_000, learning_rate=1.0, schedule="constant")
    lengths = []
    for clip in (0.0, 1e-3):
        network = flat_network()
        before = [each.detach().clone() for each in network.parameters()]
        list(train(network, digits_split, replace(whole, gradient_clip=clip), seed=0))
        pairs = zip(network.parameters(), before, strict=True)
        lengths.append(sum((now.detach() - old).square().sum().item() for now, old in pairs) ** 0.5)
    assert lengths[0] > 0.1
    assert lengths[1] == pytest.approx(1e-3, rel=1e-2)


def test_averages_against_the_definition() -> None:
    network = nn.BatchNorm1d(2)
    averaged = Averaged(network, 0.5)
    expected = network.weight.detach().clone()
    for step in range(12):
        with torch.no_grad():
            network.weight.normal_()
        averaged.update()
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * network.weight.detach()
    trained = copy.deepcopy(network.state_dict())
    averaged.swap()
    torch.testing.assert_close(network.weight.detach(), expected)
    averaged.swap()
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, trained[name])


def test_averaging_changes_what_is_judged_and_not_what_is_trained(
    small: Architecture, digits_split: Split
) -> None:
    recipe = Recipe(epochs=3, augment="shift")
    plain, averaged = (build_network(small, seed=0) for _ in range(2))
    first = list(train(plain, digits_split, recipe, seed=0))
    second = list(train(averaged, digits_split, replace(recipe, ema=0.9), seed=0))
    assert [a.train_loss for a in first] == [b.train_loss for b in second]
    assert [a.loss for a in first] != [b.loss for b in second]
    assert evaluate(averaged, digits_split.validation, digits_split).loss == second[-1].loss


@pytest.mark.parametrize(
    "augment", ["shift+flip", "rotate", "cutout", "mixup", "auto", "shift+rotate+cutout+mixup"]
)
def test_every_augmentation_learns(small: Architecture, digits_split: Split, augment: str) -> None:
    recipe = Recipe(epochs=6, augment=augment, class_weights="balanced", gradient_clip=5.0)
    *_, last = train(build_network(small, seed=0), digits_split, recipe, seed=0)
    assert last.accuracy > 0.8


class Cramped(nn.Module):
    """A network whose memory holds a batch of so many images in training."""

    def __init__(self, network: nn.Module, room: int) -> None:
        super().__init__()
        self.network, self.room = network, room
        self.seen: list[int] = []

    def forward(self, images: Tensor) -> Tensor:
        if self.training:
            if len(images) > self.room:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
            self.seen.append(len(images))
        return self.network(images)


def test_out_of_memory_goes_on_in_halves(digits_split: Split) -> None:
    recipe = replace(PLAIN, epochs=2, batch_size=64)
    whole = flat_network()
    cramped = Cramped(flat_network(), 40)
    first = list(train(whole, digits_split, recipe, seed=0))
    second = list(train(cramped, digits_split, recipe, seed=0))
    assert sum(cramped.seen) == 2 * len(digits_split.train)
    assert max(cramped.seen) <= 32
    for a, b in zip(first, second, strict=True):
        assert b.train_loss == pytest.approx(a.train_loss, rel=1e-4)
        assert b.loss == pytest.approx(a.loss, rel=1e-4)


def test_out_of_memory_twice_is_a_failure(digits_split: Split) -> None:
    with pytest.raises(TrainingFailure, match="Tried to allocate 2 GiB") as caught:
        next(train(Cramped(flat_network(), 20), digits_split, PLAIN, seed=0))
    assert caught.value.kind == "out_of_memory"


def test_with_fewer_bits_weights_stay_whole_and_are_judged_whole(
    small: Architecture, digits_split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CPU has bfloat16 too, which stands in for a GPU's."""
    ended = []
    for fewer in (False, True):
        monkeypatch.setattr("trainers.precision.has_bfloat16", lambda _, fewer=fewer: fewer)
        network = build_network(small, seed=0)
        *_, last = train(network, digits_split, Recipe(epochs=6), seed=0)
        judged = evaluate(network, digits_split.validation, digits_split)
        assert (judged.accuracy, judged.loss) == (last.accuracy, last.loss)
        assert all(each.dtype == torch.float32 for each in network.parameters())
        assert last.accuracy > 0.9
        ended.append(last.train_loss)
    assert ended[0] != ended[1]
    assert ended[0] == pytest.approx(ended[1], rel=0.05)


@pytest.mark.gpu
def test_a_gpu_trains_with_fewer_bits(small: Architecture, digits_split: Split) -> None:
    network = build_network(small, seed=0)
    *_, last = train(network, digits_split, Recipe(epochs=6), seed=0, device="cuda")
    assert last.accuracy > 0.9
    assert all(each.dtype == torch.float32 for each in network.parameters())
    on_cpu = evaluate(network.cpu(), digits_split.validation, digits_split)
    assert on_cpu.accuracy == pytest.approx(last.accuracy, abs=0.005)
