"""Mistakes in calls from Python, each with the sentence that leads to its fix."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import tmtail
import tmtail.rewards

rewards: Any = tmtail.rewards
api: Any = tmtail  # without types, as the mistakes are theirs
SORTING = api.task("bubble_sort")
TABLE = SORTING.table
TAPES = SORTING.inputs(SORTING.instance(values=(3, 1)))
RUN = api.run(TABLE, TAPES)

MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: api.run(TABLE, {"list": 9}), "tape `list`: its input must be a text, not 9"),
    (lambda: api.run(TABLE, {"list": [3, 1]}), "tape `list`: its input must be a text, not [3, 1]"),
    (lambda: api.run(TABLE, "3,1"), "the input must be a dict of texts by tape name"),
    (lambda: api.run(TABLE, None), "the input must be a dict of texts by tape name"),
    (lambda: api.run(TABLE, {"lsit": "3"}), "no tape `lsit`; the tapes are list, spare"),
    (lambda: api.run("copy.tm", TAPES), "as `load` returns, not 'copy.tm'"),
    (lambda: api.run("copy.tm", TAPES, engine="compiled"), "as `load` returns, not 'copy.tm'"),
    (lambda: api.run_batch("copy.tm", [TAPES]), "as `load` returns, not 'copy.tm'"),
    (lambda: api.step("copy.tm", TAPES), "as `load` returns, not 'copy.tm'"),
    (lambda: api.run_batch(TABLE, [{"list": 9}]), "tape `list`: its input must be a text, not 9"),
    (lambda: api.step(TABLE, {"list": 9}), "tape `list`: its input must be a text, not 9"),
    (lambda: api.run(TABLE, {}, engine="fast"), "`engine` must be `auto`, `compiled` or"),
    (lambda: api.render(TABLE, RUN.trace), "the run recorded no trace; run it with trace=True"),
    (lambda: api.render(TABLE, RUN), "`trace` must be the trace of a run, as in run.trace"),
    (lambda: api.render_batch(TABLE, RUN), "`trace` must be the trace of a run, as in run.trace"),
    (lambda: api.loads("tape t: '0'\nmian { left t }"), "did you mean `main`?"),
    (lambda: api.load("sort.py"), "sort.py: Python, not a machine; give the machine's .tm file"),
    (lambda: api.score(SORTING, (3, 1), "answer: 1, 3"), "build one by task.instance(…)"),
    (lambda: api.score("bubble_sort", (3, 1), "answer: 1, 3"), "must be a task, as `task_from_"),
    (lambda: rewards.grade("id", "text", tasks=SORTING), "`tasks` must be a list of tasks, as"),
    (lambda: rewards.grade("id", "text", tasks=["sort.py"]), "not ['sort.py']"),
    (lambda: rewards.trl_reward("exact"), "such as tmtail.rewards.exact, not 'exact'"),
    (lambda: rewards.trl_reward(rewards.exact, tasks="sort.py"), "`tasks` must be a list of"),
    (lambda: api.task("bubble"), "did you mean `bubble_sort`?"),
]


@pytest.mark.parametrize(("call", "sentence"), MISTAKES, ids=[s for _, s in MISTAKES])
def test_a_mistake_in_a_call(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        call()
    assert sentence in str(caught.value)


def test_the_grade_of_a_list_of_problems_names_the_function_for_lists() -> None:
    graded = rewards.grade(["bubble_sort-S-eval-1-0"], ["answer: 1"])
    assert graded.error.endswith("; `grade_batch` takes a list of problems")


def test_a_reward_needs_no_name() -> None:
    reward = rewards.trl_reward(partial(rewards.exact))
    assert reward(completions=["answer: 1"], id=["no-id"]) == [None]
    assert reward.__name__ == "reward"


def test_a_source_in_a_text_is_loaded() -> None:
    table = tmtail.loads("tape t: '0' | '1'\nmain { while t != _ { right t } }", "walk.tm")
    assert table.name == "walk"
    assert api.run(table, {"t": "0110"}).transitions == 5


def test_spans_can_be_sliced() -> None:
    traced = api.run(TABLE, TAPES, trace=True)
    spans = api.render(TABLE, traced.trace).spans
    assert spans[:3] == tuple(spans)[:3]
    assert spans[::-2] == tuple(spans)[::-2]
