"""Options that several commands have, and help texts in sections."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
TapesOption = Annotated[
    list[str],
    typer.Option(metavar="NAME=TEXT", help="Text to write on an input tape; may be repeated."),
]


PromptOption = Annotated[
    Literal["plain", "keyed"],
    typer.Option(
        help="Kind of prompts: `plain`, the question as a person writes it, or `keyed`, which also "
        "lists what the machine reads, as index hints, so that the text need not read it."
    ),
]


class SectionedGroup(TyperGroup):
    """Command whose help lists options in sections, by their ``rich_help_panel``."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections in the order of their first options, then the subcommands."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                title = getattr(parameter, "rich_help_panel", None) or "Other options"
                sections.setdefault(title, []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)
        self.format_commands(ctx, formatter)
