from math import inf

from tasks.greedy.multi_machine_schedule import LAST_HOUR, Jobs

Edge = tuple[int, int, int]
"""Two hours, and the number of jobs done between them."""


def answer(instance: Jobs) -> str:
    """Solve as a flow: each machine goes from hour 0 to the last one by a path of most jobs.

    It may also go back along the edges of machines before it, which undoes a job or a wait.
    """
    waits = [(hour, hour + 1, 0) for hour in range(LAST_HOUR)] * instance.machines
    edges = waits + [(start, end, 1) for start, end in instance.intervals]
    done = 0
    for _ in range(instance.machines):
        for edge in _best_path(edges):
            tail, head, jobs = edge
            edges.remove(edge)
            edges.append((head, tail, -jobs))
            done += jobs
    return str(done)


def _best_path(edges: list[Edge]) -> list[Edge]:
    """Return the edges of a path with most jobs, by the algorithm of Bellman and Ford."""
    most = [0] + [-inf] * LAST_HOUR
    last_edges: dict[int, Edge] = {}
    distinct = sorted({*edges})
    previous: list[float] = []
    while most != previous:
        previous = most.copy()
        for edge in distinct:
            tail, head, jobs = edge
            if most[tail] + jobs > most[head]:
                most[head] = most[tail] + jobs
                last_edges[head] = edge
    path = []
    hour = LAST_HOUR
    while hour:
        path.append(last_edges[hour])
        hour = last_edges[hour][0]
    return path
