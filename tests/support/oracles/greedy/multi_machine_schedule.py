import networkx

from tasks.greedy.multi_machine_schedule import LAST_HOUR, Jobs


def answer(instance: Jobs) -> str:
    """Solve as a minimum-cost flow: each machine is a unit of flow, each job an edge of cost -1."""
    graph = networkx.MultiDiGraph()
    graph.add_node(0, demand=-instance.machines)
    graph.add_node(LAST_HOUR, demand=instance.machines)
    for hour in range(LAST_HOUR):
        graph.add_edge(hour, hour + 1, weight=0)
    for start, end in instance.intervals:
        graph.add_edge(start, end, capacity=1, weight=-1)
    cost, _ = networkx.network_simplex(graph)
    return str(-cost)
