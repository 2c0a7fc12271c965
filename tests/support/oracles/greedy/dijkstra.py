import networkx

from tasks.greedy.dijkstra import Graph


def answer(instance: Graph) -> str:
    graph = networkx.Graph()
    graph.add_weighted_edges_from(instance.edges)
    distances = networkx.single_source_bellman_ford_path_length(graph, instance.source)
    return ", ".join(str(distances[vertex]) for vertex in range(instance.vertices))
