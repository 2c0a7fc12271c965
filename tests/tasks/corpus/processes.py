"""Whether processes that a test started are gone."""

import os


def alive(group):
    """Whether a process of the group that ``group`` began is still there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
