"""Hypothesis strategies and properties for tests of a user's own tasks and machines."""

from tm.support.extras import missing_package

try:
    from tmtail.testing.instances import instances
    from tmtail.testing.properties import (
        answers,
        engines_agree,
        spans_tile,
        speech_changes_nothing,
        text_rules,
    )
    from tmtail.testing.tables import inputs, random_table, tables, words
except ModuleNotFoundError as error:
    if reason := missing_package(error):
        raise ModuleNotFoundError(f"tmtail.testing {reason}", name=error.name) from None
    raise

__all__ = [
    "answers",
    "engines_agree",
    "inputs",
    "instances",
    "random_table",
    "spans_tile",
    "speech_changes_nothing",
    "tables",
    "text_rules",
    "words",
]
