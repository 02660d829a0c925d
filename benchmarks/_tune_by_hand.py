"""A search by Ray Tune as a person writes it by hand, and the training that all set-ups share."""

from __future__ import annotations

import tempfile
import time
from typing import TYPE_CHECKING, Any

from trainers import build_network, keep_large_blocks, train

if TYPE_CHECKING:
    from search.plan import Plan


def grid(plan: Plan, trials: int, workers: int, *, warm: bool) -> list[tuple[float, float]]:
    """Run Tune's grid over trial numbers; return for each its end and its seconds of training."""
    import ray  # noqa: PLC0415  takes seconds
    from ray import tune  # noqa: PLC0415  takes seconds

    def trainable(config: dict[str, Any], plan: Plan) -> None:
        seconds = payload(plan, config["number"])
        tune.report({"training": seconds, "end": time.time()})

    ray.init(address="local", num_cpus=workers, log_to_driver=False, logging_level="ERROR")
    with tempfile.TemporaryDirectory() as folder:
        tuner = tune.Tuner(
            tune.with_resources(tune.with_parameters(trainable, plan=plan), {"cpu": 1}),
            param_space={"number": tune.grid_search(list(range(trials)))},
            tune_config=tune.TuneConfig(reuse_actors=warm, max_concurrent_trials=workers),
            run_config=tune.RunConfig(storage_path=folder, verbose=0),
        )
        return [(one.metrics["end"], one.metrics["training"]) for one in tuner.fit()]


def payload(plan: Plan, number: int) -> float:
    """Train one network of the plan's space and return the seconds that its epochs took."""
    import numpy as np  # noqa: PLC0415  as on a worker
    import torch  # noqa: PLC0415  as on a worker

    torch.set_num_threads(1)
    keep_large_blocks()
    architecture = plan.space.build(plan.space.sample(np.random.default_rng(number)))
    network = build_network(architecture, seed=number)
    return sum(report.seconds for report in train(network, plan.split, plan.recipe, seed=number))
