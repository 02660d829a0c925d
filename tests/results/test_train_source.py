"""The script of an export trains as sizewise does: its parts against those of the trainers."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import torch

from results.export import module_source, train_source
from trainers import Recipe, build_network
from trainers.augmentation import Changes, cut_out, draw_shifts, take_changed, turn
from trainers.averaging import Averaged
from trainers.losses import Batch, loss_of
from trainers.optimizers import make_optimizer
from trainers.randomness import own_randomness
from trainers.schedules import rate_share

from .export_samples import noise, varied_networks
from .test_export import assert_formatted

if TYPE_CHECKING:
    from pathlib import Path

RECIPES = {
    "default": Recipe(),
    "all of a kind": Recipe(
        optimizer="sgd",
        schedule="step",
        ema=0.99,
        augment="auto",
        gradient_clip=1.0,
        class_weights="balanced",
    ),
    "mixed": Recipe(
        optimizer="adam",
        schedule="cosine",
        augment="flip+cutout+mixup",
        class_weights=(1.0, 2.0, 0.5, 1.0),
    ),
    "all changes": Recipe(
        optimizer="adadelta",
        schedule="constant",
        warmup=0.1,
        learning_rate=1.0,
        augment="cutout+flip+mixup+rotate+shift",
        class_weights="balanced",
        ema=0.9,
    ),
    "climbing steps": Recipe(schedule="step", warmup=0.2, milestones=(0.3, 0.9)),
    "climbing wave": Recipe(schedule="cosine", warmup=0.05, momentum=0.0, optimizer="sgd"),
}


def script(recipe: Recipe, monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, Any]:
    """Return the names of ``train.py``, written and read beside its ``model.py``."""
    (architecture,) = varied_networks(1)
    written = {
        "model.py": module_source(architecture, title="Any.", split=noise(), accuracy=0.5),
        "train.py": train_source(architecture, recipe, seed=1),
    }
    for name, text in written.items():
        (folder / name).write_text(text)
    model = ModuleType("model")
    exec(compile(written["model.py"], "model.py", "exec"), model.__dict__)
    monkeypatch.setitem(sys.modules, "model", model)
    names: dict[str, Any] = {"__name__": "train", "__file__": str(folder / "train.py")}
    exec(compile(written["train.py"], "train.py", "exec"), names)
    return names


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
def test_rates_weights_and_first_network_are_those_of_the_recipe(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    recipe, parts = RECIPES[name], noise()
    names = script(recipe, monkeypatch, tmp_path)
    assert_formatted(tmp_path / "train.py")
    for progress in (0.0, 0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 0.999):
        wanted = recipe.learning_rate * rate_share(recipe, progress)
        assert names["rate"](progress) == pytest.approx(wanted)
    (architecture,) = varied_networks(1)
    network = build_network(architecture, seed=3)
    with own_randomness(torch.device("cpu"), 3):
        model = names["initialised"]()
    for key, weight in network.state_dict().items():
        assert torch.equal(model.state_dict()[key], weight), key
    ours, theirs = make_optimizer(network, recipe), names["make_optimizer"](model)
    assert type(ours) is type(theirs)
    for group, other in zip(ours.param_groups, theirs.param_groups, strict=True):
        same = {"lr", "weight_decay", "momentum", "nesterov", "betas", "eps", "rho"} & set(group)
        assert {key: group[key] for key in same} == {key: other[key] for key in same}
        assert len(group["params"]) == len(other["params"])
    trained = (
        torch.from_numpy(parts.train.images.copy()),
        torch.from_numpy(parts.train.labels.copy()),
    )
    judging = tuple(each[:50] for each in trained)
    assert names["train"](trained, judging, 1)(torch.zeros(2, 3, 12, 10)).shape == (2, 4)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
def test_images_are_changed_as_in_a_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    recipe = RECIPES["all changes"]
    names = script(recipe, monkeypatch, tmp_path)
    images = torch.randn(20, 3, 12, 10)
    every = torch.arange(20)

    def both(name: str, wanted: Any) -> None:
        torch.manual_seed(3)
        given = names[name](images)
        torch.manual_seed(3)
        torch.testing.assert_close(given, wanted())

    def shifted() -> torch.Tensor:
        changes = Changes(shifts=draw_shifts(20, 12, 10, recipe.shift_share))
        return take_changed(images.permute(0, 2, 3, 1), every, changes).permute(0, 3, 1, 2)

    def blanked() -> torch.Tensor:
        holes = torch.cat([torch.rand(20, 1), torch.rand(20, 1)], dim=1)
        return cut_out(images, holes, recipe.cutout_share)

    def turned() -> torch.Tensor:
        share = 2 * torch.rand(20) - 1
        return turn(images, share * torch.deg2rad(torch.tensor(recipe.rotate_degrees)))

    both("shift", shifted)
    both("cutout", blanked)
    both("rotate", turned)
    torch.manual_seed(3)
    chosen = torch.rand(20) < 0.5
    torch.manual_seed(3)
    flipped = names["flip"](images)
    torch.testing.assert_close(flipped[chosen], images[chosen].flip(3))
    torch.testing.assert_close(flipped[~chosen], images[~chosen])


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
def test_losses_and_averages_are_those_of_a_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    recipe = RECIPES["all of a kind"]
    names = script(recipe, monkeypatch, tmp_path)
    logits, labels = torch.randn(20, 4), torch.arange(20) % 4
    weights = names["class_weights"](torch.tensor([0, 0, 0, 1, 2, 3]))
    assert weights.tolist() == [0.5, 1.5, 1.5, 1.5]
    wanted = loss_of(logits, Batch(logits, labels), recipe, weights)
    given = names["loss_of"](lambda _images: logits, logits, labels, weights)
    torch.testing.assert_close(given, wanted)
    (architecture,) = varied_networks(1)
    live, kept = (build_network(architecture, seed=seed) for seed in (1, 1))
    averaged = Averaged(live, recipe.ema)
    for step in range(5):
        live.load_state_dict(build_network(architecture, seed=step + 2).state_dict())
        averaged.update()
        names["average"](kept, live, step)
    averaged.swap()
    for key, weight in live.state_dict().items():
        if weight.is_floating_point():
            torch.testing.assert_close(kept.state_dict()[key], weight)
