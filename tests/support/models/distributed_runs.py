"""Training runs in processes of their own: one that can be killed, and several under FSDP2.

The processes are forked from a server that has imported the libraries once, which takes seconds.
"""

import gc
import io
import os
import socket
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import yaml
from accelerate.state import PartialState
from accelerate.utils import DistributedType
from torch import distributed
from transformers import TrainerCallback, TrainerState, TrainingArguments

from evaluation.schema import read_yaml
from tmtail.cli import main
from training.config import Config
from training.train import train

ROOT = Path(__file__).parents[3]
PROCESSES = 2
TIMEOUT_SECONDS = 300

SERVER = get_context("forkserver")
SERVER.set_forkserver_preload([__name__])

_init = PartialState.__init__


class Stall(TrainerCallback):
    """Stops a run after a step, without ending it."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        if state.global_step == self.step:
            (Path(str(args.output_dir)) / "stalled").touch()
            time.sleep(TIMEOUT_SECONDS)


def start_stalling_run(config: Path, step: int) -> BaseProcess:
    """Start a run in a process of its own, and return that once the run has stalled at ``step``."""
    process = SERVER.Process(target=_train_and_stall, args=(config, step), daemon=True)
    process.start()
    mark = read_yaml(config, Config).out / "checkpoints" / "stalled"
    while not mark.exists():
        assert process.is_alive()
        time.sleep(0.01)
    return process


def train_sharded(config: Path, *options: str) -> list[tuple[Any, str]]:
    """Run ``tmtail train`` in two processes under FSDP2, as the launcher file shipped for it does.

    Returns
    -------
    list
        Exit code and output of each process.
    """
    launcher = ROOT / "training" / "configs" / "accelerate" / "fsdp2-8.yaml"
    settings = yaml.safe_load(launcher.read_text())["fsdp_config"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "ACCELERATE_USE_CPU": "true",
        "ACCELERATE_USE_FSDP": "true",
        "WORLD_SIZE": PROCESSES,
        "LOCAL_WORLD_SIZE": PROCESSES,
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
        **{name.upper(): value for name, value in settings.items()},
    }
    with ProcessPoolExecutor(PROCESSES, SERVER, max_tasks_per_child=1) as processes:
        runs = [
            processes.submit(
                _train_as_rank,
                [str(config), *options],
                {k: str(v) for k, v in (environment | {"RANK": n, "LOCAL_RANK": n}).items()},
            )
            for n in range(PROCESSES)
        ]
        return [run.result(TIMEOUT_SECONDS) for run in runs]


def _train_and_stall(config: Path, step: int) -> None:
    gc.freeze()
    train(read_yaml(config, Config), callbacks=(Stall(step),))


def _train_as_rank(arguments: list[str], environment: Mapping[str, str]) -> tuple[Any, str]:
    gc.freeze()  # collecting the garbage of imported libraries would take most of a run
    os.environ.update(environment)
    PartialState.__init__ = _init_as_on_gpus
    sys.argv[1:] = ["train", *arguments]
    output = io.StringIO()
    code: Any = 0
    with redirect_stdout(output), redirect_stderr(output):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    # A process that ends within a group sometimes aborts (PyTorch issue 190489).
    if not code and distributed.is_initialized():
        raise RuntimeError("the command has not left the process group")
    return code, output.getvalue()


def _init_as_on_gpus(self: PartialState, *arguments: Any, **options: Any) -> None:
    """Initialise the state as if on GPUs, because accelerate uses FSDP on accelerators only.

    PyTorch itself shards on CPUs as well.
    """
    is_new = not self.initialized
    _init(self, *arguments, **options)
    if is_new:
        assert self.distributed_type == DistributedType.MULTI_CPU
        self.distributed_type = DistributedType.MULTI_GPU
