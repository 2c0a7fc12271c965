"""``eval``: scores of a model, by replay of the machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from tmtail.cli.commands.evaluation import options
from tmtail.cli.confirmation import YesOption, confirm
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

if TYPE_CHECKING:
    from evaluation.runs.plan import EvalPlan

scores = typer.Typer(cls=SectionedGroup, invoke_without_command=True, rich_markup_mode=None)


@scores.callback()
def evaluate(
    context: typer.Context,
    backend: options.Backend = "hf",
    outputs: options.Outputs = None,
    model: options.Model = "",
    base: options.Base = "",
    far: options.Far = "",
    chat: options.Chat = None,
    system: options.System = "",
    shots: options.Shots = 0,
    max_new_tokens: options.MaxNewTokens = None,
    batch_size: options.BatchSize = None,
    dtype: options.Dtype = "float32",
    decode: options.Decode = None,
    device: options.Device = "auto",
    gpus: options.Gpus = 1,
    gpu_memory: options.GpuMemory = None,
    url: options.Url = "",
    concurrency: options.Concurrency = 16,
    timeout: options.Timeout = 1_800.0,
    tokenizer: options.Tokenizer = None,
    window: options.Window = None,
    corpus: options.Corpus = None,
    split: options.Split = "eval",
    tasks: options.Tasks = "all",
    ranges: options.Ranges = "S,M,L",
    n: options.N = 500,
    seed: options.Seed = 0,
    wordings: options.Wordings = "unseen",
    text_format: options.TextFormat = "",
    style: options.Style = "",
    depth: options.Depth = None,
    without: options.Without = "",
    prompt: options.Prompt = None,
    samples: options.Samples = 1,
    temperature: options.Temperature = 0.0,
    omit_temperature: options.OmitTemperature = False,
    top_p: options.TopP = 1.0,
    sampling_seed: options.SamplingSeed = 0,
    passes: options.Passes = "",
    out: options.Out = None,
    states: options.States = False,
    yes: YesOption = False,
    as_json: AsJson = False,
) -> None:
    """Score a model on held-out problems, by replay of the machine.

    Every output is compared with the machine's own text for the same problem: is the answer right,
    is the chain of thought exact, and if not, in which step and module does it break? Decoding is
    greedy unless a temperature is set. A new evaluation of more than a minute prints its size and
    time first, and asks on a terminal. See docs/evaluation.md.

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
    from evaluation.models.distances import read_far_positions
    from evaluation.problems.suites import corpus_suite, drawn_suite, output_form
    from evaluation.reports.results import row_as_json
    from evaluation.reports.states import states_table
    from evaluation.reports.tables import divergence_table, results_table, wordings_table
    from evaluation.runs.run import run_suite
    from evaluation.states.figures import state_figures
    from tasks.corpus import Corpus
    from tasks.corpus.building import SECONDS_PER_HELD_OUT_RECORD

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
        far_positions = read_far_positions(far) if far else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--far") from None
    try:
        config = RunConfig(
            name="eval",
            backend=backend,
            model=model,
            base=base,
            far=far_positions,
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
        drawn = load_tasks(tasks, lengths)
        count = len(drawn) * len(range_names) * n
        confirm(f"{count:,} problems to write", count * SECONDS_PER_HELD_OUT_RECORD, yes=True)
        suite = drawn_suite(
            drawn,
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

    def announce(plan: EvalPlan) -> None:
        confirm(plan.size, plan.seconds, yes=yes)

    with progress("outputs", asks=True) as report:
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
            announce=announce,
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
