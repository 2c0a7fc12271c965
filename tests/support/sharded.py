"""``python -m tests.support.sharded CONFIG [--resume]``: FSDP2 on CPU processes.

accelerate engages FSDP on accelerators alone, though PyTorch shards on CPUs as well. So each
process says that it holds a GPU when accelerate looks, and all that follows is as on GPUs.
"""

import sys
from typing import Any

from accelerate.state import PartialState
from accelerate.utils import DistributedType
from torch import distributed

from tmtail.cli import main

_init = PartialState.__init__


def _as_on_gpus(self: PartialState, *arguments: Any, **options: Any) -> None:
    fresh = not self.initialized
    _init(self, *arguments, **options)
    if fresh:
        assert self.distributed_type == DistributedType.MULTI_CPU
        self.distributed_type = DistributedType.MULTI_GPU


if __name__ == "__main__":
    PartialState.__init__ = _as_on_gpus
    sys.argv[1:1] = ["train"]
    try:
        main()
    except SystemExit as end:
        # A process that ends within a group is aborted now and then (PyTorch issue 190489).
        if not end.code and distributed.is_initialized():
            raise RuntimeError("the process ends within its group") from None
        raise
