"""Values of a material that depend on temperature and thickness: a table, a formula, or a value that is proportional to another one.

They stand in place of the number: `conductivity: {table: rho.csv}`, `resistivity: {formula: "1.7 + 0.0068*T", unit: uohm cm}`,
`spin_diffusion_length: {proportional_to: conductivity, value: 350 nm, at: 300 K}`.
"""

from spinfem.case.laws.formula import Formula
from spinfem.case.laws.law import Law
from spinfem.case.laws.proportional import Proportional
from spinfem.case.laws.table import Table

_KINDS: dict[str, type[Law]] = {"table": Table, "formula": Formula, "proportional_to": Proportional}
_ALLOWED = "{table: rho.csv}, {formula: ..., unit: ...} or {proportional_to: conductivity, ...}"
SCHEMAS = [
    {
        "type": "object",
        "properties": {name: {} for name in kind.model_fields},
        "required": [required],
        "additionalProperties": False,
    }
    for required, kind in _KINDS.items()
]


def read_law(given, key, info) -> Law:
    """The Law that stands for a number, of a Key. Raises ValueError or ValidationError."""
    if isinstance(given, Law):
        law = given
    else:
        kind = next((kind for name, kind in _KINDS.items() if name in given), None)
        if kind is None:
            raise ValueError(f"is no number and no law; give {key.physical.allowed}, or {_ALLOWED}")
        law = kind.model_validate(given, context=info.context)
    law.check(key)
    return law.with_units(key)
