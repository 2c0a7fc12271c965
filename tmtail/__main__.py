"""``python -m tmtail``: the ``tmtail`` command."""

from tmtail.cli import main

main()
