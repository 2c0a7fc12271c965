from collections import Counter
from itertools import combinations, product
from typing import Any

import networkx
import pytest

import tasks
from compiler.steps import decode
from tasks.greedy.multi_machine_schedule import LAST_HOUR, Jobs
from tests.support.oracles.greedy.multi_machine_schedule import answer
from tests.support.tasks.task_samples import MAX_DEVIATION, SAMPLE_SIZE, draw_instances, trace_of
from tm import run_batch

THREE: dict[str, Any] = {"intervals": ((0, 24), (3, 7), (3, 7)), "machines": 2}


@pytest.mark.parametrize(
    "fields",
    [
        {"intervals": ()},
        {"intervals": ((0, 1), (3, 7))},
        {"intervals": ((0, 1), (3, 7), (5, 5))},
        {"intervals": ((0, 1), (3, 7), (7, 5))},
        {"intervals": ((0, 1), (3, 7), (-1, 5))},
        {"intervals": ((0, 1), (3, 7), (5, 25))},
        {"intervals": ((0, 1), (3, 7), (5, 6.0))},
        {"intervals": ((0, 1), (3, 7), (False, 6))},
        {"intervals": ((0, 1), (3, 7), (5, 6, 7))},
        {"intervals": ((0, 1),) * 676},
        {"machines": 0},
        {"machines": 3},
        {"machines": True},
        {"machines": 5, "intervals": ((0, 1),) * 9},
        {"first": ""},
        {"first": "A"},
        {"first": "1"},
        {"first": "abc"},
        {"first": "x"},
        {"first": "zx"},
    ],
    ids=str,
)
def test_invalid_jobs_are_rejected(fields: dict[str, Any]) -> None:
    for good in ({}, {"first": "w"}, {"first": "zw"}, {"intervals": ((0, 1),) * 675}):
        Jobs(**THREE | good)
    with pytest.raises(ValueError, match=r"multi_machine_schedule|places cannot begin"):
        Jobs(**THREE | fields)


def brute_force(instance: Jobs) -> int:
    """Return the size of the largest choice with at most ``machines`` jobs in every hour."""
    jobs = instance.intervals
    return max(
        size
        for size in range(len(jobs) + 1)
        for chosen in combinations(jobs, size)
        if all(
            sum(s <= hour < e for s, e in chosen) <= instance.machines for hour in range(LAST_HOUR)
        )
    )


def test_every_small_schedule_is_solved() -> None:
    """All choices of two to four jobs within three hours have ties of all kinds."""
    task = tasks.get("multi_machine_schedule")
    sample = [
        Jobs(intervals=jobs, machines=machines)
        for n in (2, 3, 4)
        for jobs in product(combinations(range(4), 2), repeat=n)
        for machines in range(1, n)
    ]
    batch = run_batch(task.table, [task.inputs(instance) for instance in sample], trace=False)
    answers = [batch.text("out", i) for i in range(len(sample))]
    assert answers == [str(brute_force(instance)) for instance in sample] == [*map(answer, sample)]


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_the_oracle_agrees_with_networkx(range_name: str) -> None:
    for instance in draw_instances(tasks.get("multi_machine_schedule"), range_name, 100):
        graph = networkx.MultiDiGraph()
        graph.add_node(0, demand=-instance.machines)
        graph.add_node(LAST_HOUR, demand=instance.machines)
        for hour in range(LAST_HOUR):
            graph.add_edge(hour, hour + 1, weight=0)
        for start, end in instance.intervals:
            graph.add_edge(start, end, capacity=1, weight=-1)
        cost, _ = networkx.network_simplex(graph)
        assert answer(instance) == str(-cost)


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_jobs_go_by_their_ends_to_the_machine_that_became_free_last(range_name: str) -> None:
    """The answer alone does not show this."""
    task = tasks.get("multi_machine_schedule")
    for instance in draw_instances(task, range_name, 100):
        order = sorted(range(len(instance.intervals)), key=lambda i: instance.intervals[i][::-1])
        free, lines = [0] * instance.machines, []
        for start, end in (instance.intervals[i] for i in order):
            if fitting := [hour for hour in free if hour <= start]:
                free.remove(max(fitting))
                free.append(end)
                lines.append([*map(str, free)])
        steps = decode(task.table, trace_of(task, instance)).steps
        tried = [step.label.split()[1] for step in steps if step.name == "fit"]
        moved = [step.solved[0].value for step in steps if step.name == "shift"]
        assert tried == [instance.names[i] for i in order]
        assert moved == [hour for line in lines for hour in line]


