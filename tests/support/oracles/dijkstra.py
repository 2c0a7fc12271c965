import networkx

from tasks.greedy.dijkstra import Graph


def answer(instance: Graph) -> str:
    graph = networkx.Graph()
    graph.add_weighted_edges_from(instance.edges)
    far = networkx.single_source_bellman_ford_path_length(graph, instance.source)
    return ", ".join(str(far[vertex]) for vertex in range(instance.vertices))
