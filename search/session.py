"""A search job from start to end: check it, open the study, train, note how it ended."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from results.errors import StudyExistsError
from results.splits import split_path
from trainers.data import save_split

from .desk import Desk
from .environment import describe_environment
from .job import Job
from .job_file import override
from .knowledge import begin, find_sizers, settle
from .lease import leased
from .plan import prepare, stored_split
from .runners import choose_runner
from .signals import interruptible
from .stopping import choose_stopping
from .storage import check_storage
from .trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from results import Store, StudyRecord

    from .algorithms.sizer import Sizer
    from .plan import Plan
    from .standing import Standing

    Watch = Callable[[StudyRecord, Standing], AbstractContextManager[None]]


def run(job: Job, store: Store, *, name: str, watch: Watch | None = None) -> StudyRecord:
    """Search as the job says and return the record of the study.

    Args:
        job: The job; nothing is left behind when something in it is wrong.
        store: Where the study is kept.
        name: What the study is called where the job does not say; numbered when it is taken.
        watch: Shows how the study stands while it runs.

    Raises:
        InputError: When the job breaks a rule, or the study that it names exists.
    """
    refuse_taken(job.study, store)
    plan = settle(prepare(job), store)
    _check_places(job)
    study = store.create_study(
        job.study or store.next_name(name),
        plan.job.model_dump(mode="json"),
        data={"name": job.data, "hash": plan.split.data_hash},
        space=plan.space.to_dict(),
        seed=job.search.seed,
        size=job.search.size,
    )
    save_split(plan.split, split_path(store, study.name))
    return _search(plan, store, study, watch)


def resume(
    name: str, store: Store, *, address: str | None = None, watch: Watch | None = None
) -> StudyRecord:
    """Go on with a study that was interrupted or killed, and return its record.

    Trials that were being trained go on from their checkpoints, or begin anew where they have none,
    with their own seeds.

    Args:
        name: The study.
        store: Where it is kept.
        address: Which Ray trains it, where that is another one than the job's.
        watch: Shows how the study stands while it runs.

    Raises:
        InputError: When there is no such study, its data has changed, or another driver runs it.
    """
    study = store.study(name)
    job = override(Job.model_validate(study.job), {"run.address": address})
    plan = prepare(job, stored_split(store, study))
    _check_places(job)
    return _search(plan, store, study, watch)


def _search(plan: Plan, store: Store, study: StudyRecord, watch: Watch | None) -> StudyRecord:
    with leased(store, study.id) as when_lost:
        store.record_environment(study.id, describe_environment())
        sizers = _sizers(plan, store, study)
        algorithm, known = begin(plan, store, study, sizers)
        stopping = choose_stopping(plan.job.search.stop, plan.recipe.epochs, plan.space)
        desk = Desk(
            store,
            study,
            algorithm,
            recipe=plan.recipe,
            job=plan.job,
            sizers=sizers,
            stopping=stopping,
        )
        desk.standing.known = known
        desk.standing.told = ". ".join(each.text for each in sizers if each.text)
        when_lost(desk.interrupt)
        store.set_study_state(study.id, "running")
        try:
            with interruptible(desk.interrupt), _watched(watch, study, desk.standing):
                choose_runner(plan.job.run).run(desk, plan.split)
            desk.check()
        except Trouble as trouble:
            _interrupted(store, study, str(trouble))
            told = f"{trouble} All that was reported is kept: `sizewise resume {study.name}`."
            raise Trouble(told) from trouble
        except BaseException as error:
            _interrupted(store, study, type(error).__name__)
            raise
        desk.tidy()
        if desk.complete:
            store.set_study_state(study.id, "finished", desk.ending)
        else:
            _interrupted(store, study, "it was interrupted")
    return store.study(study.name)


def _sizers(plan: Plan, store: Store, study: StudyRecord) -> tuple[Sizer, ...]:
    # Where networks are measured this takes a while, in which a person may lose patience.
    try:
        return find_sizers(plan, store, study)
    except BaseException as error:
        _interrupted(store, study, type(error).__name__)
        raise


def _interrupted(store: Store, study: StudyRecord, reason: str) -> None:
    # The store may be what is in trouble; the next start then finds the study as it was left.
    with suppress(SQLAlchemyError, OSError):
        store.set_study_state(study.id, "interrupted", reason)


def _check_places(job: Job) -> None:
    if job.run.storage is not None:
        check_storage(job.run.storage)


def refuse_taken(name: str | None, store: Store) -> None:
    """Raise where a study may not begin under the name that its job gives.

    Raises:
        InputError: It is no name, or another study has it.
    """
    if name is not None and store.next_name(name) != name:
        raise StudyExistsError(
            "study",
            "a new study's name must be free",
            name,
            f"Go on with it by `sizewise resume {name}`, or choose another name.",
        )


@contextmanager
def _watched(watch: Watch | None, study: StudyRecord, standing: Standing) -> Iterator[None]:
    if watch is None:
        yield
        return
    with watch(study, standing):
        yield
