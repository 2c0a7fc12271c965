"""Checks of open sources in a process of their own."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

MAX_ANSWER_BYTES = 64_000_000
"""Size of the longest line that the process may answer."""


class Checker:
    """Runs ``tmtail.lsp.worker``; starting a check ends the one that is running."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._is_busy = False

    async def check(self, path: Path, buffers: dict[Path, str]) -> list[dict[str, Any]] | None:
        """Return the diagnostics of a source; None if another check began before this one ended."""
        if self._is_busy:
            self.stop()
        process = await self._start()
        self._is_busy = True
        assert process.stdin is not None, "the process was started with pipes"
        assert process.stdout is not None, "the process was started with pipes"
        request = {"path": str(path), "buffers": {str(p): text for p, text in buffers.items()}}
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        except (ConnectionError, ValueError):
            line = b""
        if process is not self._process:
            return None
        self._is_busy = False
        if not line:
            self.stop()
            raise RuntimeError(f"internal error: the check of {path} ended without an answer")
        diagnostics: list[dict[str, Any]] = json.loads(line)
        return diagnostics

    def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        self._process = None
        self._is_busy = False

    async def close(self) -> None:
        """End the process and wait until it has ended."""
        process = self._process
        self.stop()
        if process is not None:
            await process.wait()

    async def _start(self) -> Process:
        """Return the running process, or a new one."""
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tmtail.lsp.worker",
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=MAX_ANSWER_BYTES,
            )  # fmt: skip
        return self._process
