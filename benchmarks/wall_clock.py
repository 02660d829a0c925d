"""Hypervolume against time in real trainings: `pareto` that stops early, and general optimisers.

``python -m benchmarks.wall_clock npz:PATH --out FOLDER [--minutes 5] [--seeds 3]`` with the PATH of
MNIST; ``--quick`` searches digits for seconds.

Every search has the same images, space, limits, recipe, workers and minutes, counted from the start
of its first training. `pareto` stops by `front`; `tpe` and `nsga2` are Optuna's samplers, kept
inside the limits, which with two objectives cannot stop a trial early. Hypervolume is that of
validation accuracy, above 0.9, against the logarithm of params, below 20,000, of the trainings that
were finished by then; those that were stopped do not count.

A search leaves one file in the folder, and is not done again while that is there.
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from results import open_store
from results.growth import volumes
from search.job import Job
from search.session import run
from trainers.atomic import write_whole

if TYPE_CHECKING:
    import numpy.typing as npt

ALGORITHMS = {"pareto": "front", "tpe": "none", "nsga2": "none"}
"""Each with its stopping rule."""
REFERENCE = (0.9, 20_000)
SPACE: dict[str, Any] = {
    "stages": [
        {
            "repeat": [1],
            "op": ["conv"],
            "filters": [4, 6, 8, 12, 16],
            "kernel": [3, 5],
            "stride": [2],
        },
        {
            "repeat": [0, 1, 2],
            "op": ["conv", "depthwise", "residual"],
            "filters": [8, 12, 16, 24, 32],
            "kernel": [1, 3],
            "pool": ["none", "max"],
        },
        {
            "repeat": [0, 1, 2],
            "op": ["conv", "depthwise", "residual"],
            "filters": [8, 16, 24, 32, 48],
            "kernel": [1, 3],
            "pool": ["none", "max"],
        },
    ],
    "head": {"pool": ["global_avg", "flatten"], "hidden": [[], [32]], "dropout": [0.0]},
}
# Of MNIST's 60,000 images the first 21,000 are searched with, 14,000 of them trained on: some sixty
# trainings in five minutes on two cores. The 7,000 others tell accuracies at the front apart.
IMAGES = 21_000
JOB: dict[str, Any] = {
    "split": {"validation": 1 / 3},
    "space": SPACE,
    "limits": {"params": REFERENCE[1], "macs": 300_000},
    "recipe": {"epochs": 6, "batch_size": 128, "learning_rate": 0.003},
}
# Trainings of about a second: that it works, not what it would show.
QUICK: dict[str, Any] = {"split": {}, "recipe": JOB["recipe"] | {"epochs": 12}}
HERE = Path(__file__).parent / "figures"


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what proposes, with which seed."""

    algorithm: str
    seed: int

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.algorithm}-{self.seed}"


