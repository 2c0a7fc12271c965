"""Model cards: `README.md` beside trained weights, with metadata that model hubs read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import EvalResult, ModelCard, ModelCardData

from evaluation.models.hub import is_path
from evaluation.models.identity import model_digest
from evaluation.models.loading import (
    ADAPTER_CONFIG_FILE,
    TRAINING_RECORD_FILE,
    read_training_record,
)
from evaluation.reports.results import read_results
from tm.support.files import write_text

CARD_FILE = "README.md"
TASK_TYPE = "text-generation"

METRICS = {
    "label_accuracy": ("accuracy", "answer accuracy"),
    "exact_chains": ("exact_match", "exact chains"),
}
"""Type and name on a hub of each figure of a probe."""

_TEXT = """
# {title}

{kind}, trained by [TAIL](https://arxiv.org/abs/2507.13332): on texts that Turing machines write
while they run. It answers prompts of its tasks as the records of its corpus do; the last line of an
answer is `answer: …`.
{loading}
## Training

| | |
|---|---|
{facts}
```yaml
{recipe}```

## Scores by range

{scores}"""

_LOADING = """
Load its tokenizer by `transformers.PreTrainedTokenizerFast.from_pretrained`: `AutoTokenizer`
replaces the pre-tokenizer of every Qwen2 model, which gives other tokens than in training.
"""

_NO_SCORES = (
    "No probe was made at this step. `tmtail eval` scores the model, `tmtail card` adds it.\n"
)

_SCORES = """\
Outputs are compared with the text of the machine. The problems of the split `probe` are scored
during training, those of `eval` after it; neither is trained on.

| task | range | lengths | split | problems | answer accuracy | exact chains |
|---|---|---|---|---|---|---|
"""


def scores_for_record(rows: Sequence[Mapping[str, Any]], split: str) -> list[dict[str, Any]]:
    """Return the figures of results for the training record: one entry a task and range."""
    return [
        {
            "split": split,
            "task": row["task"],
            "range": row["range"],
            "lengths": row["lengths"],
            "problems": row["items"],
            **{name: row[name]["value"] for name in METRICS if row[name]},
        }
        for row in rows
    ]


def add_scores(folder: Path, results: Sequence[Path]) -> None:
    """Add the scores of evaluations to the training record and the card of a model.

    They replace those of the same split that the record has.

    Parameters
    ----------
    results
        Folders that ``tmtail eval`` wrote.

    Raises
    ------
    ValueError
        If the folder has no model with a training record, or results are damaged or another
        model's.
    """
    record = read_training_record(str(folder))
    if not record:
        raise ValueError(
            f"{folder}: has no training record ({TRAINING_RECORD_FILE}); give a folder that "
            "`tmtail train` wrote"
        )
    weights = model_digest(str(folder))
    added: list[dict[str, Any]] = []
    for each in results:
        content = read_results(each)
        if content.get("weights") != weights:
            raise ValueError(f"{each}: the results are not those of the model in {folder}")
        added += scores_for_record(content["rows"], content["split"])
    splits = {score["split"] for score in added}
    earlier = [score for score in record.get("scores", []) if score["split"] not in splits]
    text = json.dumps({**record, "scores": earlier + added}, indent=1) + "\n"
    write_text(folder / TRAINING_RECORD_FILE, text)
    write_model_card(folder)


def write_model_card(folder: Path) -> None:
    """Write the card of the model or adapter in a folder, from its training record."""
    is_adapter = (folder / ADAPTER_CONFIG_FILE).is_file()
    model_card(read_training_record(str(folder)), is_adapter=is_adapter).save(folder / CARD_FILE)


def model_card(record: Mapping[str, Any], *, is_adapter: bool) -> ModelCard:
    """Return the card of a model from its training record.

    Names of folders are shortened to their last part. A base model is named in the metadata only if
    its name is one on a hub.
    """
    scores = record["scores"]
    base = record["config"]["model"]["base"]
    title = Path(record["config"]["out"]).name
    data = ModelCardData(
        library_name="peft" if is_adapter else "transformers",
        pipeline_tag=TASK_TYPE,
        tags=["tmtail", "turing-machine", "chain-of-thought", "length-generalization"],
        base_model=base if base and not is_path(base) else None,
        model_name=title if scores else None,
        eval_results=list(_results(scores)) if scores else None,
    )
    facts = {
        "base model": _short(base) if base else "none; random weights",
        "corpus": f"`manifest.json` with the SHA-256 `{record['corpus']}`"
        if record["corpus"]
        else "a file of records",
        "greatest length in training": ", ".join(
            f"{task} {length}" for task, length in record["trained_lengths"].items()
        ),
        "step": record["step"],
        "records": f"{record['records']:,}",
        "tokens": f"{record['tokens']:,}",
        "seed": record["seed"],
        "device": record["device"],
        "versions": ", ".join(f"{n} {version}" for n, version in record["versions"].items()),
    }
    text = _TEXT.format(
        title=title,
        loading="" if base else _LOADING,
        kind="A LoRA adapter" if is_adapter else "A language model",
        facts="".join(f"| {name} | {value} |\n" for name, value in facts.items() if value != ""),
        recipe=yaml.safe_dump(_recipe(record["config"]), sort_keys=False, allow_unicode=True),
        scores=_score_table(scores) if scores else _NO_SCORES,
    )
    return ModelCard(f"---\n{data.to_yaml()}\n---\n{text}")


def _short(name: str) -> str:
    """Return a hub name as it is, and the last part of a folder's name."""
    return Path(name).name if is_path(name) else name


def _recipe(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe without places on this machine."""
    recipe = {name: value for name, value in config.items() if name != "out"}
    data = {**config["data"], "corpus": Path(config["data"]["corpus"]).name}
    probe = {**config["probe"], "tasks": [Path(path).name for path in config["probe"]["tasks"]]}
    base = config["model"]["base"]
    model = {**config["model"], "base": base and _short(base)}
    return recipe | {"data": data, "probe": probe, "model": model}


def _results(scores: Sequence[Mapping[str, Any]]) -> Iterator[EvalResult]:
    for score in scores:
        for name, (metric, title) in METRICS.items():
            if name in score:
                yield EvalResult(
                    task_type=TASK_TYPE,
                    dataset_type="tmtail",
                    dataset_name=f"{score['task']} {score['range']}",
                    dataset_config=f"{score['task']}-{score['range']}",
                    dataset_split=score["split"],
                    metric_type=metric,
                    metric_name=title,
                    metric_value=_percent(score[name]),
                )


def _score_table(scores: Sequence[Mapping[str, Any]]) -> str:
    text = _SCORES
    for score in scores:
        low, high = score["lengths"]
        rates = [f"{_percent(score[name])} %" if name in score else "–" for name in METRICS]
        text += f"| {score['task']} | {score['range']} | {low}–{high} | {score['split']} "
        text += f"| {score['problems']} | {' | '.join(rates)} |\n"
    return text


def _percent(rate: float) -> float:
    return round(100 * rate, 1)
