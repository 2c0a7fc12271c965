"""The language server answers a real client, for texts that are complete and that are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.support.language_client import Editor, converse
from tests.support.tokens import SOURCES
from tm.language.modules import library_folder

MACHINE = """\
import std.words

class digit = '0'..'9'

# The number that is read.
tape a, b: digit
tape out: digit | ' '

main {
    step begin at "{a.all}" {
        fetch first "first" = {a.cell}
        let d: 0..9 = a
        b := d
        solve result "{d}"
    }
    shift(a, b)
    to_blank(out)
    answer "{b.all}"
}

# Moves two heads.
proc shift(t at start, u) -> t at first { right t, u }

style loud {
    begin: "BEGIN {label}\\n"
    begin.first: "{key} {value}\\n"
    begin.result: "{d}\\n"
    next: "\\n"
    end: "\\n"
    answer: "{value}"
}
"""


def test_diagnostics_follow_the_text(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", "tape t: '0'\nmain { rihgt t }\n")
        [diagnostic] = await editor.diagnostics(uri)
        assert diagnostic.code == "TM006"
        assert diagnostic.severity is types.DiagnosticSeverity.Error
        assert "help:" in diagnostic.message
        assert diagnostic.range.start == types.Position(1, 7)
        editor.change(uri, "tape t: '0'\nmain { right u }\n")
        codes = {d.code for d in await editor.diagnostics(uri)}
        assert codes == {"TM020"}
        editor.change(uri, "tape t, u: '0'\nmain { right t }\n")
        [unused] = await editor.diagnostics(uri)
        assert unused.code == "TM080"
        assert unused.severity is types.DiagnosticSeverity.Warning
        assert list(unused.tags or []) == [types.DiagnosticTag.Unnecessary]
        editor.change(uri, "tape t: '0'\nmain { right t }\n")
        assert await editor.diagnostics(uri) == []

    converse(tmp_path, conversation)


def test_unsaved_buffers_replace_files(tmp_path: Path) -> None:
    (tmp_path / "lib.tm").write_text("proc go(t) { right t }\n", encoding="utf-8")

    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", "import \"lib.tm\"\ntape t: '0'\nmain { go(t) }\n")
        assert await editor.diagnostics(uri) == []
        library = editor.open("lib.tm", "proc went(t) { right t }\n")
        assert await editor.diagnostics(library) == []
        [unknown, *_] = await editor.diagnostics(uri)
        assert "go" in unknown.message
        editor.change(library, "proc go(t) { right }\n")
        await editor.diagnostics(library)
        [faulty] = await editor.diagnostics(uri)
        assert faulty.message.startswith("lib.tm: ")
        assert faulty.range.start.line == 0
        assert faulty.related_information is not None
        assert faulty.related_information[0].location.uri == library

    converse(tmp_path, conversation)


def test_hover(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", MACHINE)

        async def hover(marked: str) -> str:
            params = types.HoverParams(**editor.at(uri, marked))
            answer = await editor.client.text_document_hover_async(params)
            assert answer is not None
            assert isinstance(answer.contents, types.MarkupContent)
            return answer.contents.value

        shift = await hover("    |shift(a, b)")
        assert "proc shift(t at start, u) -> t at first\n" in shift
        assert "Moves two heads." in shift
        assert "proc to_blank(t) -> t at blank" in await hover("to_|blank(out)")
        tape = await hover("shift(|a, b)")
        assert "tape a: digit" in tape
        assert "The number that is read." in tape
        assert "class digit = '0'..'9'" in await hover("tape a, b: |digit")
        step = await hover("step |begin")
        assert 'step begin at "{a.all}"' in step
        assert "fetch `first`" in step
        assert "let d: 0..9" in await hover("b := |d")
        assert "(tape parameter) t at start" in await hover("{ right |t")
        assert "Head contract" in await hover("t at |start")
        assert "Captures" in await hover('"{b.|all}')
        assert "fetch" not in await hover("begin.|first:")
        nothing = types.HoverParams(**editor.at(uri, "|main"))
        assert await editor.client.text_document_hover_async(nothing) is None

    converse(tmp_path, conversation)


def test_definitions_and_references_cross_files(tmp_path: Path) -> None:
    other = "import \"m_lib.tm\"\ntape x: '0'\nmain { go(x)  go(x) }\n"
    (tmp_path / "other.tm").write_text(other, encoding="utf-8")

    async def conversation(editor: Editor) -> None:
        library = editor.open("m_lib.tm", "proc go(t) { right t }\n")
        uri = editor.open("m.tm", MACHINE.replace("import", 'import "m_lib.tm"\nimport', 1))

        async def definition(marked: str) -> types.Location:
            params = types.DefinitionParams(**editor.at(uri, marked))
            answer = await editor.client.text_document_definition_async(params)
            assert isinstance(answer, types.Location)
            return answer

        standard = await definition("to_|blank(out)")
        assert standard.uri == (library_folder() / "words.tm").as_uri()
        assert editor.text(standard) == "to_blank"
        assert (await definition('import |"m_lib.tm"')).uri == library
        assert (await definition("begin.|first: ")).range.start.line == 11
        params = types.ReferenceParams(
            types.ReferenceContext(include_declaration=True), **editor.at(library, "proc |go")
        )
        found = await editor.client.text_document_references_async(params)
        assert found is not None
        assert sorted(Path(location.uri).name for location in found) == [
            "m_lib.tm", "other.tm", "other.tm",
        ]  # fmt: skip
        assert {editor.text(location) for location in found} == {"go"}

    converse(tmp_path, conversation)


def test_document_symbols(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", MACHINE)
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        symbols = await editor.client.text_document_document_symbol_async(params)
        assert symbols is not None
        names = [symbol.name for symbol in symbols]
        assert names == ["digit", "a", "b", "out", "main", "shift", "loud"]
        main = symbols[4]
        assert isinstance(main, types.DocumentSymbol)
        assert [child.name for child in main.children or []] == ["begin"]

    converse(tmp_path, conversation)


def test_formatting(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", "tape t: '0' # ζ\nmain {\nright t\n}\n")
        options = types.FormattingOptions(tab_size=4, insert_spaces=True)
        params = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), options)
        edits = await editor.client.text_document_formatting_async(params)
        assert edits is not None
        formatted = "tape t: '0'  # ζ\n\nmain {\n    right t\n}\n"
        assert editor.after(uri, list(edits)) == formatted
        editor.change(uri, formatted)
        assert not await editor.client.text_document_formatting_async(params)
        editor.change(uri, "main {")
        assert not await editor.client.text_document_formatting_async(params)

    converse(tmp_path, conversation)


@pytest.mark.parametrize(
    ("text", "expected", "excluded"),
    [
        ("main { | }", {"right", "left", "a", "to_blank", "increment"}, {"proc", "digit", "and"}),
        ("main { left |", {"a", "b"}, {"digit", "right", "to_blank"}),
        ("main { let r: |", {"digit", "order", "lt"}, {"a", "right"}),
        ("main { let r: 0..9 = 1  a := |", {"r", "a", "b"}, {"digit", "right"}),
        ("main { foo bar\n  left |", {"a", "b"}, {"right"}),
        ("main { while a in |", {"digit", "word"}, {"a"}),
        ("main { if a.|", {"next", "previous"}, {"a", "cell", "right"}),
        ('main { answer "{|" }', {"a", "b"}, {"right"}),
        ('main { answer "{a.|" }', {"word", "cell", "all"}, {"a"}),
        ("proc p(t at |", {"first", "start"}, {"a", "empty"}),
        ("proc p(t, n: 0..9) { t := |", {"t", "n"}, {"a"}),
        ("import std.|", {"words", "decimal"}, {"a"}),
        ("|", {"proc", "tape", "main"}, {"right", "a"}),
        ('main { step s { fetch v "v" = {a} } }\nstyle x { s.|', {"v"}, {"a", "s"}),
        ('main { step s { fetch v "v" = {a} } }\nstyle x { |', {"s", "next", "end"}, {"a"}),
        ("main { # |", set(), {"a", "right"}),
    ],
)
def test_completion(tmp_path: Path, text: str, expected: set[str], excluded: set[str]) -> None:
    head = "import std.words\nclass digit = '0'..'9'\nenum order = lt | gt\ntape a, b: digit\n"

    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", head + text.replace("|", ""))
        params = types.CompletionParams(**editor.at(uri, text))
        items = await editor.client.text_document_completion_async(params)
        assert isinstance(items, list)
        labels = {item.label for item in items}
        assert expected <= labels
        assert not excluded & labels

    converse(tmp_path, conversation)


def test_completion_imports_what_it_needs(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", "# A machine.\ntape a: '0'..'9'\nmain { incr }\n")
        params = types.CompletionParams(**editor.at(uri, "incr|"))
        items = await editor.client.text_document_completion_async(params)
        assert isinstance(items, list)
        [item] = [item for item in items if item.label == "increment"]
        assert item.label_details is not None
        assert item.label_details.description == "import std.decimal"
        assert "proc increment(" in (item.detail or "")
        text = editor.after(uri, list(item.additional_text_edits or []))
        assert text.startswith("# A machine.\nimport std.decimal\ntape a")

    converse(tmp_path, conversation)


def test_rename_in_every_file(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        library = editor.open("lib.tm", "# go there\nproc go(t) { right t }\n")
        uri = editor.open("m.tm", "import \"lib.tm\"\ntape t: '0'\nmain { go(t) }\n")
        params = types.RenameParams(new_name="advance", **editor.at(uri, "{ |go(t)"))
        edit = await editor.client.text_document_rename_async(params)
        assert edit is not None
        changes = edit.changes or {}
        assert set(changes) == {library, uri}
        assert "# go there\nproc advance(t)" in editor.after(library, list(changes[library]))
        assert "{ advance(t) }" in editor.after(uri, list(changes[uri]))
        prepared = await editor.client.text_document_prepare_rename_async(
            types.PrepareRenameParams(**editor.at(uri, "{ |go(t)"))
        )
        assert isinstance(prepared, types.PrepareRenamePlaceholder)
        assert prepared.placeholder == "go"

    converse(tmp_path, conversation)


def test_rename_of_a_tape_follows_templates_and_styles(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", MACHINE)
        for marked, name in (("b := |d", "value_read"), ("shift(a, |b)", "target")):
            params = types.RenameParams(new_name=name, **editor.at(uri, marked))
            edit = await editor.client.text_document_rename_async(params)
            assert edit is not None
            editor.change(uri, editor.after(uri, list((edit.changes or {})[uri])))
        text = editor.texts[uri]
        assert 'begin.result: "{value_read}\\n"' in text
        assert 'solve result "{value_read}"' in text
        assert 'answer "{target.all}"' in text
        assert not re.search(r"\bb\b", text)

    converse(tmp_path, conversation)


@pytest.mark.parametrize(
    ("marked", "name", "message"),
    [
        ("to_|blank(out)", "x", "standard library"),
        ("shift(|a, b)", "loop", "keyword"),
        ("shift(|a, b)", "1a", "not a name"),
        ("shift(|a, b)", "b", "cannot be used"),
        ("b := |d", "a", "cannot be used"),
        ("t at |start", "x", "of the language"),
    ],
)
def test_rename_refuses(tmp_path: Path, marked: str, name: str, message: str) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", MACHINE)
        params = types.RenameParams(new_name=name, **editor.at(uri, marked))
        with pytest.raises(JsonRpcException, match=message):
            await editor.client.text_document_rename_async(params)

    converse(tmp_path, conversation)


def test_half_typed_texts_are_answered(tmp_path: Path) -> None:
    text = max((p for p in SOURCES if "tasks" in p.parts), key=lambda p: p.stat().st_size)
    whole = text.read_text(encoding="utf-8")
    cuts = [whole[:size] for size in range(1, len(whole), max(1, len(whole) // 12))]
    strange = ["", "\n", "{", "}", '"', "main { \ud7ff", "main " + "{" * 300, "# \u2028 \x0b\n{"]
    deep = "tape t: '0'\nmain { t := " + "1 + " * 400 + "1 }"

    async def conversation(editor: Editor) -> None:
        uri = editor.open("m.tm", "")
        for draft in [*cuts, *strange, deep]:
            editor.change(uri, draft)
            lines = draft.split("\n")
            end = types.Position(len(lines) - 1, len(lines[-1]))
            document = types.TextDocumentIdentifier(uri)
            await editor.client.text_document_hover_async(types.HoverParams(document, end))
            completion = types.CompletionParams(document, end)
            await editor.client.text_document_completion_async(completion)
            symbols = types.DocumentSymbolParams(document)
            await editor.client.text_document_document_symbol_async(symbols)
        await editor.diagnostics(uri)

    converse(tmp_path, conversation)
