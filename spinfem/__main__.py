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


def main():
    supervised(_work)


def _work():
    from spinfem.cli import main

    main()


if __name__ == "__main__":
    main()
