"""Figures of a table of states: accuracy by module, step, distance and position, and survival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from compiler.text import ROLES, Role
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.statistics import Share

Int64Array = NDArray[np.int64]

FETCH = ROLES.index(Role.FETCH)


class _Columns(NamedTuple):
    """The rows of one task and range, as arrays.

    Attributes
    ----------
    problem, state, role, step, position
        int64[rows]: number of the problem, and columns of the table; steps are indices.
    distance
        int64[rows]: column of the table, −1 without a source.
    right
        bool[rows]: column of the table.
    log_probability
        float64[rows]: sum over the tokens of a row.
    steps
        Names of the steps.
    """

    problem: Int64Array
    state: Int64Array
    role: Int64Array
    step: Int64Array
    position: Int64Array
    distance: Int64Array
    right: NDArray[np.bool_]
    log_probability: NDArray[np.float64]
    steps: list[str]

    def of_states(self, rows: NDArray[np.bool_] | slice = slice(None)) -> _Columns:
        """Return columns with one row for each module of each state, right if every part is."""
        keys = np.stack([self.problem, self.state, self.role])[:, rows]
        _, first, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
        group = group.reshape(-1)
        wrong = np.bincount(group[~self.right[rows]], minlength=len(first))
        logs = np.bincount(group, self.log_probability[rows], len(first)).astype(np.float64)
        problem, state, role, step, position, distance = (
            column[rows][first] for column in self[:6]
        )
        return _Columns(
            problem, state, role, step, position, distance, wrong == 0, logs, self.steps
        )


def state_figures(table: pa.Table, rows: Sequence[ScoreRow]) -> list[dict[str, Any]]:
    """Return the figures of each task and range, as plain data for JSON.

    Every share is one of atomic states, or modules of them, that the model writes after the right
    prefix. Its 95 % interval takes into account that the states of one problem are alike.

    Parameters
    ----------
    table
        Result of ``measure_states``.
    rows
        Scores of the outputs for the same problems.

    Returns
    -------
    list of dict
        An entry for each row that has a chain of thought:

        ``problems``, ``states``, ``tokens``: what was read. ``accuracy``: share of right states, of
        which every module is right. ``roles``: by module. ``steps``: by step and module.
        ``distances``: fetches by tokens back to the source; each entry is for distances from
        ``from`` to ``to``. ``positions``: modules by tokens before them. ``exact_chains``: the
        share of exact outputs (``measured``), of references in which every token has rank 1
        (``read``), the mean over problems of the product of the accuracy of all their modules and
        steps (``expected``), and the mean probability of the reference at temperature 1
        (``sampled``). ``survival``: for each state, its share of right states, and the product of
        the shares up to it.
    """
    figures = []
    for row in rows:
        own = table.filter((pc.field("task") == row.task) & (pc.field("range") == row.range))
        if len(own):
            figures.append(_range_figures(own, row))
    return figures


def _range_figures(table: pa.Table, row: ScoreRow) -> dict[str, Any]:
    columns = _columns(table)
    modules = columns.of_states()
    states = modules._replace(role=np.zeros_like(modules.role)).of_states()
    chains = states._replace(state=np.zeros_like(states.state)).of_states()
    inside = states.state >= 0
    fetched = (columns.role == FETCH) & (columns.distance >= 0)
    return {
        "task": row.task,
        "range": row.range,
        "problems": len(chains.right),
        "states": int(inside.sum()),
        "tokens": int(pc.sum(pc.list_value_length(table["ranks"])).as_py()),
        "accuracy": _share(states, inside),
        "roles": _by_role(modules),
        "steps": {
            name or "answer": _by_role(modules, modules.step == step)
            for step, name in enumerate(modules.steps)
            if (modules.step == step).any()
        },
        "distances": [
            {**band, **_share(columns, chosen)}
            for band, chosen in _bands(columns.distance, fetched)
        ],
        "positions": [
            {**band, "roles": _by_role(modules, chosen)}
            for band, chosen in _bands(modules.position)
        ],
        "exact_chains": {
            "measured": row.exactness.rate,
            "read": _share(chains),
            "expected": _expected_exactness(modules),
            "sampled": float(np.exp(chains.log_probability).mean()),
        },
        "survival": _survival(states, inside),
    }


def _columns(table: pa.Table) -> _Columns:
    lengths = pc.list_value_length(table["log_probabilities"]).to_numpy()
    logs = pc.list_flatten(table["log_probabilities"]).to_numpy().astype(np.float64)
    steps = pc.unique(table["step"]).to_pylist()
    roles = pa.array([role.value for role in ROLES])
    return _Columns(
        problem=pc.index_in(table["id"], pc.unique(table["id"])).to_numpy().astype(np.int64),
        state=table["state"].to_numpy(),
        role=pc.index_in(table["role"], roles).to_numpy().astype(np.int64),
        step=pc.index_in(table["step"], pa.array(steps)).to_numpy().astype(np.int64),
        position=table["position"].to_numpy(),
        distance=pc.fill_null(table["distance"], -1).to_numpy(),
        right=table["right"].to_numpy(),
        log_probability=np.add.reduceat(logs, np.cumsum([0, *lengths[:-1]])),
        steps=steps,
    )


def clustered_share(right: NDArray[np.bool_], cluster: Int64Array) -> Share:
    """Return the share of right cases, with the number of cases that are worth as much evidence.

    The cases of one cluster are alike. The variance of the share is that of a ratio of sums over
    clusters; the number of independent cases with this variance gives the interval. Where all
    cases, or none, are right, there is no variance, and each cluster counts as one case.

    Parameters
    ----------
    right, cluster
        bool[cases] and int64[cases]: whether a case is right, and its cluster.
    """
    hits, cases = int(right.sum()), len(right)
    _, index = np.unique(cluster, return_inverse=True)
    sizes = np.bincount(index)
    if hits in (0, cases):
        return Share(hits, cases, len(sizes))
    rate = hits / cases
    residuals = np.bincount(index, right) - rate * sizes
    correction = len(sizes) / max(1, len(sizes) - 1)
    variance = correction * float((residuals**2).sum()) / cases**2
    independent = rate * (1 - rate) / variance if variance else cases
    return Share(hits, cases, round(min(cases, max(1, independent))))


def _share(columns: _Columns, rows: NDArray[np.bool_] | slice = slice(None)) -> dict[str, Any]:
    share = clustered_share(columns.right[rows], columns.problem[rows])
    return {
        "right": int(share.hits),
        "total": share.problems,
        "value": share.rate,
        "interval95": list(share.interval()),
    }


def _by_role(columns: _Columns, rows: NDArray[np.bool_] | None = None) -> dict[str, dict[str, Any]]:
    chosen = np.ones(len(columns.role), np.bool_) if rows is None else rows
    shares = {}
    for number, role in enumerate(ROLES):
        own = chosen & (columns.role == number)
        if own.any():
            shares[role.value] = _share(columns, own)
    return shares


def _bands(
    values: Int64Array, rows: NDArray[np.bool_] | None = None
) -> Iterator[tuple[Mapping[str, int], NDArray[np.bool_]]]:
    """Yield the bands from each power of two to the next, and the rows with values in them."""
    chosen = values >= 0 if rows is None else rows
    if not chosen.any():
        return
    for power in range(int(values[chosen].max()).bit_length()):
        band = chosen & (values >= 1 << power) & (values < 2 << power)
        if band.any():
            yield {"from": 1 << power, "to": (2 << power) - 1}, band


def _expected_exactness(modules: _Columns) -> float:
    """Return the mean over problems of the product of their modules' accuracies, by step."""
    cell = modules.step * len(ROLES) + modules.role
    totals = np.bincount(cell)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.bincount(cell, modules.right) / totals)
    sums = np.zeros(modules.problem.max() + 1)
    np.add.at(sums, modules.problem, logs[cell])
    return float(np.exp(sums).mean())


def _survival(states: _Columns, rows: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return the share of right states and its product, for each number of the state."""
    totals = np.bincount(states.state[rows])
    shares = np.bincount(states.state[rows], states.right[rows]) / np.maximum(totals, 1)
    return [
        {"state": state, "total": int(total), "value": float(share), "survival": float(product)}
        for state, (total, share, product) in enumerate(
            zip(totals, shares, np.cumprod(shares), strict=True)
        )
    ]
