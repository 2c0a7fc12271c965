"""Options of ``eval``, in the sections of its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

PROBLEMS = "Problems"
FORM = "Form of the outputs"
MODELS = "Models (hf, vllm, openai)"
SERVERS = "Servers (openai)"
SAMPLING = "Sampling"
RESULTS = "Results"

Backend = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Source of the outputs: hf or vllm, a model in this process; openai, a model "
        "behind a server; file, outputs written elsewhere; reference, the machine itself; or "
        "the name of an installed backend.",
        rich_help_panel="Backend",
    ),
]
Outputs = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="With file: JSON Lines with the fields `id` and `output`.",
        rich_help_panel="Backend",
    ),
]
Model = Annotated[
    str,
    typer.Option(
        metavar="DIR|NAME",
        help="Folder of a model or adapter, or its name on the hub or on the server.",
        rich_help_panel=MODELS,
    ),
]
Base = Annotated[
    str,
    typer.Option(
        metavar="DIR|NAME",
        help="hf, vllm: base model of an adapter; by default the one that the adapter names.",
        rich_help_panel=MODELS,
    ),
]
Far = Annotated[
    str,
    typer.Option(
        metavar="clamp:N|group:N:G",
        help="hf: distance at which tokens are seen that are N tokens away or more: N, or one "
        "further for each G tokens (Self-Extend); by default their own.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
Chat = Annotated[
    bool | None,
    typer.Option(
        "--chat/--continue",
        help="Send prompts as a user's turn of a chat, or as plain text to continue; by "
        "default as in training, and as turns to a server.",
        rich_help_panel=MODELS,
    ),
]
System = Annotated[
    str,
    typer.Option(
        metavar="TEXT|FILE",
        help="System message before each problem, or the file that holds it.",
        rich_help_panel=MODELS,
    ),
]
Shots = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        help="Examples before each problem: training problems of the same task, of its first "
        "range, with their texts.",
        rich_help_panel=MODELS,
    ),
]
MaxNewTokens = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Maximum number of tokens of an output; by default 1.1 times the longest "
        "reference, plus 32. Required with --format any.",
        rich_help_panel=MODELS,
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="hf: number of prompts decoded at once; by default as many as fit the memory.",
        rich_help_panel=MODELS,
    ),
]
Dtype = Annotated[
    Literal["float32", "bfloat16", "float16"],
    typer.Option(help="hf, vllm: number type of the weights.", rich_help_panel=MODELS),
]
Decode = Annotated[
    Literal["verified", "plain"] | None,
    typer.Option(
        help="hf, vllm: verified reads the machine's text as a draft, many tokens a pass, and "
        "gives the outputs of plain decoding, which writes token by token. Default: verified.",
        rich_help_panel=MODELS,
    ),
]
Device = Annotated[
    str,
    typer.Option(help="hf: cpu or cuda; auto means a GPU if there is one.", rich_help_panel=MODELS),
]
Gpus = Annotated[
    int,
    typer.Option(
        min=1, help="vllm: number of GPUs to split the model over.", rich_help_panel=MODELS
    ),
]
GpuMemory = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="vllm: share of the GPUs' memory that it may take, such as 0.8; by default vLLM's "
        "own choice.",
        rich_help_panel=MODELS,
    ),
]
Url = Annotated[
    str,
    typer.Option(
        help="Base address, such as http://localhost:8000/v1; by default OPENAI_BASE_URL. The "
        "key is read from OPENAI_API_KEY.",
        rich_help_panel=SERVERS,
    ),
]
Concurrency = Annotated[
    int, typer.Option(min=1, help="Requests at the same time.", rich_help_panel=SERVERS)
]
Timeout = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        help="Seconds that the server may stay silent while it writes one output.",
        rich_help_panel=SERVERS,
    ),
]
Tokenizer = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="The model's tokenizer.json; without it a byte counts as a token.",
        rich_help_panel=SERVERS,
    ),
]
Window = Annotated[
    int | None,
    typer.Option(
        "--context",
        min=1,
        help="vllm, openai: maximum length of prompt and output, in tokens; by default the "
        "model's, and what the server accepts.",
        rich_help_panel=MODELS,
    ),
]
Corpus = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Score the problems of this corpus; by default problems are drawn by --seed.",
        rich_help_panel=PROBLEMS,
    ),
]
Split = Annotated[
    Literal["eval", "probe"],
    typer.Option(help="Split of the corpus.", rich_help_panel=PROBLEMS),
]
Tasks = Annotated[
    str,
    typer.Option(
        metavar="a,b|all",
        help="Names of tasks, or Python files that define one; or all.",
        rich_help_panel=PROBLEMS,
    ),
]
Ranges = Annotated[
    str,
    typer.Option(
        metavar="S,M,L",
        help="Ranges to score; without --corpus also with lengths of your own, like "
        "S=2-6,XL=20-40.",
        rich_help_panel=PROBLEMS,
    ),
]
N = Annotated[
    int,
    typer.Option("--n", min=1, help="Problems of each task and range.", rich_help_panel=PROBLEMS),
]
Seed = Annotated[
    int,
    typer.Option(
        help="Without --corpus: seed of the corpus that the model was trained on.",
        rich_help_panel=PROBLEMS,
    ),
]
Wordings = Annotated[
    Literal["unseen", "seen", "both"],
    typer.Option(
        help="Wordings that pose the problems: `unseen`, held out from training; `seen`, those "
        "of training; `both`, every second problem in one of them, with figures apart.",
        rich_help_panel=PROBLEMS,
    ),
]
TextFormat = Annotated[
    str,
    typer.Option(
        "--format",
        help="Format as in `corpus build`, or `any` to score only the final answer; by "
        "default the corpus's.",
        rich_help_panel=FORM,
    ),
]
Style = Annotated[
    str,
    typer.Option(
        help="Style that the model was trained on; by default the corpus's.",
        rich_help_panel=FORM,
    ),
]
Depth = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Depth that the model was trained on; by default the corpus's.",
        rich_help_panel=FORM,
    ),
]
Without = Annotated[
    str,
    typer.Option(
        metavar="fetch,atomic,linear",
        help="Ablations that the model was trained on; by default the corpus's.",
        rich_help_panel=FORM,
    ),
]
Prompt = Annotated[
    Literal["plain", "keyed"] | None,
    typer.Option(
        help="Kind of prompts: `plain`, the question as a person writes it, or `keyed`, with "
        "index hints; by default the corpus's.",
        rich_help_panel=FORM,
    ),
]
Samples = Annotated[
    int, typer.Option(min=1, help="Outputs for each problem.", rich_help_panel=SAMPLING)
]
Temperature = Annotated[
    float,
    typer.Option(
        min=0,
        help="0 means greedy decoding; above 0, tokens are drawn.",
        rich_help_panel=SAMPLING,
    ),
]
OmitTemperature = Annotated[
    bool,
    typer.Option(
        "--omit-temperature",
        help="openai: send no temperature, no top-p and no seed, for models that refuse them.",
        rich_help_panel=SAMPLING,
    ),
]
TopP = Annotated[
    float,
    typer.Option(
        help="Sample from the smallest set of tokens with this total probability.",
        rich_help_panel=SAMPLING,
    ),
]
SamplingSeed = Annotated[
    int, typer.Option(help="Seed of the random numbers.", rich_help_panel=SAMPLING)
]
Passes = Annotated[
    str,
    typer.Option(
        "--pass", metavar="K,K", help="Estimate pass@k for these k.", rich_help_panel=SAMPLING
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Write outputs, scores and report.html here; an interrupted run resumes.",
        rich_help_panel=RESULTS,
    ),
]
States = Annotated[
    bool,
    typer.Option(
        "--states",
        help="hf, vllm: also measure every atomic state after the right prefix, in one pass "
        "over each of the machine's texts.",
        rich_help_panel=RESULTS,
    ),
]
