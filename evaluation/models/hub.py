"""Models on a hub: whether it can be reached, and their copies on this machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HUB_TIMEOUT = 10.0
"""Time to wait for an answer of the hub, in seconds."""


@cache
def model_source(name: str) -> str:
    """Return what to load a model from: its folder, or its name if the hub has it.

    If the hub cannot be reached, it is the copy on this machine; the libraries would first try for
    a minute to reach the hub.

    Parameters
    ----------
    name
        Folder of a model or adapter, or a name on the hub.

    Raises
    ------
    ValueError
        If the hub has no such model, or cannot be reached and there is no copy on this machine.
    """
    if is_path(name):
        if not Path(name).exists():
            raise ValueError(f"model {name}: there is no folder of this name")
        return name
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
    )

    no_folder = f"model {name}: there is no folder of this name"
    try:
        HfApi().model_info(name, timeout=HUB_TIMEOUT)
    except HFValidationError:
        raise ValueError(f"{no_folder}, and it is not a name on a hub, such as gpt2") from None
    except HfHubHTTPError as error:
        answer = error.response.status_code
        raise ValueError(
            f"{no_folder}, and {constants.ENDPOINT} answers {answer}; check the name, and log in "
            "with `hf auth login` if the model is private"
        ) from None
    except Exception:  # of the HTTP library, which depends on the hub's version; or offline mode
        try:
            return str(snapshot_download(name, local_files_only=True))
        except LocalEntryNotFoundError:
            raise ValueError(
                f"{no_folder}, and {constants.ENDPOINT} cannot be reached; download the model "
                f"where there is a network (`hf download {name} --local-dir DIR`) and give its "
                "folder"
            ) from None
    return name


def is_path(name: str) -> bool:
    """Return whether a folder is meant; a hub name has at most one slash."""
    path = Path(name)
    return (
        path.exists()
        or name.startswith((".", "/", "~"))
        or name.count("/") > 1
        or (path.parent != Path() and path.parent.is_dir())
    )
