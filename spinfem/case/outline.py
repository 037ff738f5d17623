"""What a drawing offers, known before anything is meshed."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Parameter:
    """A number of a parametric drawing. Values are in `unit` (None: a bare number)."""

    default: float
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    label: str = ""


@dataclass(frozen=True)
class Outline:
    """Names and neighbours in a drawing."""

    dimension: int  # 2 or 3
    regions: tuple[str, ...]
    terminals: dict[str, tuple[str, ...]]  # terminal -> the regions it touches
    contacts: frozenset[frozenset[str]]  # pairs of regions that share a facet
    parameters: dict[str, Parameter] = field(default_factory=dict)