def searched(search: Search, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the trials of a search that ended in time, from its file where there is one."""
    path = options.out / f"{search.name}.json"
    if not path.is_file():
        folder = options.out / search.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        kept = _trained(search, options, folder)
        write_whole(path, json.dumps({"minutes": options.minutes, "trials": kept}).encode())
    kept = json.loads(path.read_text())
    if kept["minutes"] != options.minutes:
        raise SystemExit(f"{path} took {kept['minutes']} minutes; give another --out")
    found: list[dict[str, Any]] = kept["trials"]
    return found


def first_images(data: str, folder: Path) -> str:
    """Return a data set of the first images of an ``npz:``, kept in the folder."""
    if not data.startswith("npz:"):
        return data
    path = folder / "images.npz"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        arrays = dict(np.load(data.removeprefix("npz:")))
        arrays |= {name: arrays[name][:IMAGES] for name in ("x_train", "y_train")}
        np.savez_compressed(path, **arrays)
    return f"npz:{path}"


def _trained(search: Search, options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    chosen = {"algorithm": search.algorithm, "stop": ALGORITHMS[search.algorithm]}
    runner = "inline" if options.quick else "ray"
    job = (
        JOB
        | (QUICK if options.quick else {})
        | {
            "data": first_images(options.data, options.out),
            "search": chosen | {"seed": search.seed},
            "budget": {"trials": 100_000, "minutes": options.minutes},
            "run": {"runner": runner, "workers": options.workers},
        }
    )
    store = open_store(f"sqlite:///{folder}/sizewise.db")
    study = run(Job.model_validate(job), store, name="wall-clock")
    trials = sorted(store.trials(study.id), key=lambda trial: trial.number)
    began = trials[0].started
    ended = [trial for trial in trials if trial.ended is not None]
    told = [
        {
            "seconds": round((trial.ended - began).total_seconds(), 2),
            "params": trial.params,
            "accuracy": trial.accuracy,
            "epochs": trial.epochs,
            "state": trial.state,
        }
        for trial in ended
        if trial.ended is not None
    ]
    told.sort(key=lambda one: one["seconds"])
    return [one for one in told if one["seconds"] <= 60 * options.minutes]


def grown(trials: list[dict[str, Any]], times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the hypervolume at times, in seconds."""
    finished = [one for one in trials if one["state"] == "finished"]
    accuracy, size = ([one[name] for one in finished] for name in ("accuracy", "params"))
    whole = np.append(0.0, volumes(accuracy, size, REFERENCE))
    counts = np.searchsorted([one["seconds"] for one in finished], times, side="right")
    found: npt.NDArray[np.float64] = whole[counts]
    return found


def summary(runs: dict[str, list[list[dict[str, Any]]]], minutes: float) -> dict[str, Any]:
    """Print what each algorithm reached, and return curves and figures."""
    times = np.linspace(0.0, 60 * minutes, 121)
    curves = {
        name: np.array([grown(trials, times) for trials in each]) for name, each in runs.items()
    }
    quarters = [30, 60, 90, 120]
    print("hypervolume after  " + "".join(f"{times[at]:>9.0f} s" for at in quarters), end="")
    print("    finished  stopped   to the last of the next best")
    figures: dict[str, Any] = {"seconds": times.round(1).tolist(), "algorithms": {}}
    for name, each in curves.items():
        middle = np.median(each, axis=0)
        goal = max(
            (np.median(other[:, -1]) for key, other in curves.items() if key != name), default=0.0
        )
        at = np.flatnonzero(middle >= goal)
        seconds = float(times[at[0]]) if len(at) else None
        states = [[trial["state"] for trial in trials] for trials in runs[name]]
        finished, stopped = (
            float(np.median([one.count(state) for one in states]))
            for state in ("finished", "stopped")
        )
        values = "".join(f"{middle[at]:>11.4f}" for at in quarters)
        reached = "never" if seconds is None else f"{seconds:.0f} s"
        print(f"{name:<19}{values}{finished:>12.0f}{stopped:>9.0f}{reached:>31}")
        figures["algorithms"][name] = {
            "median": middle.round(5).tolist(),
            "lowest": each.min(axis=0).round(5).tolist(),
            "highest": each.max(axis=0).round(5).tolist(),
            "finished": finished,
            "stopped": stopped,
            "seconds_to_the_best_of_the_others": seconds,
        }
    return figures


def picture(figures: dict[str, Any], seeds: int) -> Figure:
    """Return median lines with the range over the seeds."""
    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    axes = figure.add_subplot()
    for place, (name, each) in enumerate(figures["algorithms"].items()):
        rule = ALGORITHMS[name]
        label = name if rule == "none" else f"{name}, stop: {rule}"
        axes.plot(figures["seconds"], each["median"], color=f"C{place}", label=label)
        axes.fill_between(
            figures["seconds"], each["lowest"], each["highest"], color=f"C{place}", alpha=0.15, lw=0
        )
    best = max(max(each["highest"]) for each in figures["algorithms"].values())
    axes.set(xlabel="seconds", ylabel="hypervolume", xlim=(0, figures["seconds"][-1]))
    axes.set_ylim(0.0, 1.05 * best or 1.0)
    axes.set_title(
        f"Validation accuracy against log params; median and range of {seeds} seeds", size=10
    )
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.2)
    return figure


def main() -> None:
    """Search, print a table, write figure and numbers, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", nargs="?", default="digits", help="such as npz:PATH of MNIST")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/wall_clock"), help="a file each search"
    )
    parser.add_argument("--figures", type=Path, default=HERE, help="where picture and numbers go")
    parser.add_argument("--minutes", type=float, default=5.0, help="of each search")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    if options.quick:
        options.out, options.figures = options.out / "quick", options.out / "quick"
        options.minutes, options.seeds = 0.15, 1
    runs: dict[str, list[list[dict[str, Any]]]] = {name: [] for name in ALGORITHMS}
    for seed in range(options.seeds):
        for name, each in runs.items():
            each.append(searched(Search(name, seed), options))
            ended = len(each[-1])
            print(f"{name}, seed {seed}: {ended} trials ended in time", flush=True)
    figures = summary(runs, options.minutes)
    options.figures.mkdir(parents=True, exist_ok=True)
    picture(figures, options.seeds).savefig(options.figures / "wall_clock.png", dpi=150)
    figures |= {"minutes": options.minutes, "seeds": options.seeds, "reference": REFERENCE}
    write_whole(options.figures / "wall_clock.json", json.dumps(figures).encode())
    last = {
        name: {
            "hypervolume": each["median"][-1],
            "range": [each["lowest"][-1], each["highest"][-1]],
            "finished": each["finished"],
            "stopped": each["stopped"],
            "seconds_to_the_best_of_the_others": each["seconds_to_the_best_of_the_others"],
        }
        for name, each in figures["algorithms"].items()
    }
    print(json.dumps(last))


if __name__ == "__main__":
    main()
