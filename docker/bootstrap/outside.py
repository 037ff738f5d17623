#!/usr/bin/env -S python3 -I
"""Commands of the host that can be called inside the Debian folder: those of the batch system.

A process stays outside when a command enters the folder. Inside, FOLDER has a link to this file for each command; run by
such a link, this file hands its words, its folder and its standard streams to the process outside, which runs the host's
own command with them. It ends with the command that it serves, and so does all that it runs.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMANDS = ("sbatch", "squeue", "scancel", "sacct", "scontrol")
FOLDER = Path("/run/outside")  # in a file system of the namespace's own: nobody else can reach the socket
SOCKET = "socket"
NOT_FOUND, SIGNALLED = 127, 128  # as a shell says it
LARGEST_REQUEST = 1 << 20  # bytes; the kernel's own limit is lower


def only_outside(root: Path) -> dict[str, str]:
    """Where the host has those of the commands that the folder has not."""
    inside = ":".join(f"{root}/usr/{name}" for name in ("local/bin", "bin"))
    places = {name: shutil.which(name) for name in COMMANDS if not shutil.which(name, path=inside)}
    return {name: os.path.abspath(place) for name, place in places.items() if place}


def stay(places: Mapping[str, str]) -> socket.socket | None:
    """Leave a process here, outside; it waits for the socket that `open_to` sends. None if there is nothing to do."""
    if not places:
        return None
    channel, its_channel = socket.socketpair()
    served = os.pidfd_open(os.getpid())
    if child := os.fork():
        os.waitpid(child, 0)
        os.close(served)
        its_channel.close()
        return channel
    try:
        if os.fork() == 0:  # a child's child: the command that we become has no child that it does not know
            serve(places, its_channel, served)
    finally:
        os._exit(0)


def open_to(channel: socket.socket | None, places: Mapping[str, str], folder: Path = FOLDER) -> None:
    """To be called inside: the commands appear in `folder`."""
    if channel is None:
        return
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, channel:
        listener.bind(str(folder / SOCKET))
        listener.listen()
        socket.send_fds(channel, [b"."], [listener.fileno()])
    for name in places:
        (folder / name).symlink_to(Path(__file__).resolve())


def serve(places: Mapping[str, str], channel: socket.socket, served: int) -> None:
    """Until the process of `served`, a pidfd, ends; then everything here is killed."""
    os.setsid()  # Ctrl-C is for the command, and our group is only what we start
    os.chdir("/")
    let_go_of_all_but(channel.fileno(), served)
    _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    if descriptors:  # (else it could not enter)
        listener = socket.socket(fileno=descriptors[0])
        while served not in select.select([listener, served], [], [])[0]:
            threading.Thread(target=answer, args=(listener.accept()[0], places), daemon=True).start()
    os.killpg(0, signal.SIGKILL)


def let_go_of_all_but(*kept: int) -> None:
    """Somebody may wait for the end of a pipe, or for a lock."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in {0, 1, 2} - {nothing, *kept}:
        os.dup2(nothing, stream)


def answer(client: socket.socket, places: Mapping[str, str]) -> None:
    """Run the one command that a client asks for, and tell it the exit status."""
    with client:
        request, streams, _, _ = socket.recv_fds(client, LARGEST_REQUEST, 3)
        status = NOT_FOUND
        try:
            folder, name, *words = json.loads(request)
            if name not in places:
                raise FileNotFoundError(2, "not a command that may be called outside")
            status = outcome(client, [places[name], *words], folder, streams)
        except OSError as error:
            os.write(streams[2], f"spinfem: {name}: {error.strerror}\n".encode())
        finally:
            for stream in streams:
                os.close(stream)
        with contextlib.suppress(OSError):  # it is gone
            client.send(str(status).encode())


def outcome(client: socket.socket, words: Sequence[str], folder: str, streams: Sequence[int]) -> int:
    stdin, stdout, stderr = streams
    with subprocess.Popen(words, cwd=folder, stdin=stdin, stdout=stdout, stderr=stderr) as process:
        end = os.pidfd_open(process.pid)
        if client in select.select([client, end], [], [])[0]:  # it says nothing more, so it was killed
            process.kill()
        os.close(end)
    return process.returncode if process.returncode >= 0 else SIGNALLED - process.returncode


def ask(folder: Path, name: str, words: Sequence[str]) -> int:
    """The exit status of a command outside, which uses our standard streams."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.connect(str(folder / SOCKET))
            socket.send_fds(client, [json.dumps([os.getcwd(), name, *words]).encode()], [0, 1, 2])
            status = client.recv(16)
    except OSError as error:
        sys.exit(f"spinfem: {name} of the host cannot be reached: {error.strerror}")
    return int(status or NOT_FOUND)


if __name__ == "__main__":
    sys.exit(ask(Path(sys.argv[0]).absolute().parent, Path(sys.argv[0]).name, sys.argv[1:]))
