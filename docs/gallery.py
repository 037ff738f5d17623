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
    "valve_temperature": (
        "sweep cases/valve_temperature.yaml --set output.fields=false --set output.pictures=false",
        "signal_against_temperature.png",
        "Spin signal of a Cu valve from 4.2 K to 300 K, with a table of resistivities and a spin diffusion length in proportion to the conductivity.",
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
    "magnet_junction": (
        "sweep cases/magnet_junction.yaml",
        "torque.png",
        "Torque on the second of two magnets that touch, against the angle between them: the better the contact, the more spins pile up before a magnet that they do not fit.",
    ),
    "band_contacts": (
        "sweep cases/band_contacts.yaml",
        "efficiency.png",
        "Torque in a pillar whose contacts come from Fermi wave numbers alone: the fewer states the spins down have in the magnets, the larger it is.",
    ),
    "tmr_voltage": (
        "sweep cases/tmr_voltage.yaml --set output.fields=false --set output.pictures=false",
        "tmr.png",
        "A tunnel junction at finite voltage: the contact is not linear, and each point is found by Newton's method.",
    ),
    "conductivity_mismatch": (
        "sweep cases/conductivity_mismatch.yaml --set solver.error_estimate=false --set output.fields=false --set output.pictures=false",
        "window.png",
        "Conductivity mismatch: a metal injects spins into n-GaAs through a contact of high resistance only, and through one that is not too high they get out again.",
    ),
    "spin_drift": (
        "sweep cases/spin_drift.yaml --set output.fields=false --set output.pictures=false",
        "drift.png",
        "Spins drift with the electrons: the signal of a lateral valve on n-GaAs against a voltage along its channel.",
    ),
    "smr_bar": (
        "sweep cases/smr_bar.yaml --set output.fields=false --set output.pictures=false",
        "longitudinal.png",
        "Spin Hall magnetoresistance: the resistance of a platinum bar as the magnetization of the insulator below it turns from x to y, from y to z, from z to x.",
    ),
    "spin_pumping": (
        "run cases/spin_pumping.yaml",
        "spin_potential.png",
        "The magnetization of an insulator precesses below a platinum film, and spins are pumped into it: between its ends is a voltage of 1.3 nV.",
    ),
    "spin_pumping_voltage": (
        "sweep cases/spin_pumping.yaml --set solver.error_estimate=false --set output.fields=false --set output.pictures=false",
        "voltage.png",
        "That voltage against the thickness of the film.",
    ),
    "magnon_transport": (
        "sweep cases/magnon_transport.yaml --set output.fields=false --set output.pictures=false",
        "signal.png",
        "Magnons carry spins from one platinum strip to another through YIG, in which no current flows: as one over the distance, and exponentially beyond 9.4 um.",
    ),
    "hodograph": (
        "run cases/noncoplanar_stack.yaml",
        "hodograph_v_space.png",
        "The spin potential along four magnets that are not coplanar, as a curve in spin space: straight along m in each "
        "magnet, plane in each spacer.",
    ),
    "unfolded_hodograph": (
        "run cases/noncoplanar_stack.yaml",
        "unfolded_v.png",
        "The same curve unfolded: the planes of the three spacers turned about the magnetizations into one sheet.",
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
    "spin_imbalance": (
        "sweep cases/spin_imbalance.yaml",
        "imbalance.png",
        "Under a lead that flares fewer spins pile up, though more of them flow: which of the two turns a magnet, a wider lead tells.",
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
    "amr_bar": (
        "sweep cases/amr_bar.yaml",
        "planar_hall.png",
        "Planar Hall effect: the voltage across a permalloy bar while its magnetization turns in the plane.",
    ),
    "hall_cross": (
        "python docs/hall_cross.py",
        "hall_cross.png",
        "Anomalous Hall effect in a cross magnetized out of the plane: potential and lines of current. The arms tell which way m points.",
    ),
    "overlayer": (
        "run cases/overlayer_2d.yaml",
        "charge_current.png",
        "Spins alone enter a normal film below a ferromagnetic one: where they pass, a charge current circulates.",
    ),
    "deposited_valve": (
        "run cases/deposited_valve.yaml --set 'interfaces={wire/injector: &barrier {resistance_area: 1 ohm um^2, polarization: 0.35}, wire/detector: *barrier}'",
        "spin_potential.png",
        "A valve as it is made: walls that lean, electrodes that climb over the wire, here with tunnel contacts (how much it matters: docs/geometry.md).",
    ),
    "middle_wire": (
        "run cases/middle_wire.yaml",
        "spin_current.png",
        "Spin absorption: hardly a spin passes the platinum wire in the middle.",
    ),
    "cross": (
        "run cases/cross.yaml",
        "spin_current.png",
        "Spins that point up enter a gold cross from a magnet and turn aside at its arms, which read them by the inverse spin Hall effect.",
    ),
    "hall_bar": (
        "run cases/hall_bar.yaml",
        "charge_potential.png",
        "Hall bar: the potential that its arms read.",
    ),
    "corbino_2d": (
        "run cases/corbino_2d.yaml",
        "charge_current.png",
        "Corbino disc: spins flow outwards, and by the inverse spin Hall effect a current goes around, at no voltage.",
    ),
    "disc": (
        "run cases/disc.yaml",
        "spin_current.png",
        "A disc with a vortex takes spins along +y at its near side, where it is magnetized along +y itself.",
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
    "spin_helix": (
        "python docs/spin_helix.py",
        "spin_helix.png",
        "Spins turn as they move. Where Rashba's and Dresselhaus' fields are equal they lose nothing by it; by Rashba's alone they do, and the more the wider the strip (docs/spin_orbit_fields.md).",
    ),
    "spin_transistor": (
        "sweep cases/spin_transistor.yaml --set solver.error_estimate=false --set output.fields=false --set output.pictures=false",
        "transistor.png",
        "A spin transistor: a gate sets how far spins turn on their way along a narrow channel; its signal is a cosine of the turn.",
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
    "lateral_valves": (
        "python docs/lateral_valves.py",
        "lateral_valves.png",
        "Valves of Al, Cu and Au by three dimensions and by one: the formula says too much, and fits all the same, with other polarizations (table: docs/fitting.md).",
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
