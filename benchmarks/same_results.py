"""Do two versions of spinfem give the same numbers? Compares every results.json below one folder with its namesake below another.

for case in cases/*.yaml; do spinfem run $case -o BEFORE/$(basename $case .yaml) --set output.pictures=false; done
... the same with the other version into AFTER ...
python -m benchmarks.same_results BEFORE AFTER
"""

import json
import sys
from pathlib import Path

import numpy as np

ROUNDING = 1e-9  # of the largest number in its unit: what is smaller is meant to be zero, and counts against that one


def difference(before, after):
    """(largest relative difference of two results, the number it is in); observables of one of them alone count as infinitely far."""
    old, new = (_numbers(result) for result in (before, after))
    worst = (0.0, "")
    for name in old.keys() | new.keys():
        if name not in old or name not in new:
            return np.inf, name
        (unit, a), (_, b) = old[name], new[name]
        largest = max(np.max(np.abs(value), initial=0.0) for u, value in old.values() if u == unit)
        scale = max(np.max(np.abs(a), initial=0.0), ROUNDING * largest)
        if scale:
            worst = max(worst, (float(np.max(np.abs(a - b)) / scale), name))
    return worst


def _numbers(result):
    """Name -> (unit, values) of what must not change with the machine or the mesh."""
    found = {
        name: (o["unit"], np.atleast_1d(np.array(o["value"], dtype=float))) for name, o in result["observables"].items()
    }
    found |= {name: (m["unit"], np.array(m["values"])) for name, m in result["matrices"].items()}
    return {name: entry for name, entry in found.items() if not name.endswith(("balance", "_defect"))}


def main(before, after):
    """Print a line for each case; 1 if a difference is above 1e-10."""
    worst = 0.0
    for path in sorted(Path(before).rglob("results.json")):
        other = Path(after) / path.relative_to(before)
        if not other.is_file():
            print(f"{path.parent.name:28} not there")
            worst = np.inf
            continue
        size, name = difference(json.loads(path.read_text()), json.loads(other.read_text()))
        print(f"{path.parent.name:28} {size:.1e}  {name}")
        worst = max(worst, size)
    return int(worst > 1e-10)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
