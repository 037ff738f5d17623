"""The gallery page and its pictures, each made by the command that stands under it.

python docs/gallery.py             all of them (some minutes on two cores), then docs/gallery.md
python docs/gallery.py torque ...  only those pictures
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
WIDTH = 1000  # pixels

# name: (command of spinfem or `python SCRIPT`, file in its folder, caption)
PICTURES = {
    "spin_potential": (
        "run cases/nonlocal_valve.yaml -n 2",
        "spin_potential.png",
        "Spin potential in a lateral valve: spins enter under the left electrode and reach the right one, where no current flows.",
    ),
    "charge_current": (
        "run cases/nonlocal_valve.yaml -n 2",
        "charge_current.png",
        "The charge current of the same device flows into the left end of the wire only.",
    ),
    "al_tunnel_valve": (
        "sweep cases/al_tunnel_valve.yaml -n 2",
        "signal_against_distance.png",
        "Al valve with tunnel contacts: the spin signal falls with exp(-L/lambda), over 650 nm at 4.2 K and 350 nm at 300 K.",
    ),
    "contact_weight": (
        'run cases/contact_weight.yaml --set mesh="{resolution: 0.5, rim: 0.2}"',
        "contact_weight_weights.png",
        "How strongly a wide transparent detector is read along its contact, the injector being on the left: for charge and for spin, at its far edge.",
    ),
    "hanle_valve": (
        "sweep cases/hanle_valve.yaml --set solver.error_estimate=false --set output.fields=false --set output.pictures=false",
        "hanle.png",
        "Hanle curves of that valve: in a field across the plane spins turn on their way, and arrive reversed where they have turned by half.",
    ),
    "heated_valve": (
        "run cases/heated_valve.yaml -n 2",
        "temperature.png",
        "How warm 1 mA makes a lateral valve: most heat arises in the thin injector, and some reaches the detector, which is a thermocouple.",
    ),
    "spin_resistance": (
        "sweep cases/spin_resistance.yaml",
        "spin_resistance.png",
        "What spins add to the resistance of two magnets, against the spacer, for eleven angles. As the spacer gets thin, all angles "
        "but 0 and 180 degrees go to zero.",
    ),
    "torque_factors": (
        "sweep cases/torque_reversal.yaml",
        "torque_factors.png",
        "Spin current that two unequal magnets absorb: for the strongly polarized one it changes sign with the angle.",
    ),
    "hodograph": (
        "run cases/noncoplanar_stack.yaml",
        "hodograph_v_space.png",
        "The spin potential along four magnets that are not coplanar, as a curve in spin space: straight along m in each "
        "magnet, plane in each spacer.",
    ),
    "pillar": (
        "run cases/gmr_pillar_3d.yaml",
        "spin_potential.png",
        "Spin potential in an elliptic pillar between wide leads, cut in half.",
    ),
    "torque": (
        "run cases/gmr_pillar_3d.yaml --set regions.free.magnetization=+x",
        "torque.png",
        "Torque for each area where the spin current enters the magnets of that pillar, with the free layer at right angles.",
    ),
    "domain_wall": (
        "run cases/domain_wall.yaml",
        "torque_volume.png",
        "Torque on a domain wall: the magnetization turns, the drifting spins turn with it, and the wall takes up the difference.",
    ),
    "circulation": (
        "run cases/loop_current.yaml",
        "circulation.png",
        "Spins, and no charge, enter from below: two vortices of electric current, which no terminal sees.",
    ),
    "long_range": (
        "run cases/long_range.yaml",
        "two_exponentials.png",
        "Those loops carry spin five times as far as its diffusion length of 200 nm.",
    ),
    "ratchet": (
        "sweep cases/ratchet_2d.yaml",
        "transfer_against_teeth.png",
        "Spins pass a ratchet as well one way as the other: the two curves are one.",
    ),
    "lumped_element": (
        "run cases/lumped_element.yaml",
        "conductance_matrix.png",
        "A device as a circuit element: charge and spin currents for each charge and spin potential of its terminals.",
    ),
    "spin_hall_film": (
        "run cases/spin_hall_film.yaml",
        "spin_potential.png",
        "Spin Hall effect: a current along a platinum film piles up spins at its sides.",
    ),
    "overlayer": (
        "run cases/overlayer_2d.yaml",
        "charge_current.png",
        "Spins alone enter a normal film below a ferromagnetic one: where they pass, a charge current circulates.",
    ),
    "sensitivities": (
        "run cases/nonlocal_valve.yaml -n 2 --set 'sensitivities=[nonlocal_resistance]'",
        "sensitivities.png",
        "What the signal of a lateral valve depends on: its change for 1 % of each parameter, by adjoint solutions.",
    ),
    "switch_on": (
        "run cases/switch_on.yaml",
        "time_spin_accumulation.png",
        "Spins under a tunnel contact to an Al strip after its current is switched on, and off at 500 ps: an error function of the root of the time.",
    ),
    "ac_valve": (
        "run cases/ac_valve.yaml",
        "nyquist_nonlocal_resistance_difference.png",
        "The spin signal of an Al valve at frequencies from 10 MHz to 100 GHz, in the complex plane: spins diffuse, and their phase falls without end.",
    ),
    "trajectory": (
        "run cases/switching_pillar.yaml",
        "trajectory_free.png",
        "The free layer of a permalloy pillar switches: the way of its magnetization on the sphere.",
    ),
    "switching_diagram": (
        "sweep cases/switching_pillar.yaml --set output.pictures=false --set solver.error_estimate=false",
        "switching_diagram.png",
        "Where it ends, against the current, from antiparallel and from parallel.",
    ),
    "oscillator": (
        "sweep cases/oscillator.yaml --set output.pictures=false --set solver.error_estimate=false",
        "frequency_against_current.png",
        "An oscillator by a torque that changes sign with the angle: its frequency grows no further than that angle lets it.",
    ),
    "fit": (
        "fit cases/wide_contacts.yaml cases/wide_contacts.csv",
        "fit.png",
        "A fit to synthetic data (400 nm, 0.35): the one-dimensional formula fits as well and finds something else.",
    ),
    "formula_bias": (
        "python docs/formula_bias.py",
        "formula_bias.png",
        "How far off the one-dimensional formula is, fitted to signals of the full model (table: docs/fitting.md).",
    ),
    "hanle_bias": (
        "python docs/hanle_bias.py",
        "hanle_bias.png",
        "How far off fits of Hanle curves are: on a short wire, and with transparent contacts (table: docs/fitting.md).",
    ),
}

HEAD = """# Gallery

