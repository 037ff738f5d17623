"""The synthetic data beside cases/wide_contacts.yaml: python docs/sample_data.py (in the environment; some minutes).

The full model at known parameters, ten times as exact as the noise is large, and noise.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

CASES = Path(__file__).parent.parent / "cases"
TRUTH = {
    "regions.wire.material.spin_diffusion_length": "400 nm",
    "regions.injector.material.polarization": "0.35",
    "regions.detector.material.polarization": "0.35",
}
NOISE, SEED = 0.02, 20
AXIS, MEASURED = "geometry.parameters.separation", "nonlocal_resistance.difference"


def main():
    settings = TRUTH | {"accuracy": "0.2 %"}
    sets = [word for path, value in settings.items() for word in ("--set", f"{path}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "spinfem", "sweep", str(CASES / "wide_contacts.yaml"), "-o", f"{folder}/sweep"]
        subprocess.run([*command, *sets], check=True)
        table = pd.read_csv(f"{folder}/sweep/table.csv")
    exact = table[f"{MEASURED} [ohm]"].to_numpy() * 1e3
    error = NOISE * exact
    noisy = exact + error * np.random.default_rng(SEED).standard_normal(len(exact))
    rows = pd.DataFrame(
        {
            f"{AXIS} [nm]": np.round(table[f"{AXIS} [m]"] * 1e9).astype(int),
            f"{MEASURED} [mohm]": [f"{value:.4g}" for value in noisy],
            f"{MEASURED} error [mohm]": [f"{value:.2g}" for value in error],
        }
    )
    truth = ", ".join(f"{path} = {value}" for path, value in TRUTH.items())
    target = CASES / "wide_contacts.csv"
    target.write_text(
        "# SYNTHETIC, not measured: made by docs/sample_data.py from wide_contacts.yaml with\n"
        f"# {truth},\n# and {NOISE:.0%} of Gaussian noise.\n" + rows.to_csv(index=False)
    )
    print(target.read_text())


if __name__ == "__main__":
    main()
