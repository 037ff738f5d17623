"""Several runs one after the other in one mpirun: to start costs more than a small run."""

import json
import subprocess
import sys
from pathlib import Path

from spinfem.mpi import on_ranks
from tests.commands import CASES, PATIENCE, TREE


def run_all(folder, scenarios, ranks=(1, 2, 3)):
    """`spinfem run` of scenarios, name -> (shipped case, or the path of another one without its ending; overrides), into FOLDER/NAME/RANKS; name -> contents of results.json for each of `ranks`."""
    for n in ranks:
        runs = [
            [
                "run",
                str(CASES / f"{case}.yaml"),
                "-o",
                f"{folder}/{name}/{n}",
                *_sets("output.report=false", *overrides),
            ]
            for name, (case, overrides) in scenarios.items()
        ]
        command = on_ranks(n, [sys.executable, "-m", "tests.parallel.several", json.dumps(runs)])
        done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
    return {
        name: [json.loads((Path(folder) / name / f"{n}" / "results.json").read_text()) for n in ranks]
        for name in scenarios
    }


def _sets(*overrides):
    return [word for override in overrides for word in ("--set", override)]


if __name__ == "__main__":
    from spinfem.cli import app

    for words in json.loads(sys.argv[1]):
        if status := app(words, prog_name="spinfem", standalone_mode=False):
            sys.exit(status)
