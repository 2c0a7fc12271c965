"""``python -m tmtail``: the ``tmtail`` command."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly while its modules are still being loaded."""
    try:
        from tmtail.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
