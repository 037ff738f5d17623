"""What the person sees while things are installed, and the error that ends a set-up."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

SECONDS_BETWEEN_LINES = 20  # in a log nobody wants thousands of lines


class SetupError(Exception):
    """The set-up cannot go on; the message says what is missing and what helps."""


def say(message: str) -> None:
    print(f"spinfem: {message}", file=sys.stderr, flush=True)


class Progress:
    """One line that counts: rewritten in place on a terminal, repeated now and then in a log."""

    def __init__(self, label: str, total: int):
        self.label, self.total, self.count = label, total, 0
        self.terminal = sys.stderr.isatty()
        self.start = self.shown = time.monotonic()
        if not self.terminal:
            say(f"{label} ...")

    def step(self) -> None:
        self.count = min(self.count + 1, self.total)
        wait = 0.1 if self.terminal else SECONDS_BETWEEN_LINES
        if time.monotonic() - self.shown > wait:
            self.show()

    def show(self) -> None:
        self.shown = time.monotonic()
        if self.terminal:
            print(f"\rspinfem: {self.label} {self.count}/{self.total} \033[K", end="", file=sys.stderr, flush=True)
        else:
            say(f"{self.label} {self.count}/{self.total}")

    def done(self) -> None:
        seconds = time.monotonic() - self.start
        print("\r" if self.terminal else "", end="", file=sys.stderr)
        say(f"{self.label}: {self.total} in {seconds:.0f} s" + ("\033[K" if self.terminal else ""))


def watch(command: Sequence[str], log: Path, label: str, total: int, counts: Callable[[str], bool], **options) -> None:
    """Runs a command, keeps what it prints in the log, and counts the lines that mean one more step."""
    progress = Progress(label, total)
    with log.open("a") as file:
        file.write(f"$ {' '.join(command)}\n")
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            **options,
        ) as process:
            for line in process.stdout:
                file.write(line)
                if counts(line):
                    progress.step()
    if process.returncode != 0:
        raise SetupError(f"{label} failed (status {process.returncode}). The end of {log}:\n\n{tail(log)}")
    progress.done()


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(line[:200] for line in log.read_text(errors="replace").splitlines()[-lines:])
