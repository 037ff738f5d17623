"""Touches a file every few seconds until its standard input closes: the process at the other end is dead."""

import os
import select
import signal
import sys

SECONDS = 15.0


def main(file) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker; we end when it does
    while not select.select([sys.stdin], [], [], SECONDS)[0]:
        try:
            os.utime(file)
        except FileNotFoundError:
            return


if __name__ == "__main__":
    main(sys.argv[1])
