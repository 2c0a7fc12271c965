"""``lsp``: the language server for editors."""

from __future__ import annotations

import os
import sys


def lsp() -> None:
    """Run the language server for editors.

    It offers diagnostics, formatting, hover, navigation, completion and renaming.
    Speaks the Language Server Protocol on standard input and output; an editor starts it.
    docs/editors.md shows how to set up VS Code, Neovim and Helix. Needs the `editor` extra.

    \b
    Example:
      tmtail lsp
    """
    try:
        from tmtail.lsp.server import create_server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise ValueError(
            'the language server needs pygls; run `pip install "tmtail[editor]"`'
        ) from None
    # The server closes the stream that it writes to; the command flushes its own when it ends.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stream:
        create_server().start_io(stdout=stream)
