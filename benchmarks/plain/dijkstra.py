"""Text of Dijkstra's algorithm, by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase, ascii_uppercase

import tasks
from tasks.greedy.dijkstra import Graph

LETTERS = ascii_lowercase
NAMES = ascii_uppercase
LEADS = tasks.get("dijkstra").leads(0)
"""The word before the edges, and that before the source, in the first wording."""

Edges = list[tuple[int, int, int]]
"""(a, b, weight) of each edge."""


def sample(draws: Random, low: int, high: int) -> tuple[int, Edges, int, int, int, int]:
    """Draw a connected graph, its source, and the first letters of its names, as indices."""
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
    """Return the text and the answer of ``tasks/greedy/dijkstra.tm``."""
    names = NAMES[first : first + n + 1]
    start, end = names[0], names[n]
    weights: list[dict[int, int]] = [{} for _ in range(n)]
    for a, b, weight in edges:
        weights[a][b] = weights[b][a] = weight
    now: list[int | None] = [None] * n
    digits = [""] * n  # digits of each vertex's distance, lowest first
    tops = ["none"] * n
    digits[source], tops[source] = "0", LETTERS[ones]
    u, least = source, 0
    i, j, s, p = LETTERS[round], LETTERS[round + 1], names[source], LETTERS[ones]
    text = (
        _read(names, sorted(edges), i, p) + f"read {LEADS['source']} {s}: source = {s} -> begin\n"
    )
    text += (
        f"begin: source = {s} round = {i} ones = {p} first = {start} ; {s} {p} = 0"
        f" ; top {s} = {p} -> pass {i} {start}\n"
    )
    while True:
        from_u, lead = weights[u], -1
        nearest = 0
        following: list[int | None] = [None] * n
        here = names[u]
        for k in range(n):
            v, after = names[k], names[k + 1]
            if digits[k]:
                text += f"pass {i} {v}: top {v} = {tops[k]} -> pass {i} {after}\n"
                continue
            old, edge = now[k], from_u.get(k)
            if old is None and edge is None:
                text += (
                    f"pass {i} {v}: top {v} = none {i} {v} = none {here} {v} = none"
                    f" -> pass {i} {after}\n"
                )
                continue
            leader = f" {j} {names[lead]} = {nearest}" if lead >= 0 else ""
            if old is None:
                far: int = edge  # type: ignore[assignment]  # old and edge are not both None
                text += f"pass {i} {v}: top {v} = none {i} {v} = none {here} {v} = {far}{leader}"
            else:
                rest = old - least
                text += (
                    f"pass {i} {v}: top {v} = none {i} {v} = {old} {i} {here} = {least}"
                    f" ; rest {j} {v} = {rest} -> edge {j} {v}\n"
                    f"edge {j} {v}: rest {j} {v} = {rest} {here} {v} = "
                )
                if edge is None:
                    far = rest
                    text += f"none{leader}"
                else:
                    far = min(rest, edge)
                    text += (
                        f"{edge} ; way {j} {v} = {far} -> near {j} {v}\n"
                        f"near {j} {v}: way {j} {v} = {far}{leader}"
                    )
            if lead < 0 or far < nearest:
                lead, nearest = k, far
            text += f" ; {j} {v} = {far} ; lead {j} {names[lead]} = {nearest} -> pass {i} {after}\n"
            following[k] = far
        if lead < 0:
            break
        v, p = names[lead], LETTERS[ones]
        text += f"pass {i} {end}: top {end} = end lead {j} {v} = {nearest} ones = {p}"
        ten, more = divmod(nearest, 10)
        key = f"low {j} {v}" if ten else f"{j} {v}"
        if ten:
            text += f" ; {key} = {more} ; ten {j} {v} = {ten}"
        text += f" -> add {v} {p}\n"
        own, total = digits[u], ""
        while True:
            place = len(total)
            p, higher = LETTERS[ones - place], LETTERS[ones - place - 1]
            digit = own[place] if place < len(own) else "none"
            text += f"add {v} {p}: {here} {p} = {digit} {key} = {more}"
            if place and digit == "none" and more == 0:
                break
            more, rest = divmod(more + (int(digit) if digit != "none" else 0), 10)
            total += str(rest)
            key = f"{j} {higher}"
            if ten:
                text += (
                    f" ; carry {key} = {more} ; {v} {p} = {rest} -> ten {v} {higher}\n"
                    f"ten {v} {higher}: carry {key} = {more} ten {j} {v} = {ten} ; "
                    f"{key} = {more + ten}"
                )
                more, ten = more + ten, 0
            else:
                text += f" ; {key} = {more} ; {v} {p} = {rest}"
            text += f" -> add {v} {higher}\n"
        tops[lead] = LETTERS[ones - place + 1]
        text += f" first = {start} ; top {v} = {tops[lead]} -> pass {j} {start}\n"
        digits[lead] = total
        u, least, now = lead, nearest, following
        round += 1
        i, j = j, LETTERS[round + 1]
    tops.append("end")
    text += f"pass {i} {end}: top {end} = end first = {start} top {start} = {tops[0]} -> "
    behind = LETTERS[ones + 1]
    written = ""
    for k in range(n):
        v, after = names[k], names[k + 1]
        for place in range(len(digits[k]) - 1, -1, -1):
            p, digit = LETTERS[ones - place], digits[k][place]
            written += digit
            text += f"write {v} {p}\nwrite {v} {p}: {v} {p} = {digit} ; {written} -> "
        written = f"{digits[k][::-1]}, "
        text += (
            f"write {v} {behind}\nwrite {v} {behind}: {v} {behind} = none"
            f" top {after} = {tops[k + 1]} -> "
        )
    answer = ", ".join([number[::-1] for number in digits])
    return f"{text}end\nanswer: {answer}", answer


def _read(names: str, edges: Edges, round: str, ones: str) -> str:
    """Return the lines that read the names and the edges."""
    text = f"read start at {round}: round = {round} ->\nread {round}, {ones}: ones = {ones} ->\n"
    before, last = LEADS["edges"], -1
    for index, (a, b, weight) in enumerate(edges):
        edge = f"{names[a]}-{names[b]} {weight}"
        text += f"read {before}{', ' if index else ' '}{edge}:"
        if index:
            text += f" last = {names[last]}"
        text += f" edge = {edge} {names[a]} {names[b]} = {weight} {names[b]} {names[a]} = {weight}"
        if not index:
            text += f" first = {names[a]}"
        if b > last:
            text += f" last = {names[b]}"
            last = b
        text += " ->\n"
        before = edge
    return text + f"read {before}, end: last = {names[last]} top {names[last + 1]} = end ->\n"


def problem(instance: Graph) -> tuple[int, Edges, int, int, int, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    return (
        instance.vertices,
        list(instance.edges),
        instance.source,
        NAMES.index(instance.first),
        LETTERS.index(instance.round),
        LETTERS.index(instance.ones),
    )
