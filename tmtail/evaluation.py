"""Public parts of the scorer: problems, backends, scores and the figures of a range.

Each name is loaded when it is first used. ``tmtail.score`` scores a single text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tm.support.lazy import lazy_names

if TYPE_CHECKING:
    from evaluation.backends.base import (
        GREEDY,
        Backend,
        Description,
        End,
        Output,
        OutputRequest,
        Reference,
        Sampling,
        Verification,
    )
    from evaluation.backends.config import RunConfig
    from evaluation.backends.opening import open_backend
    from evaluation.problems.replays import EvalProblem, replay
    from evaluation.problems.selection import draw_problems, load_problems
    from evaluation.runs.evaluate import evaluate
    from evaluation.scoring.divergence import Divergence
    from evaluation.scoring.rows import ScoreRow
    from evaluation.scoring.scores import Score, Verdict, score_outputs
    from evaluation.states.figures import state_figures
    from evaluation.states.measurement import measure_states

__all__ = [
    "GREEDY", "Backend", "Description", "Divergence", "End", "EvalProblem", "Output",
    "OutputRequest", "Reference", "RunConfig", "Sampling", "Score", "ScoreRow", "Verdict",
    "Verification", "draw_problems", "evaluate", "load_problems", "measure_states", "open_backend",
    "replay", "score_outputs", "state_figures",
]  # fmt: skip

_HOME = {
    "evaluation.backends.base": (
        "GREEDY", "Backend", "Description", "End", "Output", "OutputRequest", "Reference",
        "Sampling", "Verification",
    ),
    "evaluation.backends.config": ("RunConfig",),
    "evaluation.backends.opening": ("open_backend",),
    "evaluation.problems.replays": ("EvalProblem", "replay"),
    "evaluation.problems.selection": ("draw_problems", "load_problems"),
    "evaluation.runs.evaluate": ("evaluate",),
    "evaluation.scoring.divergence": ("Divergence",),
    "evaluation.scoring.rows": ("ScoreRow",),
    "evaluation.scoring.scores": ("Score", "Verdict", "score_outputs"),
    "evaluation.states.figures": ("state_figures",),
    "evaluation.states.measurement": ("measure_states",),
}  # fmt: skip
__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
