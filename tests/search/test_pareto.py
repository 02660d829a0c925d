"""The parts of the default algorithm against independent oracles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from results import hypervolume
from search.algorithms.pareto import ParetoSearch
from search.algorithms.pareto.gain import Staircase
from search.algorithms.pareto.judge import Told, most_useful
from search.algorithms.pareto.kernel import ChoiceKernel
from search.algorithms.pareto.model import Surrogate, find_kernel
from search.algorithms.pareto.terrace import find_steps
from search.algorithms.sizer import Formula
from space import SearchSpace
from tests.search.jobs import SPACE


def network_volume(accuracy: np.ndarray, size: np.ndarray) -> float:
    return hypervolume(accuracy, size, reference_accuracy=0.1, reference_size=9.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_expected_gain_is_the_mean_growth_of_the_hypervolume(seed: int) -> None:
    """Against numerical integration of moocore's hypervolume over what a candidate may reach."""
    rng = np.random.default_rng(seed)
    accuracy, size = rng.uniform(0, 1, 6), rng.integers(1, 9, 6).astype(float)
    stairs = Staircase.of(accuracy, size, 0.1, 9.0)
    before = network_volume(accuracy, size)
    for mean, spread, own in ((0.5, 0.2, 3.0), (0.9, 0.05, 8.5), (0.2, 0.3, 0.5)):

        def growth(reached: float, own: float = own) -> float:
            return network_volume(np.append(accuracy, reached), np.append(size, own)) - before

        def weighted(reached: float, mean: float = mean, spread: float = spread) -> float:
            return growth(reached) * float(norm.pdf(reached, mean, spread))

        bounds = (mean - 8 * spread, mean + 8 * spread)
        kinks = [level for level in stairs.levels if bounds[0] < level < bounds[1]]
        oracle, _ = quad(weighted, *bounds, points=kinks, limit=400)
        gain = stairs.expected_gain(np.array([mean]), np.array([spread]), np.array([[own]]))
        assert gain[0] == pytest.approx(oracle, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_with_two_sizes_the_expected_gain_is_the_mean_growth_of_the_volume(seed: int) -> None:
    """Against numerical integration of moocore's hypervolume, ties and points beyond included."""
    rng = np.random.default_rng(seed)
    accuracy, sizes = rng.integers(0, 9, 9) / 9, rng.integers(-2, 8, (9, 2)).astype(float)
    ends = np.array([6.0, 7.0])
    steps = find_steps(accuracy, sizes, 0.1, ends)

    def volume(accuracies: np.ndarray, costs: np.ndarray) -> float:
        return hypervolume(accuracies, costs, reference_accuracy=0.1, reference_size=ends)

    before = volume(accuracy, sizes)
    for mean, spread, own in (
        (0.5, 0.2, (3.0, 1.5)),
        (0.9, 0.05, (5.5, -3.0)),
        (0.2, 0.3, (-4, 6)),
    ):

        def growth(reached: float, own: tuple[float, float] = own) -> float:
            return volume(np.append(accuracy, reached), np.vstack([sizes, own])) - before

        def weighted(reached: float, mean: float = mean, spread: float = spread) -> float:
            return growth(reached) * float(norm.pdf(reached, mean, spread))

        bounds = (mean - 8 * spread, mean + 8 * spread)
        kinks = [level for level in (0.1, *accuracy) if bounds[0] < level < bounds[1]]
        oracle, _ = quad(weighted, *bounds, points=sorted(set(kinks)), limit=400)
        gain = steps.expected_gain(np.array([mean]), np.array([spread]), np.array([own]))
        assert gain[0] == pytest.approx(oracle, rel=1e-5, abs=1e-9)
        below = accuracy[(sizes <= own).all(axis=1)]
        assert steps.level(np.array([own])) == max(0.1, *below, 0.1)


def test_a_second_size_that_is_the_same_for_all_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    accuracy, size = rng.random(30), rng.random(30) * 9
    both = np.column_stack([size, np.full(30, 4.0)])
    stairs = find_steps(accuracy, both[:, :1], 0.1, np.array([10.0]))
    terrace = find_steps(accuracy, both, 0.1, np.array([10.0, 4.5]))
    mean, spread, own = rng.random(200), rng.random(200) / 5 + 0.01, rng.random((200, 2)) * 10
    own[:, 1] = 4.0
    assert terrace.level(own) == pytest.approx(stairs.level(own[:, :1]))
    gains = stairs.expected_gain(mean, spread, own[:, :1])
    assert terrace.expected_gain(mean, spread, own) == pytest.approx(0.5 * gains)


def test_a_candidate_at_a_size_that_is_taken_gains_only_beyond_its_level() -> None:
    stairs = Staircase.of(np.array([0.5, 0.5, 0.8]), np.array([1.0, 1.0, 2.0]), 0.0, 3.0)
    assert stairs.level(np.array([[0.9], [1.0], [1.9], [2.0]])).tolist() == [0.0, 0.5, 0.5, 0.8]
    certain = stairs.expected_gain(np.array([0.9, 0.4]), np.full(2, 1e-9), np.ones((2, 1)))
    assert certain == pytest.approx([0.4 + 0.1, 0.0], abs=1e-6)


def test_both_ways_to_the_kernel_agree_and_its_gradient_is_the_slope() -> None:
    rng = np.random.default_rng(0)
    points = np.column_stack([rng.integers(0, 4, (12, 3)) / 3, rng.random(12)])
    kernel = ChoiceKernel(np.array([0.5, 2.0, 1.0, 0.7]))
    value, gradient = kernel(points, eval_gradient=True)
    assert value == pytest.approx(kernel(points), abs=1e-6)
    assert np.diag(value) == pytest.approx(np.ones(12))
    assert np.linalg.eigvalsh(value).min() > -1e-9
    for at in range(4):
        step = np.zeros(4)
        step[at] = 1e-6
        up, down = (kernel.clone_with_theta(kernel.theta + sign * step) for sign in (1, -1))
        slope = (up(points, eval_gradient=True)[0] - down(points, eval_gradient=True)[0]) / 2e-6
        assert gradient[:, :, at] == pytest.approx(slope, abs=1e-6)


def test_the_model_knows_what_it_was_told_and_doubts_what_is_far_away() -> None:
    rng = np.random.default_rng(1)
    features = np.column_stack([rng.integers(0, 3, (60, 4)) / 2, rng.random(60)])
    accuracy = 0.5 + 0.3 * features[:, -1] + 0.1 * features[:, 0] * features[:, 1]
    train, test = np.arange(40), np.arange(40, 60)
    model = Surrogate(
        features[train], accuracy[train], find_kernel(features[train], accuracy[train])
    )
    mean, spread = model.predict(features)
    assert mean[train] == pytest.approx(accuracy[train], abs=0.01)
    assert np.sqrt(np.mean((mean[test] - accuracy[test]) ** 2)) < 0.2 * accuracy[test].std()
    assert spread[train].mean() < spread[test].mean()
    far = np.array([[0.5, 0.5, 0.5, 0.5, 5.0]])
    assert model.predict(far)[1][0] > spread.max()


def test_errors_are_modelled_by_their_factors() -> None:
    """Half the error with each step: a straight line for the logarithm, and never above 1."""
    size = np.linspace(0, 1, 9)[:, None]
    accuracy = 1 - 0.5 ** np.arange(1, 10)
    features = np.hstack([np.zeros_like(size), size])
    model = Surrogate(features[:6], accuracy[:6], find_kernel(features[:6], accuracy[:6]))
    mean, _ = model.predict(features)
    assert mean[6:] == pytest.approx(accuracy[6:], abs=0.005)
    assert (model.predict(features + 1.0)[0] <= 1.001).all()
    noise = model.noise(np.array([0.5, 0.75]))
    assert noise[0] == pytest.approx(2 * noise[1], rel=0.01)


def test_the_first_network_is_the_smallest() -> None:
    space = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10, limits={})
    for size in ("params", "macs"):
        first = ParetoSearch(space, sizers=[Formula(size)], seed=0).ask()
        assert first is not None
        rng = np.random.default_rng(0)
        drawn = [space.build(space.sample(rng)) for _ in range(500)]
        assert getattr(first.architecture, size) == min(getattr(one, size) for one in drawn)


