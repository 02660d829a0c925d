"""Processes that write to and read from a store, for tests that kill or race them."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from itertools import count

from results import Store, Study, open_store
from results.store.soundness import unsound

from .samples import new_study, report, start


def kill(url: str, times: str, seed: str) -> None:
    """Kill a writer again and again, each at a random moment, and look at what it leaves.

    Forked, since a fresh interpreter takes seconds and a fork none.
    """
    chance = random.Random(int(seed))
    for first in range(0, 1000 * int(times), 1000):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _work(url, first, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            begun = told.readline()
            time.sleep(chance.uniform(0, 0.05))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            lines = [begun, *told.readlines()]
        store = open_store(url)
        _compare(store, [tuple(map(int, line.split())) for line in lines if line.endswith(b"\n")])
        store.close()
        assert unsound(url) == []
    os.write(1, b"%d\n" % int(times))


def _work(url: str, first: int, writing: int) -> None:
    """Write trials for ever: epochs one by one and two at once, losses, ends, and finals."""
    store = open_store(url)
    study = store.study("digits")
    for number in count(first):
        trial_id = store.start_trial(study.id, start(number))
        for epoch in (1, 2):
            store.record_epoch(trial_id, report(epoch, epoch / 10))
            os.write(writing, b"%d %d\n" % (number, epoch))
        store.restart_trial(trial_id, keep=2, reason="its worker was killed")
        end = ("finished", "trained all 4 epochs")
        store.record_epoch(trial_id, report(3, 0.3), report(4, 0.4), end=end)
        os.write(writing, b"%d 4\n" % number)
        final = store.start_final(trial_id, "validation", number)
        store.end_final(final, "finished", "trained all 4 epochs", epochs=4, accuracy=0.5)
        os.write(writing, b"%d 5\n" % number)


def _compare(store: Store, told: list[tuple[int, ...]]) -> None:
    """What a writer told was committed before: it must be there."""
    study = store.study("digits").id
    final = {each.number for each in store.finals(study) if each.state == "finished"}
    for number, epoch in told:
        trial = store.trial(study, number)
        if epoch == 5:
            assert number in final
            continue
        assert len(store.epochs(trial.id)) >= epoch
        assert epoch < 4 or (trial.state, trial.epochs) == ("finished", 4)


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
    {"kill": kill, "fill": fill, "watch": watch, "open": create}[sys.argv[1]](*sys.argv[2:])
