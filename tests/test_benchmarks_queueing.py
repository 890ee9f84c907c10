"""The queueing simulation, held against what is known of queues from textbooks."""

import math
import random

import pytest

from tests.benchmarks.queueing import Costs, Fleet, percentile, simulate

MEAN = 0.01  # seconds


def exponential() -> list[float]:
    chance = random.Random(7)
    return [chance.expovariate(1 / MEAN) for _ in range(20_000)]


@pytest.mark.parametrize("load", [0.9, 1.2, 2.0])
def test_refusals_are_those_of_an_m_m_1_k_queue(load: float) -> None:
    places = 33  # one in service, 32 waiting
    found = simulate(Costs(exponential(), 0, 0), Fleet(1), a_second=load / MEAN, seconds=400)
    expected = (1 - load) * load**places / (1 - load ** (places + 1))
    assert found.refused == pytest.approx(expected, abs=0.01)
    assert found.answered_a_second == pytest.approx(load / MEAN * (1 - expected), rel=0.03)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_response_times_are_those_of_an_m_m_1_queue(load: float) -> None:
    found = simulate(Costs(exponential(), 0, 0), Fleet(1, most_waiting=10**6), a_second=load / MEAN, seconds=400)
    rate = (1 - load) / MEAN  # the response time is exponential with it
    assert found.p50 == pytest.approx(math.log(2) / rate, rel=0.08)
    assert found.p95 == pytest.approx(math.log(20) / rate, rel=0.08)


def test_three_replicas_carry_three_times_as_much_with_a_processor_each_and_no_more_with_one_between_them() -> None:
    costs = Costs([MEAN], 0.002, 0.001)
    one = simulate(costs, Fleet(1), a_second=100, seconds=30)
    three = simulate(costs, Fleet(3), a_second=300, seconds=30)
    sharing = simulate(costs, Fleet(3, processors=1), a_second=100, seconds=30)
    assert three.answered_a_second == pytest.approx(3 * one.answered_a_second, rel=0.05)
    assert sharing.answered_a_second == pytest.approx(one.answered_a_second, rel=0.1)


def test_questions_that_were_asked_before_cost_their_request_alone() -> None:
    costs = Costs([MEAN], 0.002, 0.001)
    assert simulate(costs, Fleet(1), a_second=400, repeated=1.0, seconds=20).refused == 0
    assert simulate(costs, Fleet(1), a_second=400, repeated=0.0, seconds=20).refused > 0.5


def test_an_answer_that_would_be_too_late_is_a_refusal() -> None:
    found = simulate(Costs([1.0], 0, 0), Fleet(1, deadline=5), a_second=10, seconds=100)
    assert found.p95 <= 6.001
    assert found.refused > 0.85


def test_nothing_has_no_percentile() -> None:
    assert math.isnan(percentile([], 0.5))
