"""The program as a person starts it: `spinfem`, or python -m spinfem."""

import os
import signal


def _too_early(number, frame):
    """Nothing has begun: say it and go."""
    os.write(2, b"interrupted\n")
    os._exit(128 + number)


if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _too_early)

from spinfem.interruption import supervised  # noqa: E402  (a moment that belongs to the first lines)


def main() -> None:
    supervised(_work, _clear_up)


def _work():
    from spinfem.unused import leave_for_later

    leave_for_later()
    from spinfem.cli import main
    from spinfem.launch import leave

    try:
        main()
    except SystemExit as left:
        leave(left)


def _clear_up(folder):
    from pathlib import Path

    from spinfem.batch.claims import clear_dead
    from spinfem.output.folders import clear_up

    clear_up(Path(folder))
    clear_dead(Path(folder, "queue"))


if __name__ == "__main__":
    main()
