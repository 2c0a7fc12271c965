"""``show``: the files of a task, or a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tmtail.cli.options import PromptOption
from tmtail.cli.output import show_file
from tmtail.cli.targets import load_task

if TYPE_CHECKING:
    from tasks import Task


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="TASK|RECIPE", help="Name of a task or its .py file, or name of a recipe."
        ),
    ],
    part: Annotated[
        Literal["about", "machine", "python", "prompts"],
        typer.Option(help="TASK: what it is about, or one of its files."),
    ] = "about",
    prompt: PromptOption = "plain",
) -> None:
    """Show a task or a recipe.

    A recipe is the YAML file of a training run; write it to a file to change it. `tmtail tasks`
    lists the tasks.

    \b
    Example:
      tmtail show bubble_sort
      tmtail show bubble_sort --part machine > my_sort.tm
      tmtail show qwen2.5-7b-lora > run.yaml
    """
    from tasks import names
    from training.configs import recipe_names, recipe_path

    if name in recipe_names():
        for option, is_set in {"--part": part != "about", "--prompt": prompt != "plain"}.items():
            if is_set:
                raise typer.BadParameter("requires a TASK; this is a recipe", param_hint=option)
        show_file(recipe_path(name))
        return
    if Path(name).suffix != ".py" and name not in names():
        from tm.support.suggestions import did_you_mean

        help = did_you_mean(name, (*names(), *recipe_names())) or (
            f"the recipes are {', '.join(recipe_names())}; `tmtail tasks` lists the tasks"
        )
        raise ValueError(f"no task or recipe is called `{name}`; {help}")
    task = load_task(name)
    if part == "about":
        _show_about(task, name, prompt)
    else:
        files = {"machine": task.source, "python": task.path, "prompts": task.prompts_file}
        show_file(files[part])


def _show_about(task: Task[Any], name: str, prompt: str) -> None:
    """Print what a task is, where its files are, and an example of its prompt."""
    from tasks.corpus import items

    (item,) = items(task, next(iter(task.ranges)), "train", 0, [0])
    ranges = ", ".join(f"{range} {low}–{high}" for range, (low, high) in task.ranges.items())
    lines = {
        "task": task.name,
        "paradigm": task.paradigm,
        "operations": task.complexity,
        "lengths": ranges,
        "answer": task.kind.form,
        "machine": task.source,
        "python": task.path,
        "prompts": task.prompts_file,
    }
    for label, text in lines.items():
        if text:
            print(f"{label:10}  {text}")
    keyed = prompt == "keyed"
    options = "--prompt keyed --show-prompt" if keyed else "--show-prompt"
    print(f"\nA prompt; `tmtail trace {name} {options}` prints it with the machine's text:\n")
    print(item.prompt(task, keyed=keyed))
