"""The conformance kit of algorithms: a new one is one more name in ALGORITHMS."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest

from search.algorithms import Outcome, Proposal, choose_algorithm, optuna_search
from search.job import AlgorithmName, SearchSettings
from space import SearchSpace, layers
from tests.search.jobs import SPACE

if TYPE_CHECKING:
    from search.algorithms import Algorithm

# Optuna's Gaussian process thinks for half a second, also about what is known already.
ALGORITHMS = [
    pytest.param(name, marks=pytest.mark.slow) if name == "gp" else name
    for name in (*get_args(AlgorithmName), "pareto, macs", "nsga2, macs")
]
"""Names of algorithms, and of a second size where one is given."""


@pytest.fixture
def limits(name: str) -> dict[str, int]:
    """Keep 30 networks, so that an algorithm can be asked for all of them, or 21 for a slow one."""
    return {"params": 400 if name == "gp" else 700}


@pytest.fixture
def space(limits: dict[str, int]) -> SearchSpace:
    return SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10, limits=limits)


@pytest.fixture(params=ALGORITHMS)
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "gp":
        monkeypatch.setattr(optuna_search, "PATIENCE", 2)
    return str(request.param)


def make(name: str, space: SearchSpace, seed: int = 3) -> Algorithm:
    algorithm, _, also = name.partition(", ")
    settings = SearchSettings.model_validate(
        {"algorithm": algorithm, "seed": seed, "also": also or None}
    )
    return choose_algorithm(settings, space)


def accuracy(proposal: Proposal) -> float:
    """A made-up world in which larger is better, up to a point."""
    return 1.0 - 1.0 / np.log(proposal.architecture.params)


def exhaust(algorithm: Algorithm, rng: np.random.Generator) -> list[Proposal]:
    """Ask until nothing is left, with up to five proposals open, told in random order."""
    proposals: list[Proposal] = []
    waiting: list[Proposal] = []
    while (proposal := algorithm.ask()) is not None:
        proposals.append(proposal)
        waiting.append(proposal)
        while len(waiting) > rng.integers(0, 5):
            told = waiting.pop(int(rng.integers(len(waiting))))
            failed = rng.random() < 0.1
            algorithm.tell(Outcome(told, None if failed else accuracy(told)))
    for told in waiting:
        algorithm.tell(Outcome(told, accuracy(told)))
    return proposals


def every_network(space: SearchSpace) -> set[str]:
    rng = np.random.default_rng(0)
    return {space.build(space.sample(rng)).fingerprint for _ in range(2_000)}


def test_proposes_every_network_once_and_then_ends(
    name: str, space: SearchSpace, limits: dict[str, int]
) -> None:
    algorithm = make(name, space)
    proposals = exhaust(algorithm, np.random.default_rng(5))
    assert algorithm.ask() is None
    fingerprints = [proposal.fingerprint for proposal in proposals]
    assert len(fingerprints) == len(set(fingerprints))
    assert set(fingerprints) == every_network(space)
    assert all(proposal.architecture.params <= limits["params"] for proposal in proposals)
    assert all(space.build(one.point) == one.architecture for one in proposals)


def rebuild(name: str, space: SearchSpace, proposals: list[Proposal]) -> Algorithm:
    """What a resume does; the first three were still open."""
    algorithm = make(name, space)
    for proposal in proposals:
        algorithm.recall(proposal)
    for proposal in proposals[3:]:
        algorithm.tell(Outcome(proposal, accuracy(proposal)))
    return algorithm


def test_a_rebuilt_algorithm_never_repeats_what_it_recalls(name: str, space: SearchSpace) -> None:
    """And two that were rebuilt from the same trials go on alike."""
    first = make(name, space)
    batch = [proposal for proposal in (first.ask() for _ in range(12)) if proposal]
    rebuilt, again = (rebuild(name, space, batch) for _ in range(2))
    known = {proposal.fingerprint for proposal in batch}
    for turn in range(8):
        proposal = rebuilt.ask()
        assert proposal is not None
        assert proposal.fingerprint not in known
        known.add(proposal.fingerprint)
        if turn < 2:
            assert again.ask() == proposal


def test_an_algorithm_need_not_be_pickled(name: str) -> None:
    """A rule in a function of a function is what pickle cannot take: it is asked all the same."""
    space = SearchSpace.from_dict(
        SPACE, input_shape=(1, 8, 8), classes=10, where=lambda network: network.params % 3 > 0
    )
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(space)
    algorithm = make(name, space)
    for _ in range(8):
        proposal = algorithm.ask()
        assert proposal is not None
        assert proposal.architecture.params % 3 > 0
        algorithm.tell(Outcome(proposal, accuracy(proposal)))


def test_equal_seeds_propose_equal_networks(name: str, space: SearchSpace) -> None:
    runs = []
    for seed in (1, 1, 2):
        algorithm, asked = make(name, space, seed), []
        for _ in range(12 if name == "gp" else 15):
            proposal = algorithm.ask()
            assert proposal is not None
            algorithm.tell(Outcome(proposal, accuracy(proposal)))
            asked.append(proposal.fingerprint)
        runs.append(asked)
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


@pytest.mark.parametrize("name", ["random", "pareto", "pareto, macs"])
def test_resumed_equals_never_stopped(name: str, space: SearchSpace) -> None:
    """Trials end in another order than they began in; a resume tells them as they began."""
    straight = make(name, space)
    proposals, open_ones = list[Proposal](), list[Proposal]()
    for _ in range(16):
        proposal = straight.ask()
        assert proposal is not None
        proposals.append(proposal)
        open_ones.append(proposal)
        if len(open_ones) == 3:
            told = open_ones.pop(1)
            straight.tell(Outcome(told, accuracy(told)))
    resumed = make(name, space)
    for proposal in proposals:
        resumed.recall(proposal)
        if proposal not in open_ones:
            resumed.tell(Outcome(proposal, accuracy(proposal)))
    for _ in range(3):
        assert resumed.ask() == straight.ask()


@pytest.mark.parametrize("name", ["pareto", "pareto, macs", "tpe", "nsga2"])
def test_searches_come_to_avoid_width_that_buys_nothing(name: str) -> None:
    """Only the first stage's width is worth anything here; chance gives the others 9 on average."""
    widths = [2, 4, 6, 8, 10, 12, 14, 16]
    stage = {"op": ["conv"], "kernel": [1], "filters": widths}
    document = {"stages": [stage] * 4, "head": {"pool": ["global_avg"]}}
    space = SearchSpace.from_dict(document, input_shape=(1, 8, 8), classes=10, limits={})
    algorithm = make(name, space)
    wasted = []
    for _ in range(150):
        proposal = algorithm.ask()
        assert proposal is not None
        chain = proposal.architecture.layers
        first, *others = (one.out_channels for one in chain if isinstance(one, layers.Conv2d))
        wasted.append(np.mean(others))
        algorithm.tell(Outcome(proposal, first / 16))
    assert np.mean(wasted[-40:]) < 8
