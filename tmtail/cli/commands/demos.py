"""``demo``: from a machine to the scores of a trained model. ``ask``: a question for a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tm.support.escaping import escape_controls
from tmtail.cli.confirmation import confirm
from tmtail.cli.output import silence_libraries
from tmtail.cli.targets import TasksOption, load_tasks

MAX_SHOWN = 3000
"""Characters of a wrong reply that are printed; of a longer one, its first and last ones."""

SHOWN_END = 500
"""Characters of the end of a longer reply that are printed."""


def demo(
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Folder to write; the folder of an earlier demo is replaced."
        ),
    ] = Path("out/demo"),
    seed: Annotated[
        int, typer.Option(help="Seed of the corpus, the initial weights and the training.")
    ] = 0,
) -> None:
    """Build a corpus, train a tiny model and score it.

    Takes 5 minutes on two cores with AVX-512 instructions and 9 without, and needs no GPU and no
    network. The model learns to compare numbers of 2 to 8 digits, and is scored on up to 16 digits.
    DIR gets a picture of the scores, results.png, and a report, results/report.html.

    \b
    Example:
      tmtail demo --out out/demo
    """
    from rich.console import Console

    from tmtail.cli.tables import console, show_table
    from training.demo import demo as run_demo
    from training.demo import planned_seconds

    silence_libraries()
    confirm("a model of 1 million parameters to train and score", planned_seconds(), yes=True)
    run_demo(out, console=Console(), show=lambda table: show_table(table, console()), seed=seed)


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotes.")],
    model: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="A model or adapter, or its name on the hub.")
    ],
    base: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="Base model of an adapter, if it has moved.")
    ] = "",
    tasks: TasksOption = "all",
    corpus: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Corpus that the model was trained on: its tasks and their form."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the names in the prompt.")] = 0,
    max_new_tokens: Annotated[
        int, typer.Option(min=1, metavar="N", help="Limit of a reply that cannot be checked.")
    ] = 1024,
    full: Annotated[bool, typer.Option("--full", help="Print all of a long reply.")] = False,
) -> None:
    """Ask a trained model a question, and check its reply.

    If a task poses the question, in one of its wordings or its first sentence, the model gets the
    whole prompt; the machine then solves the problem too, and the first difference is shown.
    Any other question is sent as it is, and the reply is not checked.

    \b
    Example:
      tmtail ask "Which is greater, 4.38 or 4.09?" --model runs/compare/model
    """
    from evaluation.asking import ask as ask_model
    from evaluation.asking import judgement, reply_to
    from evaluation.backends.config import RunConfig
    from evaluation.backends.opening import open_hugging_face
    from tasks import Stream
    from tasks.corpus import Corpus, Form
    from tasks.corpus.restoring import restore_tasks
    from tasks.questions import read_question

    silence_libraries()
    of_corpus = Corpus.open(corpus) if corpus else None
    chosen = () if of_corpus and tasks == "all" else load_tasks(tasks)
    known = restore_tasks(of_corpus, chosen, only=bool(chosen)) if of_corpus else chosen
    posed = read_question(question, known, Stream("question", question, seed).at(0))
    backend = open_hugging_face(RunConfig(name="ask", model=model, base=base))
    if posed is None:
        _show_reply(reply_to(question, backend, max_new_tokens), full)
        print("\nNo task poses this question, so the reply is not checked.")
        return
    score = ask_model(posed, backend, form=of_corpus.form if of_corpus else Form())
    print(score.problem.prompt)
    _show_reply(score.output.text, full or score.exact)
    print()
    for line in judgement(score):
        print(line)


def _show_reply(reply: str, full: bool) -> None:
    if not full and (left_out := len(reply) - MAX_SHOWN) > 0:
        start, end = reply[: MAX_SHOWN - SHOWN_END], reply[-SHOWN_END:]
        reply = f"{start}\n[{left_out:,} characters left out; --full prints them]\n{end}"
    print(escape_controls(reply))