Made by `python docs/gallery.py`: every picture is what the command under it wrote. `spinfem new NAME` gives the case file to start from.
"""


def draw(names):
    """Run each command once and keep its pictures."""
    for command in dict.fromkeys(PICTURES[name][0] for name in names):
        with tempfile.TemporaryDirectory() as folder:
            words = shlex.split(shown(command))[1:]
            program = [sys.executable] if is_script(command) else [sys.executable, "-m", "spinfem"]
            subprocess.run([*program, *words, "-o", f"{folder}/out"], cwd=DOCS.parent, check=True)
            for name in names:
                if PICTURES[name][0] == command:
                    shrink(Path(folder, "out", PICTURES[name][1]), DOCS / "images" / f"{name}.png")


def is_script(command):
    """Is it a script of this folder?"""
    return command.startswith("python ")


def shown(command):
    """As a person types it."""
    return command if is_script(command) else f"spinfem {command}"


def shrink(source, target):
    """A picture small enough for the page."""
    target.parent.mkdir(exist_ok=True)
    image = Image.open(source).convert("RGB")
    image.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    image.quantize(255).save(target, optimize=True)


def page():
    """The text of docs/gallery.md."""
    parts = [
        f"![{name}](images/{name}.png)\n\n{caption}\n\n    {shown(command)}\n"
        for name, (command, _, caption) in PICTURES.items()
    ]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    draw(sys.argv[1:] or list(PICTURES))
    (DOCS / "gallery.md").write_text(page(), encoding="utf-8")
