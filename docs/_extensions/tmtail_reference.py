"""Sphinx directives for the reference: public names, lint rules, library procs, the task gallery.

``.. public-names:: MODULE`` documents the names in a module's ``__all__``, ``.. lint-rules::``
every rule by its docstring, ``.. library-procs::`` every proc of the standard library with its
signature, and ``.. task-gallery::`` every task. All are read from the code when the site is built.
"""

from __future__ import annotations

import re
import sys
from collections import _tuplegetter  # type: ignore[attr-defined]
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc, isclass, isfunction
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.python import PyObject
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

import tmtail
from tasks import AnswerKind

_PROC = re.compile(r"((?:^#[^\n]*\n)*)^proc ([^{]*?)\s*\{", re.MULTILINE)

_ARRAY = re.compile(r"~?numpy\.ndarray\[tuple\[Any, \.\.\.\], ~?numpy\.dtype\[~?numpy\.(\w+)\]\]")
_SHARED_FIELD = re.compile(r"^:ivar (\w+(?:, \w+)+):(.*(?:\n +.*)*)", re.MULTILINE)

AFTER_SPHINX = 900
"""Priority of handlers that run after those of Sphinx's own extensions."""


class _Generated(SphinxDirective):
    """A directive whose content is reStructuredText that ``lines`` yields."""

    has_content = False

    def lines(self) -> Iterator[str]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        content = StringList()
        for line in "\n".join(self.lines()).splitlines():
            content.append(line, self.get_source_info()[0])
        return self.parse_content_to_nodes_of(content)

    def parse_content_to_nodes_of(self, content: StringList) -> list[nodes.Node]:
        container = nodes.section()
        container.document = self.state.document
        self.state.nested_parse(content, self.content_offset, container, match_titles=True)
        return container.children


class PublicNames(_Generated):
    """The public names of a module; with ``:home:``, those that this package defines."""

    required_arguments = 1
    option_spec: ClassVar = {"home": directives.unchanged_required}

    def lines(self) -> Iterator[str]:
        module = import_module(self.arguments[0])
        for name in sorted(module.__all__, key=str.lower):
            home = _home(module, name)
            if self.options.get("home", _package(home)) != _package(home):
                continue
            value, public_name = getattr(module, name), f"{module.__name__}.{name}"
            if module is not tmtail and name in tmtail.__all__:
                continue  # described once
            if isclass(value):
                yield from (f".. autoclass:: {public_name}", "   :members:", "")
            elif isfunction(value):
                yield from (f".. autofunction:: {public_name}", "")
            else:
                yield from (f".. py:data:: {public_name}", "", f"   {_describe(home, name)}", "")


def _home(module: ModuleType, name: str) -> str:
    """Return the module from which another one re-exports a name, or else that module."""
    for home, names in getattr(module, "_HOME", {}).items():
        if name in {entry.rpartition(" as ")[2] for entry in names}:
            return str(home)
    return module.__name__


def _package(module: str) -> str:
    """Return the package of a module; ``tasks.corpus`` counts as one of its own."""
    return "tasks.corpus" if module == "tasks.corpus" else module.partition(".")[0]


def _describe(home: str, name: str) -> str:
    """Return the form of a kind of answers, or the docstring after another constant."""
    value = getattr(import_module(home), name)
    if isinstance(value, AnswerKind):
        return "Answers of this form: " + re.sub(r"([\\`*_|])", r"\\\1", value.form) + "."
    for module in sorted(m for m in sys.modules if f"{m}.".startswith(f"{home}.")):
        comments = ModuleAnalyzer.for_module(module).find_attr_docs()
        if ("", name) in comments:
            return " ".join(comments["", name]).strip()
    raise ValueError(f"{home}.{name} has no docstring; write one after its assignment")


class LintRules(_Generated):
    def lines(self) -> Iterator[str]:
        from compiler.lint import RULES

        for number, (name, rule) in enumerate(RULES.items(), 1):
            yield from (f".. _rule-{name}:", "", name, "-" * len(name), "")
            summary, *details = cleandoc(rule.__doc__ or "").splitlines()
            yield from (f"Rule {number}. {summary}", *details, "")


class LibraryProcs(_Generated):
    def lines(self) -> Iterator[str]:
        import tm

        for file in sorted((Path(tm.__file__).parent / "std").glob("*.tm")):
            title = f"std.{file.stem}"
            yield from (title, "-" * len(title), "")
            source = file.read_text(encoding="utf-8")
            yield from (*_comment(source.partition("\n\n")[0]), "")
            for comment, signature in _PROC.findall(source):
                yield from (".. code-block:: tm", "", f"   proc {' '.join(signature.split())}", "")
                yield from (*_comment(comment), "")


def _comment(text: str) -> list[str]:
    """Return the lines of a block of comments as reStructuredText."""
    lines = [line.removeprefix("#").strip() for line in text.splitlines() if line[:1] == "#"]
    return [re.sub(r"`([^`]*)`", r"``\1``", line) for line in lines if not line.startswith("---")]


class TaskGallery(_Generated):
    def lines(self) -> Iterator[str]:
        import tasks

        yield from (".. list-table::", "   :header-rows: 1", "")
        yield from ("   * - task", "     - paradigm", "     - S", "     - M", "     - L")
        yield from ("     - operations",)
        for task in tasks.all():
            yield f"   * - :doc:`{task.name} </tasks/{task.name}>`"
            yield f"     - {task.paradigm.replace('_', ' ')}"
            for low, high in task.ranges.values():
                yield f"     - {low}" if low == high else f"     - {low}–{high}"
            yield f"     - {task.complexity or '–'}"


def _skip_tuple_fields(_app: Sphinx, _kind: str, _name: str, value: Any, *_: Any) -> bool | None:
    """Skip the fields of named tuples: the class's docstring describes them."""
    return True if isinstance(value, _tuplegetter) else None


def _separate_names(
    _app: Sphinx, _kind: str, _name: str, _value: object, _options: object, lines: list[str]
) -> None:
    """Describe attributes that share a description, such as ``start, end``, one by one."""
    text = _SHARED_FIELD.sub(
        lambda match: "\n".join(f":ivar {name}:{match[2]}" for name in match[1].split(", ")),
        "\n".join(lines),
    )
    lines[:] = text.splitlines()


def _shorten_array_types(_app: Sphinx, _domain: str, _kind: str, content: nodes.Element) -> None:
    """Write the types of arrays as ``array of int64``."""
    for text in list(content.findall(nodes.Text)):
        if "numpy.ndarray[" in text:
            text.parent.replace(text, nodes.Text(_ARRAY.sub(r"array of \1", text)))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives and the lexer of the language."""
    from tm.language.highlighting import TuringMachineLexer

    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    app.add_directive("public-names", PublicNames)
    app.add_directive("lint-rules", LintRules)
    app.add_directive("library-procs", LibraryProcs)
    app.add_directive("task-gallery", TaskGallery)
    app.connect("autodoc-skip-member", _skip_tuple_fields)
    app.connect("autodoc-process-docstring", _separate_names, priority=AFTER_SPHINX)
    app.connect("object-description-transform", _shorten_array_types, priority=AFTER_SPHINX)
    app.add_lexer("tm", TuringMachineLexer)
    return {"parallel_read_safe": True}
