"""Endless records are written when asked for, and move from range to range."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets.distributed import split_dataset_by_node
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

import tasks
from tasks.corpus import Form, problems_by_seed
from tasks.corpus.items import items
from tmtail.rewards import grade_batch
from training.config import Model
from training.data.endless import RECORDS_PER_BATCH, EndlessRecords, LengthCurriculum
from training.models.random import make_model

BUBBLE: Any = tasks.get("bubble_sort")


def records(endless: EndlessRecords, count: int) -> list[dict[str, str]]:
    return list(islice(endless.dataset(), count))


def test_records_are_the_machine_s_texts_and_repeat_with_the_seed() -> None:
    form = Form(style="styled", prompt="keyed")
    first = records(EndlessRecords(BUBBLE, ["S"], form=form, seed=3, held_out=20), 100)
    graded = grade_batch([r["id"] for r in first], [r["completion"] for r in first], form=form)
    assert all(each.exact for each in graded)
    assert first == records(EndlessRecords(BUBBLE, ["S"], form=form, seed=3, held_out=20), 100)
    assert first != records(EndlessRecords(BUBBLE, ["S"], form=form, seed=4, held_out=20), 100)


@pytest.mark.parametrize("name", ["bubble_sort", "derangement"])
def test_no_evaluation_problem_is_among_them(name: str) -> None:
    task = tasks.get(name)
    (held_out,) = problems_by_seed([task], ["S"], 50)
    evaluated = {item.instance.digest for item in held_out.items}
    for record in records(EndlessRecords(task, ["S"], held_out=50), 500):
        _, range_name, split, seed, index = record["id"].split("-")
        (item,) = items(task, range_name, split, int(seed), [int(index)])
        assert item.instance.digest not in evaluated


def test_shards_share_no_record() -> None:
    data = EndlessRecords(BUBBLE, ["S"], held_out=5, shards=4).dataset()
    assert data.num_shards == 4
    parts = [split_dataset_by_node(data, rank=rank, world_size=2) for rank in (0, 1)]
    ids = [{record["id"] for record in islice(part, 150)} for part in parts]
    assert [len(part) for part in ids] == [150, 150]
    assert not ids[0] & ids[1]


def test_the_range_moves_between_batches() -> None:
    endless = EndlessRecords(BUBBLE, ["S", "M"], held_out=5)
    stream = iter(endless.dataset())
    assert "-S-" in next(stream)["id"]
    assert endless.advance()
    assert not endless.advance()
    moved = [record["id"] for record in islice(stream, RECORDS_PER_BATCH)]
    assert "-M-" in moved[-1]


def test_ranges_must_exist() -> None:
    with pytest.raises(ValueError, match="has no range 'Q'"):
        EndlessRecords(BUBBLE, ["Q"])
    with pytest.raises(ValueError, match="give at least one range"):
        EndlessRecords(BUBBLE, [])


class FixedProbes(TrainerCallback):
    """Logs a score of each range after each step, as ``ProbeCallback`` does."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        exact = {
            "probe_bubble_sort_S_exact": 0.5 * state.global_step,
            "probe_bubble_sort_M_exact": 0,
        }
        state.log_history.append({"step": state.global_step, **exact})


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_probes_move_the_range_in_a_run_of_trl(tmp_path: Path) -> None:
    torch.manual_seed(0)
    endless = EndlessRecords(BUBBLE, ["S", "M", "L"], held_out=5)
    shape = Model(layers=1, width=32, heads=2, feed_forward=32, context=2048)
    model, tokenizer = make_model(shape, [], torch.float32)
    settings: Any = SFTConfig(
        output_dir=str(tmp_path),
        max_steps=3,
        per_device_train_batch_size=2,
        max_length=2048,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = SFTTrainer(
        model,
        args=settings,
        train_dataset=endless.dataset(),
        processing_class=tokenizer,
        callbacks=[FixedProbes(), LengthCurriculum(endless, threshold=0.9)],
    )
    trainer.train()
    assert endless.range == "M"
