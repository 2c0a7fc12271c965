"""The recipes that come with tmtail, by name."""

from __future__ import annotations

from pathlib import Path

from tm.support.suggestions import did_you_mean, similar_file

SUFFIX = ".yaml"
_FOLDER = Path(__file__).resolve().parent


def recipe_names() -> tuple[str, ...]:
    """Return the names of the recipes, and of the configurations for ``accelerate launch``."""
    files = sorted(_FOLDER.glob(f"**/*{SUFFIX}"), key=lambda file: (len(file.parts), file))
    return tuple(str(file.relative_to(_FOLDER).with_suffix("")) for file in files)


def recipe_path(recipe: str) -> Path:
    """Return the file of a recipe: a shipped one by its name, or any file by its path.

    Raises
    ------
    ValueError
        If there is no such recipe or file.
    """
    if recipe in recipe_names():
        return _FOLDER / f"{recipe}{SUFFIX}"
    path = Path(recipe)
    if not path.is_file():
        help = similar_file(path) or did_you_mean(recipe, recipe_names())
        raise ValueError(
            f"{recipe}: there is no such file, and no recipe of this name; "
            f"{help or 'there are ' + ', '.join(recipe_names())}"
        )
    return path