def test_what_was_expected_counts_the_less_the_less_sure_it_is() -> None:
    rng = np.random.default_rng(3)
    features = np.column_stack([rng.integers(0, 3, (30, 3)) / 2, rng.random(30)])
    accuracy = 0.5 + 0.3 * features[:, -1] + 0.1 * features[:, 0]
    wrong = accuracy + np.where(np.arange(30) < 5, -0.3, 0.0)
    kernel = find_kernel(features[5:], accuracy[5:])
    off = []
    for spread in (0.0, 0.1, 10.0):
        own = np.where(np.arange(30) < 5, spread, 0.0)
        mean, _ = Surrogate(features, wrong, kernel, own).predict(features)
        off.append(np.abs(mean - accuracy)[:5].mean())
    assert off[0] > 2 * off[1] > 2 * off[2]
    without, _ = Surrogate(features[5:], accuracy[5:], kernel).predict(features[:5])
    assert off[2] == pytest.approx(np.abs(without - accuracy[:5]).mean(), abs=0.01)


def test_of_many_networks_those_near_the_front_are_kept() -> None:
    rng = np.random.default_rng(2)
    sizes, accuracy = rng.random((400, 1)), rng.random(400)
    told = Told(np.zeros((400, 1), dtype=np.int64), sizes, accuracy, np.zeros(400))
    kept = most_useful(told, 50)
    assert len(kept) == len(set(kept)) == 50
    level = Staircase.of(told.accuracy, told.log_size, -np.inf, np.inf).level(told.log_sizes)
    assert set(np.flatnonzero(told.accuracy >= level)) <= set(kept)
