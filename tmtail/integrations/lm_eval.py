"""The problems of a corpus as tasks of lm-eval: YAML files, and a reader of answers beside them.

A task and range gives two tasks of lm-eval: ``tmtail_TASK_RANGE_exact`` asks by ``loglikelihood``
whether greedy decoding would write the machine's text, and ``tmtail_TASK_RANGE_answer`` reads the
answer of a generated text as ``tmtail eval`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evaluation.problems.replays import ANY, EvalProblem, TaskRange
from evaluation.problems.suites import Suite, corpus_suite
from evaluation.runs.evaluate import token_limit
from tasks.base import AnyTask
from tasks.corpus import Corpus
from tm.support.files import atomic_folder

GROUP = "tmtail"
"""Name of the group of all tasks, and beginning of their names."""
READER_FILE = "tmtail_reader.py"
"""Module beside the YAML files that they name functions of."""
READER = '''\
"""Reader of answers for the tasks beside this file, which tmtail wrote for lm-eval."""

from tmtail.integrations.lm_eval_reader import AnswerReader, ExactChain

_READER = AnswerReader({corpus!r}, tasks={tasks!r}, free={free!r})


def read_answer(doc, results):
    """Return the figures of one output."""
    return _READER(doc, results)


__all__ = ["ExactChain", "read_answer"]
'''
BYTES_PER_SECOND = 1e6
"""Bytes of prompts and references that are written and counted in a second."""
FIGURES = ("answer", "lenient", "exact")
"""Figures of a generated text; ``exact`` only for chains of thought."""


@dataclass(frozen=True, slots=True)
class ModelTokens:
    """Token counts, context and end token of the model that will be scored.

    Attributes
    ----------
    count, count_prompts
        Return the number of tokens of each text, and of each prompt as the model receives it.
    context
        Maximum number of tokens of prompt and output; None without a limit.
    end
        Text of the token that ends an output; empty if it is not known.
    """

    count: Callable[[Sequence[str]], list[int]]
    count_prompts: Callable[[Sequence[str]], list[int]]
    context: int | None
    end: str

    @classmethod
    def of_bytes(cls) -> ModelTokens:
        """Return the counts of an unknown model, whose tokens have at least one byte."""

        def count(texts: Sequence[str]) -> list[int]:
            return [len(text.encode()) for text in texts]

        return cls(count, count, None, "")

    @classmethod
    def of_model(cls, name: str) -> ModelTokens:
        """Return the counts of a model's tokenizer, its context and its end token.

        Raises
        ------
        ValueError
            If the model is not found, or its tokenizer has no end token.
        """
        from transformers import AutoConfig

        from evaluation.models.hub import model_source
        from evaluation.models.loading import (
            base_of,
            is_adapter,
            load_tokenizer,
            read_training_record,
        )
        from evaluation.models.tokens import encode, encode_prompts

        tokenizer = load_tokenizer(model_source(name))
        if tokenizer.eos_token is None:
            raise ValueError(f"model {name}: its tokenizer has no end token")
        base = base_of(name) if is_adapter(name) else name
        config = AutoConfig.from_pretrained(model_source(base), trust_remote_code=False)
        chat = bool(read_training_record(name).get("chat"))
        return cls(
            lambda texts: [len(ids) for ids in encode(tokenizer, texts)],
            lambda prompts: [len(ids) for ids in encode_prompts(tokenizer, prompts, chat=chat)],
            config.get_text_config().max_position_embeddings,
            str(tokenizer.eos_token),
        )


class Exported(NamedTuple):
    """Tasks that were written, and parts of the corpus that were not.

    Attributes
    ----------
    tasks
        Names of the tasks of lm-eval.
    too_long
        Number of problems that exceed the model's context, of each part that was left out.
    """

    tasks: list[str]
    too_long: dict[TaskRange, int]


def export_seconds(
    corpus: Corpus, split: str, ranges: Sequence[str], tasks: Sequence[AnyTask] = ()
) -> tuple[int, float]:
    """Return the number of problems that ``export_tasks`` writes, and the expected time."""
    names = {task.name for task in tasks}
    parts = [
        part
        for part in corpus.parts(split)
        if part["records"] and part["range"] in ranges and (not names or part["task"] in names)
    ]
    size = sum(part["records"] * part["mean"]["bytes"] for part in parts)
    return sum(part["records"] for part in parts), size / BYTES_PER_SECOND


def export_tasks(
    corpus: Corpus,
    out: Path,
    *,
    split: str = "eval",
    ranges: Sequence[str],
    tasks: Sequence[AnyTask] = (),
    tokens: ModelTokens | None = None,
    free: bool = False,
    max_new_tokens: int | None = None,
) -> Exported:
    """Write a folder of tasks for lm-eval over the files of a corpus.

    Parameters
    ----------
    out
        The folder, which must not exist.
    ranges
        Names of ranges.
    tasks
        Tasks of the corpus; empty means all, which must then be built-in.
    tokens
        The tokens of the model that will be scored. None counts bytes, sets no context, and does
        not ask whether the model ends its text after a chain.
    free
        Whether outputs may be any text that ends in an answer, so that exact chains are not asked.
    max_new_tokens
        Maximum number of tokens of an output; None means 1.1 times the longest reference, plus 32.

    Raises
    ------
    ValueError
        If ``out`` exists, the corpus has no such problems or other texts than the machines write
        now, no part fits the model's context, or ``free`` is set without ``max_new_tokens``.
    """
    if out.exists():
        raise ValueError(f"{out}: exists already and is not overwritten; choose another folder")
    if free and max_new_tokens is None:
        raise ValueError(f"`max_new_tokens` is required with format `{ANY}`")
    tokens = tokens or ModelTokens.of_bytes()
    largest = max(part["asked"] for part in corpus.manifest["parts"])
    suite = corpus_suite(corpus, split, ranges, largest, tasks=tasks, free=free)
    exported = Exported([], {})
    configs = []
    for part, group in groupby(suite.problems, key=lambda problem: problem.part):
        problems = [problem for problem in group if problem.fits]  # the corpus holds these alone
        if not problems:
            continue
        fits = _fitting(problems, tokens)
        if not all(fits):
            exported.too_long[part] = fits.count(False)
            continue
        limit = max_new_tokens or _limit(suite, problems, tokens)
        configs += _configs(corpus, split, part, problems, limit, tokens)
    if not configs:
        raise ValueError(f"{corpus.folder}: no part of the corpus fits the model's context")
    exported.tasks.extend(config["task"] for config in configs)
    values = {
        "corpus": str(corpus.folder.resolve()),
        "tasks": [str(task.path) for task in tasks],
        "free": free,
    }
    with atomic_folder(out) as draft:
        for config in configs:
            _write_yaml(draft / f"{config['task']}.yaml", config)
        _write_yaml(draft / f"{GROUP}.yaml", {"group": GROUP, "task": exported.tasks})
        (draft / READER_FILE).write_text(READER.format(**values), encoding="utf-8")
    return exported


def _fitting(problems: Sequence[EvalProblem], tokens: ModelTokens) -> list[bool]:
    """Return whether each prompt with its reference and an end token fits the context."""
    if tokens.context is None:
        return [True] * len(problems)
    prompts = tokens.count_prompts([problem.prompt for problem in problems])
    texts = tokens.count([problem.completion for problem in problems])
    return [
        prompt + text + 1 <= tokens.context for prompt, text in zip(prompts, texts, strict=True)
    ]


def _limit(suite: Suite, problems: Sequence[EvalProblem], tokens: ModelTokens) -> int:
    """Return the limit of ``tmtail eval``, or less if a prompt leaves less room.

    lm-eval shortens prompts, so that a prompt and the limit fit the context.
    """
    limit = token_limit(problems, tokens.count, suite.longest_bytes.get(problems[0].part))
    if tokens.context is None:
        return limit
    longest = max(tokens.count_prompts([problem.prompt for problem in problems]))
    return min(limit, tokens.context - longest)


def _configs(
    corpus: Corpus,
    split: str,
    part: TaskRange,
    problems: Sequence[EvalProblem],
    limit: int,
    tokens: ModelTokens,
) -> list[dict[str, Any]]:
    """Return the configurations of one task and range."""
    name, range_name = part
    replay = problems[0].replay
    files = corpus.files(split, task=name, range_name=range_name)
    shared = {
        "dataset_path": "parquet",
        "dataset_kwargs": {"data_files": {split: [str(file.resolve()) for file in files]}},
        "test_split": split,
        "doc_to_text": "prompt",
        "target_delimiter": "",
        "num_fewshot": 0,
        "metadata": {"version": 1.0, "corpus": corpus.digest},
    }
    configs: list[dict[str, Any]] = []
    if replay.chain:
        configs.append(
            {
                "task": f"{GROUP}_{name}_{range_name}_exact",
                "class": f"!function {Path(READER_FILE).stem}.ExactChain",
                "output_type": "loglikelihood",
                "doc_to_target": "{{completion}}" + tokens.end,
                "metric_list": [_metric("acc")],
                **shared,
            }
        )
    if replay.states_answer:
        figures = FIGURES if replay.chain else FIGURES[:2]
        configs.append(
            {
                "task": f"{GROUP}_{name}_{range_name}_answer",
                "output_type": "generate_until",
                "doc_to_target": "answer",
                "process_results": f"!function {Path(READER_FILE).stem}.read_answer",
                "generation_kwargs": {"until": [], "max_gen_toks": limit, "do_sample": False},
                "metric_list": [_metric(figure) for figure in figures],
                **shared,
            }
        )
    return configs


def _metric(name: str) -> dict[str, Any]:
    return {"metric": name, "aggregation": "mean", "higher_is_better": True}


class _Dumper(yaml.SafeDumper):
    """Writer of YAML in which a text ``!function NAME`` is a tag with a value."""


def _represent(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    tag, _, value = text.partition(" ")
    if tag == "!function":
        return dumper.represent_scalar(tag, value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text)


_Dumper.add_representer(str, _represent)


def _write_yaml(path: Path, config: dict[str, Any]) -> None:
    text = yaml.dump(config, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
