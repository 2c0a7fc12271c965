"""The text of Dijkstra's algorithm by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase, ascii_uppercase

from tasks.greedy.dijkstra import Graph

LETTERS = ascii_lowercase
NAMES = ascii_uppercase

Edges = list[tuple[int, int, int]]
"""(a, b, weight) of each edge."""


def sample(draws: Random, low: int, high: int) -> tuple[int, Edges, int, int, int, int]:
    """A connected graph, its source, and where in the alphabet its names begin."""
    n = draws.randint(low, high)
    pairs = {(draws.randrange(b), b) for b in range(1, n)}
    most = min(3 * n // 2, n * (n - 1) // 2)
    for _ in range(draws.randint(0, most - n + 1)):
        a, b = sorted(draws.sample(range(n), 2))
        pairs.add((a, b))
    edges = [(a, b, draws.randint(1, 20)) for a, b in pairs]
    names = draws.randrange(26 - n), draws.randrange(26 - n), draws.randrange(3, 25)
    return n, edges, draws.randrange(n), *names


def write(n: int, edges: Edges, source: int, first: int, round: int, ones: int) -> tuple[str, str]:
    """The text and the answer of ``tasks/greedy/dijkstra.tm``, by appending strings."""
    names = NAMES[first : first + n + 1]
    start, end = names[0], names[n]
    weights: list[dict[int, int]] = [{} for _ in range(n)]
    for a, b, weight in edges:
        weights[a][b] = weights[b][a] = weight
    now: list[int | None] = [None] * n
    now[source] = 0
    digits = [""] * n  # of the distance of each vertex, the ones first
    digits[source] = "0"
    u, least = source, 0
    i, j, s, p = LETTERS[round], LETTERS[round + 1], names[source], LETTERS[ones]
    text = (
        f"begin: source = {s} round = {i} ones = {p} first = {start} ; {i} {s} = 0 ; {s} {p} = 0"
        f" ; top {s} = {p} ; done {s} = yes -> pass {i} {start}\n"
    )
    while True:
        from_u, lead = weights[u], -1
        nearest = 0
        following: list[int | None] = [None] * n
        here = names[u]
        for k in range(n):
            v, after = names[k], names[k + 1]
            if digits[k]:
                text += f"pass {i} {v}: done {v} = yes -> pass {i} {after}\n"
                continue
            old, edge = now[k], from_u.get(k)
            if old is None:
                if edge is None:
                    text += (
                        f"pass {i} {v}: done {v} = none {i} {v} = none {here} {v} = none"
                        f" -> pass {i} {after}\n"
                    )
                    continue
                text += f"pass {i} {v}: done {v} = none {i} {v} = none {here} {v} = {edge}"
                far = edge
                if lead >= 0:
                    text += f" {j} {names[lead]} = {nearest}"
                solved = f" ; {j} {v} = {far}"
            else:
                far = old - least
                if edge is None:
                    text += (
                        f"pass {i} {v}: done {v} = none {i} {v} = {old} {here} {v} = none"
                        f" {i} {here} = {least} ; {j} {v} = {far} -> near {j} {v}\n"
                    )
                else:
                    text += (
                        f"pass {i} {v}: done {v} = none {i} {v} = {old} {here} {v} = {edge}"
                        f" ; way {j} {v} = {edge} -> rest {j} {v}\n"
                        f"rest {j} {v}: {i} {v} = {old} {i} {here} = {least} ; rest {j} {v} = {far}"
                        f" -> relax {j} {v}\n"
                        f"relax {j} {v}: rest {j} {v} = {far} way {j} {v} = {edge}"
                        f" ; {j} {v} = {min(far, edge)} -> near {j} {v}\n"
                    )
                    far = min(far, edge)
                text += f"near {j} {v}: {j} {v} = {far}"
                if lead >= 0:
                    text += f" {j} {names[lead]} = {nearest}"
                solved = ""
            if lead < 0 or far < nearest:
                lead, nearest = k, far
            text += f"{solved} ; lead {j} {names[lead]} = {nearest} -> pass {i} {after}\n"
            following[k] = far
        if lead < 0:
            break
        v, p = names[lead], LETTERS[ones]
        text += (
            f"pass {i} {end}: done {end} = end lead {j} {v} = {nearest} ones = {p} -> add {v} {p}\n"
        )
        more, key, own, total = nearest, v, digits[u], ""
        while True:
            place = len(total)
            p, higher = LETTERS[ones - place], LETTERS[ones - place - 1]
            digit = own[place] if place < len(own) else "none"
            text += f"add {v} {p}: {here} {p} = {digit} {j} {key} = {more}"
            if place and digit == "none" and more == 0:
                break
            more, rest = divmod(more + (int(digit) if digit != "none" else 0), 10)
            total += str(rest)
            text += f" ; {v} {p} = {rest} ; {j} {higher} = {more} -> add {v} {higher}\n"
            key = higher
        text += (
            f" first = {start} ; top {v} = {LETTERS[ones - place + 1]} ; done {v} = yes"
            f" -> pass {j} {start}\n"
        )
        digits[lead] = total
        u, least, now = lead, nearest, following
        round += 1
        i, j = j, LETTERS[round + 1]
    tops = [LETTERS[ones - len(number) + 1] for number in digits] + ["none"]
    text += f"pass {i} {end}: done {end} = end first = {start} top {start} = {tops[0]} -> "
    behind = LETTERS[ones + 1]
    for k in range(n):
        v, after = names[k], names[k + 1]
        for place in range(len(digits[k]) - 1, -1, -1):
            p, digit = LETTERS[ones - place], digits[k][place]
            text += f"write {v} {p}\nwrite {v} {p}: {v} {p} = {digit} ; ans {v} {p} = {digit} -> "
        text += (
            f"write {v} {behind}\nwrite {v} {behind}: {v} {behind} = none"
            f" top {after} = {tops[k + 1]} -> "
        )
    answer = ", ".join([number[::-1] for number in digits])
    return f"{text}end\nanswer: {answer}", answer


def problem(instance: Graph) -> tuple[int, Edges, int, int, int, int]:
    """What ``write`` takes, of an instance of ours."""
    return (
        instance.vertices,
        list(instance.edges),
        instance.source,
        NAMES.index(instance.first),
        LETTERS.index(instance.round),
        LETTERS.index(instance.ones),
    )
