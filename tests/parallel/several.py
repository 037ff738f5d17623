"""Several commands one after the other in one mpirun: to start costs more than a small run."""

import json
import subprocess
import sys
from pathlib import Path

from spinfem.mpi import on_ranks
from tests.commands import CASES, PATIENCE, TREE, sets


def run_all(folder, scenarios, ranks=(1, 2, 3)):
    """`spinfem run` of scenarios, name -> (shipped case, overrides), into FOLDER/NAME/RANKS; name -> contents of results.json for each of `ranks`.

    A case of one's own is named by its path without `.yaml`.
    """
    for n in ranks:
        runs = [
            ["run", str(CASES / f"{case}.yaml"), "-o", f"{folder}/{name}/{n}", *sets("output.report=false", *overrides)]
            for name, (case, overrides) in scenarios.items()
        ]
        for status, said in told(n, runs):
            assert status == 0, said
    return {
        name: [json.loads((Path(folder) / name / f"{n}" / "results.json").read_text()) for n in ranks]
        for name in scenarios
    }


def told(ranks, commands):
    """What `spinfem WORDS` says on that many ranks: (exit status, words of all ranks) for each of `commands`."""
    command = on_ranks(ranks, [sys.executable, "-m", "tests.parallel.several", json.dumps(commands)])
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _main(commands):
    from mpi4py import MPI
    from typer.testing import CliRunner

    from spinfem.cli import app

    heard = []
    for words in commands:
        done = CliRunner().invoke(app, words)
        if not isinstance(done.exception, SystemExit | None):
            raise done.exception
        statuses, said = zip(*MPI.COMM_WORLD.allgather((done.exit_code, done.output)), strict=True)
        heard.append((max(statuses), "".join(said)))
    if MPI.COMM_WORLD.rank == 0:
        sys.stdout.write(json.dumps(heard))


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