@pytest.mark.parametrize("machines", [1, 2, 3, 4])
def test_the_fullest_schedules_are_solved(machines: int) -> None:
    """Jobs are consecutive, simultaneous or identical; their names go on from bz to ca."""
    task = tasks.get("multi_machine_schedule")
    hours = tuple((hour % LAST_HOUR, hour % LAST_HOUR + 1) for hour in range(51))
    for intervals in (hours, hours[::-1], ((0, LAST_HOUR),) * 51, ((23, 24),) * 50 + ((0, 1),)):
        instance = Jobs(intervals=intervals, machines=machines, first="bz")
        assert task.answer(instance) == answer(instance)
    assert int(task.answer(Jobs(intervals=hours, machines=machines))) == min(
        51, LAST_HOUR * machines
    )


def test_count_equals_an_enumeration() -> None:
    task = tasks.get("multi_machine_schedule")
    problems = {
        Jobs(intervals=jobs, machines=1).digest
        for jobs in product(combinations(range(LAST_HOUR + 1), 2), repeat=2)
    }
    assert task.count(2) == len(problems)
    assert [task.count(n) for n in (3, 4)] == [2 * 300**3, 3 * 300**4]
    assert task.count(5) == 4 * 300**5


def test_machines_and_jobs_are_drawn_uniformly() -> None:
    sample = draw_instances(
        tasks.get("multi_machine_schedule", ranges={"X": (5, 5)}), "X", SAMPLE_SIZE
    )
    machines = Counter(instance.machines for instance in sample)
    assert len(machines) == 4
    assert all(abs(n / SAMPLE_SIZE - 1 / 4) < MAX_DEVIATION for n in machines.values())
    jobs = Counter(job for instance in sample for job in instance.intervals)
    assert len(jobs) == 300
    long = [n for (start, end), n in jobs.items() if end - start > 4]
    share = 2 / 3 / 300
    assert all(abs(n / jobs.total() - share) < 5 * (share / SAMPLE_SIZE) ** 0.5 for n in long)


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_no_answer_is_frequent(range_name: str) -> None:
    sample = draw_instances(tasks.get("multi_machine_schedule"), range_name, 2000)
    answers = [int(answer(instance)) for instance in sample]
    all_fit = sum(len(i.intervals) == n for i, n in zip(sample, answers, strict=True))
    assert max(Counter(answers).values()) / 2000 < 0.25
    assert all_fit / 2000 < 0.35


@pytest.mark.parametrize(("range_name", "maximum"), [("S", 0.85), ("M", 0.55), ("L", 0.15)])
def test_first_come_first_served_is_not_optimal(range_name: str, maximum: float) -> None:
    """It is often optimal if there are few jobs."""
    sample = draw_instances(tasks.get("multi_machine_schedule"), range_name, 2000)
    right = sum(first_come(instance) == int(answer(instance)) for instance in sample)
    assert right / 2000 < maximum


def first_come(instance: Jobs) -> int:
    """Return the number of jobs that fit if each is accepted in the order of the prompt."""
    busy, accepted = [0] * LAST_HOUR, 0
    for start, end in instance.intervals:
        if max(busy[start:end]) < instance.machines:
            accepted += 1
            for hour in range(start, end):
                busy[hour] += 1
    return accepted
