"""The set-up script. It is not part of the package: it runs before there is anything to import."""

import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]

sys.path.insert(0, str(TREE / "docker"))
