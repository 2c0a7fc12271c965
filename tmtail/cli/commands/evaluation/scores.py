"""``eval``: scores of a model, by replay of the machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from tmtail.cli.options import AsJson, SectionedGroup
from tmtail.cli.output import (
    count_progress,
    progress,
    show_json,
    silence_libraries,
    split_names,
)
from tmtail.cli.tables import console, show_table
from tmtail.cli.targets import load_tasks, read_ranges, read_text_or_file

PROBLEMS = "Problems"
FORM = "Form of the outputs"
MODELS = "Models (hf, vllm, openai)"
SERVERS = "Servers (openai)"
SAMPLING = "Sampling"
RESULTS = "Results"

scores = typer.Typer(cls=SectionedGroup, invoke_without_command=True, rich_markup_mode=None)


@scores.callback()
def evaluate(
    context: typer.Context,
    backend: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Source of the outputs: hf or vllm, a model in this process; openai, a model "
            "behind a server; file, outputs written elsewhere; reference, the machine itself; or "
            "the name of an installed backend.",
            rich_help_panel="Backend",
        ),
    ] = "hf",
    outputs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With file: JSON Lines with the fields `id` and `output`.",
            rich_help_panel="Backend",
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="DIR|NAME",
            help="Folder of a model or adapter, or its name on the hub or on the server.",
            rich_help_panel=MODELS,
        ),
    ] = "",
    base: Annotated[
        str,
        typer.Option(
            metavar="DIR|NAME",
            help="hf, vllm: base model of an adapter; by default the one that the adapter names.",
            rich_help_panel=MODELS,
        ),
    ] = "",
    chat: Annotated[
        bool | None,
        typer.Option(
            "--chat/--continue",
            help="Send prompts as a user's turn of a chat, or as plain text to continue; by "
            "default as in training, and as turns to a server.",
            rich_help_panel=MODELS,
        ),
    ] = None,
    system: Annotated[
        str,
        typer.Option(
            metavar="TEXT|FILE",
            help="System message before each problem, or the file that holds it.",
            rich_help_panel=MODELS,
        ),
    ] = "",
    shots: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Examples before each problem: training problems of the same task, of its first "
            "range, with their texts.",
            rich_help_panel=MODELS,
        ),
    ] = 0,
    max_new_tokens: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Maximum number of tokens of an output; by default 1.1 times the longest "
            "reference, plus 32. Required with --format any.",
            rich_help_panel=MODELS,
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="hf: number of prompts decoded at once; by default as many as fit the memory.",
            rich_help_panel=MODELS,
        ),
    ] = None,
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"],
        typer.Option(help="hf, vllm: number type of the weights.", rich_help_panel=MODELS),
    ] = "float32",
    decode: Annotated[
        Literal["verified", "plain"] | None,
        typer.Option(
            help="hf, vllm: verified reads the machine's text as a draft, many tokens a pass, and "
            "gives the outputs of plain decoding, which writes token by token. Default: verified.",
            rich_help_panel=MODELS,
        ),
    ] = None,
    device: Annotated[
        str,
        typer.Option(
            help="hf: cpu or cuda; auto means a GPU if there is one.", rich_help_panel=MODELS
        ),
    ] = "auto",
    gpus: Annotated[
        int,
        typer.Option(
            min=1, help="vllm: number of GPUs to split the model over.", rich_help_panel=MODELS
        ),
    ] = 1,
    gpu_memory: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="vllm: share of the GPUs' memory that it may take, such as 0.8; by default vLLM's "
            "own choice.",
            rich_help_panel=MODELS,
        ),
    ] = None,
    url: Annotated[
        str,
        typer.Option(
            help="Base address, such as http://localhost:8000/v1; by default OPENAI_BASE_URL. The "
            "key is read from OPENAI_API_KEY.",
            rich_help_panel=SERVERS,
        ),
    ] = "",
    concurrency: Annotated[
        int, typer.Option(min=1, help="Requests at the same time.", rich_help_panel=SERVERS)
    ] = 16,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            help="Seconds that the server may stay silent while it writes one output.",
            rich_help_panel=SERVERS,
        ),
    ] = 1_800.0,
    tokenizer: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The model's tokenizer.json; without it a byte counts as a token.",
            rich_help_panel=SERVERS,
        ),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(
            "--context",
            min=1,
            help="vllm, openai: maximum length of prompt and output, in tokens; by default the "
            "model's, and what the server accepts.",
            rich_help_panel=MODELS,
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Score the problems of this corpus; by default problems are drawn by --seed.",
            rich_help_panel=PROBLEMS,
        ),
    ] = None,
    split: Annotated[
        Literal["eval", "probe"],
        typer.Option(help="Split of the corpus.", rich_help_panel=PROBLEMS),
    ] = "eval",
    tasks: Annotated[
        str,
        typer.Option(
            metavar="a,b|all",
            help="Names of tasks, or Python files that define one; or all.",
            rich_help_panel=PROBLEMS,
        ),
    ] = "all",
    ranges: Annotated[
        str,
        typer.Option(
            metavar="S,M,L",
            help="Ranges to score; without --corpus also with lengths of your own, like "
            "S=2-6,XL=20-40.",
            rich_help_panel=PROBLEMS,
        ),
    ] = "S,M,L",
    n: Annotated[
        int,
        typer.Option(
            "--n", min=1, help="Problems of each task and range.", rich_help_panel=PROBLEMS
        ),
    ] = 500,
    seed: Annotated[
        int,
        typer.Option(
            help="Without --corpus: seed of the corpus that the model was trained on.",
            rich_help_panel=PROBLEMS,
        ),
    ] = 0,
    wordings: Annotated[
        Literal["unseen", "seen", "both"],
        typer.Option(
            help="Wordings that pose the problems: `unseen`, held out from training; `seen`, those "
            "of training; `both`, every second problem in one of them, with figures apart.",
            rich_help_panel=PROBLEMS,
        ),
    ] = "unseen",
    text_format: Annotated[
        str,
        typer.Option(
            "--format",
            help="Format as in `corpus build`, or `any` to score only the final answer; by "
            "default the corpus's.",
            rich_help_panel=FORM,
        ),
    ] = "",
    style: Annotated[
        str,
        typer.Option(
            help="Style that the model was trained on; by default the corpus's.",
            rich_help_panel=FORM,
        ),
    ] = "",
    depth: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Depth that the model was trained on; by default the corpus's.",
            rich_help_panel=FORM,
        ),
    ] = None,
    without: Annotated[
        str,
        typer.Option(
            metavar="fetch,atomic,linear",
            help="Ablations that the model was trained on; by default the corpus's.",
            rich_help_panel=FORM,
        ),
    ] = "",
    prompt: Annotated[
        Literal["plain", "keyed"] | None,
        typer.Option(
            help="Kind of prompts: `plain`, the question as a person writes it, or `keyed`, with "
            "index hints; by default the corpus's.",
            rich_help_panel=FORM,
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=1, help="Outputs for each problem.", rich_help_panel=SAMPLING)
    ] = 1,
    temperature: Annotated[
        float,
        typer.Option(
            min=0,
            help="0 means greedy decoding; above 0, tokens are drawn.",
            rich_help_panel=SAMPLING,
        ),
    ] = 0.0,
    omit_temperature: Annotated[
        bool,
        typer.Option(
            "--omit-temperature",
            help="openai: send no temperature, no top-p and no seed, for models that refuse them.",
            rich_help_panel=SAMPLING,
        ),
    ] = False,
    top_p: Annotated[
        float,
        typer.Option(
            help="Sample from the smallest set of tokens with this total probability.",
            rich_help_panel=SAMPLING,
        ),
    ] = 1.0,
    sampling_seed: Annotated[
        int, typer.Option(help="Seed of the random numbers.", rich_help_panel=SAMPLING)
    ] = 0,
    passes: Annotated[
        str,
        typer.Option(
            "--pass", metavar="K,K", help="Estimate pass@k for these k.", rich_help_panel=SAMPLING
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write outputs, scores and report.html here; an interrupted run resumes.",
            rich_help_panel=RESULTS,
        ),
    ] = None,
    states: Annotated[
        bool,
        typer.Option(
            "--states",
            help="hf, vllm: also measure every atomic state after the right prefix, in one pass "
            "over each of the machine's texts.",
            rich_help_panel=RESULTS,
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score a model on held-out problems, by replay of the machine.

    Every output is compared with the machine's own text for the same problem: is the answer right,
    is the chain of thought exact, and if not, in which step and module does it break? Decoding is
    greedy unless a temperature is set. See docs/evaluation.md.

    \b
    Example:
      tmtail eval --model run/model --corpus corpus --out scores
    """
    if context.invoked_subcommand:
        return
    from evaluation.backends.base import Sampling
    from evaluation.backends.config import LOCAL_BACKENDS, OptionError, RunConfig
    from evaluation.backends.installed import SHIPPED_BACKENDS
    from evaluation.backends.opening import model_description, open_backend
    from evaluation.problems.suites import corpus_suite, drawn_suite, output_form
    from evaluation.reports.results import row_as_json
    from evaluation.reports.states import states_table
    from evaluation.reports.tables import divergence_table, results_table, wordings_table
    from evaluation.runs.run import run_suite
    from evaluation.states.figures import state_figures
    from tasks.corpus import Corpus

    if decode and backend in SHIPPED_BACKENDS and backend not in LOCAL_BACKENDS:
        reason = f"requires backend hf or vllm, not {backend}, which cannot verify a draft"
        raise typer.BadParameter(reason, param_hint="--decode")
    if split != "eval" and not corpus:
        raise typer.BadParameter("requires --corpus", param_hint="--split")
    range_names, lengths = read_ranges(ranges)
    if lengths and corpus:
        reason = "a corpus has lengths of its own; give only the names of ranges"
        raise typer.BadParameter(reason, param_hint="--ranges")
    try:
        pass_ks = [int(k) for k in split_names(passes)]
    except ValueError:
        reason = f"must be whole numbers with commas, such as 1,4, not {passes!r}"
        raise typer.BadParameter(reason, param_hint="--pass") from None
    try:
        config = RunConfig(
            name="eval",
            backend=backend,
            model=model,
            base=base,
            gpus=gpus,
            url=url,
            tokenizer=tokenizer,
            window=window,
            concurrency=concurrency,
            timeout=timeout,
            omit_temperature=omit_temperature,
            gpu_memory=gpu_memory,
            chat=chat,
            system=read_text_or_file(system),
            shots=shots,
            outputs=outputs,
            format=text_format,
            style=style,
            prompt=prompt or "",
            max_new_tokens=max_new_tokens,
        )
    except OptionError as error:
        option = "--" + error.option.replace("window", "context").replace("_", "-")
        raise typer.BadParameter(error.reason, param_hint=option) from None
    if backend in LOCAL_BACKENDS:
        from evaluation.models.hub import model_source

        model_source(model)  # a model that does not exist fails before problems are drawn
    if omit_temperature and temperature:
        reason = "cannot be combined with --temperature; give one of the two"
        raise typer.BadParameter(reason, param_hint="--omit-temperature")
    sampling = Sampling(
        samples=samples,
        temperature=None if omit_temperature else temperature,
        top_p=top_p,
        seed=sampling_seed,
    )
    opened = Corpus.open(corpus) if corpus else None
    form, free = output_form(
        opened,
        format=text_format,
        style=style,
        depth=depth,
        without=split_names(without),
        prompt=prompt or "",
    )
    if opened:
        chosen = () if tasks == "all" else load_tasks(tasks)
        suite = corpus_suite(
            opened,
            split,
            range_names,
            n,
            tasks=chosen,
            form=form,
            free=free,
            wordings=wordings,
            system=config.system,
            shots=shots,
        )
    else:
        suite = drawn_suite(
            load_tasks(tasks, lengths),
            range_names,
            n,
            seed=seed,
            form=form,
            free=free,
            wordings=wordings,
            system=config.system,
            shots=shots,
        )
    answering = open_backend(
        config,
        suite.problems,
        sampling=sampling,
        device=device,
        dtype=dtype,
        batch_size=batch_size,
        decode=decode or "verified",
    )
    if backend in LOCAL_BACKENDS:
        silence_libraries()
    with progress("outputs") as report:
        rows, _scores, description, log_entry, state_table = run_suite(
            suite,
            answering,
            out=out,
            more=model_description(config),
            advance=count_progress(report, len(suite.problems) * samples),
            samples=samples,
            pass_ks=pass_ks,
            max_new_tokens=max_new_tokens,
            states=states,
        )
    if log_entry:
        times = f"; scored {log_entry.earlier} times before" if log_entry.earlier else ""
        print(f"logged in {log_entry.path}{times}", file=sys.stderr)
    figures = None if state_table is None else state_figures(state_table, rows)
    if as_json:
        shown = {**description, "rows": [row_as_json(row) for row in rows]}
        show_json(shown if figures is None else {**shown, "states": figures})
        return
    show_table(results_table(rows), console())
    if any(len(row.wordings) > 1 for row in rows):
        show_table(wordings_table(rows), console())
    if any(row.chain for row in rows):
        show_table(divergence_table(rows), console())
    if figures:
        show_table(states_table(figures), console())
    for row in rows:
        for note in row.notes:
            print(f"{row.task} {row.range}: {note}")
