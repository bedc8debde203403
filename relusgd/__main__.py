"""The entry point of the `relusgd` command.

It asks first whether relusgd runs on this system: the command line's own modules already need what
only some systems have.
"""

import sys

from relusgd.systems import NOT_ON_WINDOWS, ON_WINDOWS, is_windows


def main() -> None:
    """Run the command line; on Windows, say instead where it runs."""
    if is_windows():
        sys.exit(f"error: {NOT_ON_WINDOWS}\n{ON_WINDOWS}")
    from relusgd.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()
