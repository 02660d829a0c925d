"""Train the small network of the Keras course on MNIST: at least 99 % in 12 epochs.

``python examples/mnist.py npz:PATH [--seeds 0 1 2] [--optimizer adamw]``

PATH is an .npz file with Keras' keys (x_train, y_train, x_test, y_test). The test images are read
once, after the last epoch. Prints each seed's test accuracy, then their mean as JSON.
"""

from __future__ import annotations

import argparse
import json
from statistics import mean

from space.presets import REFERENCES
from trainers import Recipe, build_network, evaluate, keep_large_blocks, load_data, split, train

RECIPES = {
    "adamw": Recipe(learning_rate=0.002, epochs=12, batch_size=128, augment="shift"),
    "adadelta": Recipe(
        optimizer="adadelta", learning_rate=1.0, epochs=12, batch_size=128, augment="shift"
    ),
}


def main() -> None:
    """Read the options, train once a seed, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", metavar="npz:PATH")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--optimizer", choices=RECIPES, default="adamw")
    options = parser.parse_args()
    keep_large_blocks()
    data = split(load_data(options.data), seed=0, validation=1 / 12)
    accuracies = []
    for seed in options.seeds:
        network = build_network(REFERENCES["keras-mnist"], seed=seed)
        for report in train(network, data, RECIPES[options.optimizer], seed=seed):
            print(f"seed {seed} epoch {report.epoch:2} validation {report.accuracy:.2%}")
        test = data.test.open(reason=f"the end of the training with seed {seed}")
        accuracies.append(evaluate(network, test, data).accuracy)
        print(f"seed {seed} test {accuracies[-1]:.2%}", flush=True)
    print(json.dumps({"accuracies": accuracies, "mean": mean(accuracies)}))


if __name__ == "__main__":
    main()
