"""Processes that write to and read from a store, for tests that kill or race them."""

from __future__ import annotations

import os
import sys
from itertools import count

from results import Study, open_store

from .samples import new_study, report, start


def write(url: str, number: str) -> None:
    """Record epochs for ever and tell each one after it is committed."""
    store = open_store(url)
    trial_id = store.start_trial(store.study("digits").id, start(int(number)))
    for epoch in count(1):
        store.record_epoch(trial_id, report(epoch))
        os.write(1, b"%d\n" % epoch)


def fill(url: str, trials: str) -> None:
    store = open_store(url)
    study = store.study("digits")
    for number in range(int(trials)):
        trial_id = store.start_trial(study.id, start(number))
        for epoch in range(1, 4):
            store.record_epoch(trial_id, report(epoch, epoch / 10))
        store.end_trial(trial_id, "finished", "trained for all 3 epochs")


def watch(url: str, trials: str) -> None:
    """Read until all trials are there; what is read must always make sense."""
    study = Study(open_store(url), "digits")
    seen = 0
    while seen < int(trials):
        frame = study.trials()
        finished = frame[frame["state"] == "finished"]
        assert (finished["accuracy"] == 0.3).all()
        assert (finished["epochs"] == 3).all()
        assert frame["number"].tolist() == list(range(len(frame)))
        assert len(finished) >= seen
        seen = len(finished)


def create(url: str) -> None:
    new_study(open_store(url), f"study-{os.getpid()}")


if __name__ == "__main__":
    {"write": write, "fill": fill, "watch": watch, "open": create}[sys.argv[1]](*sys.argv[2:])
