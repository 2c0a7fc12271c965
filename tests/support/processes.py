"""Process groups that tests start."""

import os


def group_is_alive(group: int) -> bool:
    """Return whether a process of a group is alive."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
