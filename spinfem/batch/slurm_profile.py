"""How a cluster wants its jobs: the file that `--slurm` names."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from spinfem.case.faults import CaseError, Fault, dotted
from spinfem.case.validation import Checked, wording

_TIME = re.compile(r"\d+(:\d{1,2}){0,2}|\d+-\d{1,2}(:\d{1,2}){0,2}")


def _one_line(text):
    if not text.strip() or "\n" in text:
        raise ValueError("must be one line of text")
    return text


Line = Annotated[str, AfterValidator(_one_line)]


class Profile(Checked):
    """What a cluster, an account and a kind of case ask for; one file serves many sweeps."""

    partition: Line | None = None
    """The partition (queue)."""
    account: Line | None = None
    """Who pays."""
    time: str = Field(description="limit for a task, as Slurm has it, in quotes: minutes, or h:mm:ss, or d-hh:mm:ss")
    """Limit for a task, as Slurm has it: minutes, or h:mm:ss, or d-hh:mm:ss."""
    ranks: int = Field(default=1, ge=1)
    """MPI processes for each point."""
    nodes: int | None = Field(default=None, ge=1)
    """Nodes to spread them on; without it Slurm chooses."""
    memory: Line | None = None
    """Memory for each node, e.g. 16G."""
    points_per_task: int = Field(default=10, ge=1)
    """Points that one task runs one after the other; those that share a mesh come together."""
    max_tasks: int | None = Field(default=None, ge=1)
    """Tasks that may run at the same time."""
    setup: list[str] = []
    """Lines of shell before spinfem: modules, a container, an environment."""
    launcher: Line | None = None
    """What starts the ranks, e.g. `srun --mpi=pmix`; `{ranks}` is their number. Without it spinfem calls mpirun."""
    command: Line | None = None
    """How spinfem is called there, e.g. `apptainer exec spinfem.sif spinfem`. Without it, the spinfem that submits."""
    options: list[Line] = []
    """Further options of sbatch, one on each line, e.g. --qos=short."""

    @field_validator("time", mode="before")
    @classmethod
    def _time(cls, value):
        text = str(value)
        if not _TIME.fullmatch(text):
            raise ValueError('must be minutes, or "h:mm:ss", or "d-hh:mm:ss", in quotes')
        return text

    @field_validator("memory", mode="before")
    @classmethod
    def _memory(cls, value):
        if value is not None and not re.fullmatch(r"\d+[KMGT]?", str(value)):
            raise ValueError("must be a whole number with K, M, G or T behind it, e.g. 16G")
        return value if value is None else str(value)

    @field_validator("options")
    @classmethod
    def _options(cls, options):
        for option in options:
            if not option.startswith("-"):
                raise ValueError(f'"{option}" is no option of sbatch; it must begin with -')
            if re.match(r"(--array|-a|--output|-o|--chdir|-D)\b", option):
                raise ValueError(f'"{option}" is set by spinfem itself')
        return options


def read_profile(path):
    """The Profile of a file. Raises CaseError with every fault there is."""
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise CaseError([Fault("--slurm", str(path), f"cannot be read: {reason}")]) from None
    except YAMLError as error:
        raise CaseError([Fault("--slurm", str(path), f"is not YAML: {getattr(error, 'problem', error)}")]) from None
    if not isinstance(data, dict):
        keys = ", ".join(Profile.model_fields)
        raise CaseError([Fault("--slurm", str(path), f"must be a mapping with the keys {keys}")])
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        raise CaseError(
            [
                Fault(dotted(e["loc"]), None if e["type"] == "missing" else e["input"], wording(e, Profile), path.name)
                for e in error.errors(include_url=False)
            ]
        ) from None
