"""Finals from start to end: the race, the last trainings, the test images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from results.finals import Repetition, rules_of, with_rules
from results.finals.racing import Rules
from results.finals.standing import left_for_test, next_round, standing_of
from results.schema import TEST
from space.errors import InputError
from trainers.data import with_validation

from ..environment import describe_environment
from ..job import Job
from ..job_file import override
from ..lease import leased
from ..plan import stored_split
from ..runners import choose_runner
from ..signals import interruptible
from ..trouble import Trouble
from .desk import FinalsDesk
from .opening import commit_answers, open_test, opened, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from results import Store, StudyRecord
    from trainers import Split

    from ..job import RunSettings
    from .desk import Tell

RULES = ("confidence", "cap", "seeds")


@dataclass(frozen=True, slots=True)
class Finals:
    """Finals as they are held now.

    Args:
        store: Where the study stands.
        study: The study.
        settings: How its job trains.
        rules: Of the race.
        tell: Told of each repetition that ended, with its accuracy, or None and the reason.
    """

    store: Store
    study: StudyRecord
    settings: RunSettings
    rules: Rules
    tell: Tell

    def train(self, plan: Callable[[], list[Repetition]], split: Split) -> bool:
        """Train round by round until nothing is wanted; return False where it was interrupted."""
        desk = FinalsDesk(self.store, self.study, self.settings, plan=plan, tell=self.tell)
        if not desk.over:
            with interruptible(desk.interrupt):
                choose_runner(self.settings).run(desk, split)
        desk.check()
        desk.tidy()
        return not desk.interrupted


def hold_finals(
    name: str,
    store: Store,
    *,
    rules: Mapping[str, float | int | None] | None = None,
    changes: Mapping[str, Any] | None = None,
    begin: Callable[[Finals], Tell] | None = None,
) -> bool:
    """Train the front of a study again with fresh seeds, then open its test images once.

    The rules are fixed by the first start. What was trained is committed as it comes, so that a
    later call goes on; after the test images were opened, a call changes nothing.

    Args:
        name: The study.
        store: Where it is kept.
        rules: ``confidence``, ``cap`` and ``seeds`` of `results.finals.Rules`; None for its own.
        changes: Of the job's settings, such as ``run.workers``.
        begin: Called before the first training; returns what is told of each that ended.

    Returns:
        Whether the finals came to their end; False where they were interrupted.

    Raises:
        InputError: There is no such study, it has no front, a driver runs it, or other rules were
            fixed before.
        Trouble: The place where they are trained or kept broke down.
    """
    study = store.study(name)
    if opened(store, study):
        commit_answers(store, study)
        return True
    split = stored_split(store, study)
    job = override(Job.model_validate(study.job), dict(changes or {}))
    agreed = _agree(store, study, rules or {}, 1 / len(split.validation))
    finals = Finals(store, study, job.run, agreed, _silent)
    if not standing_of(store, study, agreed).entrants:
        raise InputError("study", "a study must have a finished trial for finals", name)
    try:
        return _hold(finals, split, begin)
    except Trouble as trouble:
        told = f"{trouble} What was trained is kept: `sizewise finals {name}` goes on."
        raise Trouble(told) from trouble


def _hold(finals: Finals, split: Split, begin: Callable[[Finals], Tell] | None) -> bool:
    store, study, rules = finals.store, finals.study, finals.rules
    with leased(store, study.id):
        store.record_environment(study.id, with_rules(describe_environment(), rules))
        if begin is not None:
            finals = replace(finals, tell=begin(finals))
        if not finals.train(partial(next_round, store, study, rules), split):
            return False
        last = partial(_left, store, study, rules)
        if not finals.train(last, with_validation(split)):
            return False
        gpu = torch.cuda.is_available() and finals.settings.gpus_per_trial != 0
        threads = finals.settings.cpus_per_trial
        open_test(store, study, split, device="cuda" if gpu else "cpu", threads=threads)
    return True


def _left(store: Store, study: StudyRecord, rules: Rules) -> list[Repetition]:
    trained = [Repetition(one.number, TEST, one.seed) for one, _ in waiting(store, study)]
    return left_for_test(store, study, rules, trained)


def _agree(
    store: Store, study: StudyRecord, asked: Mapping[str, float | int | None], step: float
) -> Rules:
    """Return the rules that an earlier start fixed, or those that are asked for."""
    wanted: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    if "cap" in wanted:
        wanted["first"] = min(Rules().first, int(wanted["cap"]))
    fixed = rules_of(store.environments(study.id))
    if fixed is None:
        return Rules(**wanted, step=step)
    for name, value in wanted.items():
        if getattr(fixed, name) != value:
            rule = f"finals must go on by the rules that they began with, {getattr(fixed, name)}"
            raise InputError(name, rule, value)
    return fixed


def _silent(_repetition: Repetition, _accuracy: float | None, _reason: str) -> None:
    """Tell nobody."""
