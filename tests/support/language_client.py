"""A client of the language server, over its standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

MAX_SECONDS = 120
"""Seconds that a conversation may take."""

ROOT = Path(__file__).parents[2]


class Editor:
    """A client for tests: it types, and keeps the answers of the server.

    Positions are given by a text that contains them: ``"left |a"`` is the place before the ``a``
    in the first ``left a``.
    """

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def uri(self, name: str | Path) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str | Path, text: str) -> str:
        """Open a document and return its address."""
        uri = self.uri(name)
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, "tmtail", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str) -> None:
        """Replace the text of a document."""
        self.texts[uri] = text
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """Return the next diagnostics of a document."""
        while uri not in self.client.diagnostics:
            await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return list(self.client.diagnostics.pop(uri))

    def at(self, uri: str, marked: str) -> dict[str, Any]:
        """Return the document and position of a place in it."""
        before, _, after = marked.partition("|")
        offset = self.texts[uri].index(before + after) + len(before)
        text = self.texts[uri][:offset]
        column = len(text.rpartition("\n")[2].encode("utf-16-le")) // 2
        return {
            "text_document": types.TextDocumentIdentifier(uri),
            "position": types.Position(text.count("\n"), column),
        }

    def text(self, location: types.Location) -> str:
        """Return the text of a location."""
        path = Path(location.uri.removeprefix("file://"))
        text = self.texts.get(location.uri) or path.read_text(encoding="utf-8")
        line = text.split("\n")[location.range.start.line]
        return line[location.range.start.character : location.range.end.character]

    def after(self, uri: str, edits: list[types.TextEdit] | None) -> str:
        """Return a text with edits."""
        lines = self.texts[uri].split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        text = self.texts[uri]

        def offset(position: types.Position) -> int:
            return min(starts[min(position.line, len(lines))] + position.character, len(text))

        result = text
        for edit in sorted(edits or [], key=lambda e: -offset(e.range.start)):
            start, end = offset(edit.range.start), offset(edit.range.end)
            result = result[:start] + edit.new_text + result[end:]
        return result


def converse(
    folder: Path, conversation: Callable[[Editor], Coroutine[Any, Any, None] | Awaitable[None]]
) -> None:
    """Start the server, hold a conversation in a folder and shut the server down."""

    async def session() -> None:
        config = ClientServerConfig(server_command=[sys.executable, "-m", "tmtail", "lsp"])
        client = await config.start()
        assert isinstance(client, LanguageClient)
        try:
            await client.initialize_session(
                types.InitializeParams(
                    capabilities=client_capabilities("visual-studio-code"),
                    workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
                )
            )
            await conversation(Editor(client, folder))
            assert client.error is None
            await client.shutdown_session()
        except BaseException:
            assert client._server is not None
            client._server.kill()
            raise
        finally:
            await client.stop()

    asyncio.run(asyncio.wait_for(session(), MAX_SECONDS))
