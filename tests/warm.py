"""A process in which everything is imported that does not start MPI. Each command is a fork of it: it spends its time on what it does,
not on a second or two of imports.

Run as a program it serves the socket that is its standard input: one connection for each command, whose first message holds the words, the
folder and the environment, and with it come stdout and stderr; the answer is the exit status.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from spinfem.interruption import die_with_parent

_TREE = Path(__file__).parent.parent
_MODULES = (
    "basix.ufl ffcx gmsh meshio pandas matplotlib.colors pint scipy.optimize scipy.sparse.csgraph scipy.spatial scipy.stats ufl uncertainties"
    " spinfem.cli spinfem.case.cross_check spinfem.geometry.reading spinfem.output.plots"
)


def run(words, folder, environment, patience):
    """`spinfem WORDS` in a fork of the warm process; the CompletedProcess with text output. Raises TimeoutExpired."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err, _connected() as channel:
        asked = json.dumps([words, str(folder), environment]).encode()
        socket.send_fds(channel, [len(asked).to_bytes(4, "big")], [out.fileno(), err.fileno()])
        channel.sendall(asked)
        channel.settimeout(patience)
        try:
            status = int(channel.makefile().readline())
        except TimeoutError:
            raise subprocess.TimeoutExpired(words, patience) from None
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess(words, status, out.read(), err.read())


def _connected():
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(_server())
    return channel


@cache
def _server():
    """Where the warm process listens; it ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    place = f"{folder.name}/socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        command = [sys.executable, "-m", "tests.warm"]
        environment = os.environ | {"PYTHONPATH": str(_TREE)}
        server = subprocess.Popen(
            command, cwd=_TREE, env=environment, stdin=listening.fileno(), preexec_fn=_die_together
        )
    atexit.register(folder.cleanup)
    atexit.register(server.wait)
    atexit.register(server.kill)
    return place


def _die_together():
    die_with_parent(signal.SIGKILL)


def _serve():
    listening = socket.socket(fileno=0)
    sys.argv[1:] = []
    for name in _MODULES.split():
        __import__(name)
    from spinfem.case.plugins import Interface, Observable, Term
    from spinfem.case.quantity import units

    units(), [list(kind.kinds) for kind in (Interface, Observable, Term)]
    assert "mpi4py.MPI" not in sys.modules and "spinfem.__main__" not in sys.modules
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those that answer have ended
    while True:
        channel, _ = listening.accept()
        if os.fork() == 0:
            return _answer(channel)
        channel.close()


def _answer(channel):
    """Start the command and send its exit status; in the command's process, become it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, (out, err), _, _ = socket.recv_fds(channel, 4, 2)
    words, folder, environment = json.loads(channel.makefile("rb").read(int.from_bytes(size, "big")))
    command = os.fork()
    if command:
        _, status = os.waitpid(command, 0)
        channel.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    channel.close()
    for ours, theirs in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(ours, theirs)
        os.close(ours)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = words
    import runpy

    runpy.run_module("spinfem", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
