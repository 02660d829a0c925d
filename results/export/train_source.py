"""From a recipe to the source of a script that trains the network again, with torch alone."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from trainers import build_network
from trainers.augmentation import chosen_augmentations
from trainers.initialisation import drawn_normal

from .calls import assigned, quoted, text

if TYPE_CHECKING:
    from space import Architecture
    from trainers import Recipe

# In the order in which a training applies them; mixup is a matter of the loss.
_CHANGES = ("flip", "shift", "rotate", "cutout")

_OPTIMIZERS = {
    "adadelta": "Adadelta(groups, lr=LEARNING_RATE)",
    "adam": "Adam(groups, lr=LEARNING_RATE)",
    "adamw": "AdamW(groups, lr=LEARNING_RATE)",
    "sgd": "SGD(groups, LEARNING_RATE, MOMENTUM, nesterov=MOMENTUM > 0)",
}

_CLIP = "            nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_CLIP)\n"

_AVERAGED = """\
    averaged = copy.deepcopy(model)
    done = 0
"""

_AVERAGE = """\
            average(averaged, model, done)
            done += 1
"""

_INITIALISE = """\
    # Where no normalisation follows: LeCun et al., Efficient BackProp, 1998, 4.6.
    for name in DRAWN_NORMAL:
        layer = model.get_submodule(name)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
"""

_CLIMB = """\
    if progress < WARMUP:
        return LEARNING_RATE * (1 + 24 * progress / WARMUP) / 25
"""

_COSINE = """\
    return LEARNING_RATE * (1 + math.cos(math.pi * progress)) / 2"""

_COSINE_BEHIND = """\
    progress = (progress - WARMUP) / (1 - WARMUP)
    return LEARNING_RATE * (1 + math.cos(math.pi * progress)) / 2"""

_STEP = """\
    passed = sum(progress >= milestone for milestone in MILESTONES)
    return LEARNING_RATE * GAMMA**passed"""


def train_source(architecture: Architecture, recipe: Recipe, *, seed: int) -> str:
    """Return the text of ``train.py``, which holds what the recipe asks for and nothing else.

    Args:
        architecture: What ``model.py`` beside it builds.
        recipe: How it was trained.
        seed: Of all randomness.
    """
    used = chosen_augmentations(recipe, architecture.input_shape[0])
    drawn = _drawn_normal(architecture)
    weighted = recipe.class_weights != "none"
    augmented = "preprocess(images[chosen])"
    for name in (each for each in _CHANGES if each in used):
        augmented = f"{name}({augmented})"
    return Template(text("train.txt")).substitute(
        import_copy="import copy\n" if recipe.ema else "",
        imported=", ".join(_imported(recipe)),
        constants="\n".join(_constants(recipe, used, drawn, seed)),
        before=_before(recipe),
        augmented=augmented,
        weights=", weights" if weighted else "",
        clip=_CLIP if recipe.gradient_clip else "",
        average_step=_AVERAGE if recipe.ema else "",
        judged="averaged" if recipe.ema else "model",
        initialise=_INITIALISE if drawn else "",
        optimizer=_OPTIMIZERS[recipe.optimizer],
        rate=_rate(recipe),
        pieces="\n\n".join(_pieces(recipe, used)).rstrip(),
    )


def _imported(recipe: Recipe) -> list[str]:
    classes = ["CLASSES"] if recipe.class_weights == "balanced" else []
    return [*classes, "INPUT_SHAPE", "Model", "preprocess", "read_tensors"]


def _drawn_normal(architecture: Architecture) -> list[str]:
    network = build_network(architecture, seed=0)
    names = {module: name for name, module in network.named_modules()}
    return [names[module] for module in drawn_normal(network)]


def _constants(recipe: Recipe, used: frozenset[str], drawn: list[str], seed: int) -> list[str]:
    """Return the assignments of those numbers that the script uses."""
    stepped = recipe.schedule == "step"
    values = {
        "SEED": (seed, True),
        "EPOCHS": (recipe.epochs, True),
        "BATCH_SIZE": (recipe.batch_size, True),
        "LEARNING_RATE": (recipe.learning_rate, True),
        "WARMUP": (recipe.climb, recipe.climb > 0),
        "GAMMA": (recipe.gamma, stepped),
        "WEIGHT_DECAY": (recipe.weight_decay, True),
        "MOMENTUM": (recipe.momentum, recipe.optimizer == "sgd"),
        "SMOOTHING": (recipe.label_smoothing, True),
        "GRADIENT_CLIP": (recipe.gradient_clip, recipe.gradient_clip > 0),
        "EMA": (recipe.ema, recipe.ema > 0),
        "SHIFT_SHARE": (recipe.shift_share, "shift" in used),
        "ROTATE_DEGREES": (recipe.rotate_degrees, "rotate" in used),
        "CUTOUT_SHARE": (recipe.cutout_share, "cutout" in used),
        "MIXUP_ALPHA": (recipe.mixup_alpha, "mixup" in used),
    }
    told = [f"{name} = {value!r}" for name, (value, needed) in values.items() if needed]
    if stepped:
        told.append(assigned("MILESTONES", [repr(each) for each in recipe.milestones]))
    if isinstance(recipe.class_weights, tuple):
        told.append(assigned("CLASS_WEIGHTS", [repr(each) for each in recipe.class_weights]))
    if drawn:
        told.append(assigned("DRAWN_NORMAL", [quoted(name) for name in drawn]))
    return told


def _before(recipe: Recipe) -> str:
    """Return the lines that make what the steps need beside the model."""
    averaged = _AVERAGED if recipe.ema else ""
    if recipe.class_weights == "none":
        return averaged
    balanced = recipe.class_weights == "balanced"
    made = "class_weights(labels)" if balanced else "torch.tensor(CLASS_WEIGHTS, device=device)"
    return f"{averaged}    weights = {made}\n"


def _rate(recipe: Recipe) -> str:
    climb = _CLIMB if recipe.climb else ""
    if recipe.schedule == "constant":
        return f"{climb}    return LEARNING_RATE"
    if recipe.schedule == "step":
        return climb + _STEP
    return climb + (_COSINE_BEHIND if recipe.climb else _COSINE)


def _pieces(recipe: Recipe, used: frozenset[str]) -> list[str]:
    """Return the functions that the steps call."""
    passed = "" if recipe.class_weights == "none" else ", weights"
    loss = text("train_mixup.txt" if "mixup" in used else "train_loss.txt")
    averaging = [text("train_average.txt")] if recipe.ema else []
    balance = [text("train_balance.txt")] if recipe.class_weights == "balanced" else []
    changes = [text(f"train_{name}.txt") for name in _CHANGES if name in used]
    return [Template(loss).substitute(weights=passed), *balance, *averaging, *changes]
