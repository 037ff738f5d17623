"""Commands inside the Debian folder: the folder's /usr, /etc and /var, and all of the host's own folders."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap import namespace, outside, place
from bootstrap.namespace import Kind, Mount
from bootstrap.process import become
from bootstrap.report import SetupError

# These come from the Debian folder or are made anew; every other folder at the top of the host is seen inside.
OPERATING_SYSTEM = {"bin", "boot", "dev", "etc", "lost+found", "proc", "run", "sbin", "sys", "usr", "var"}
ALSO_VISIBLE = ("/var/tmp",)
MERGED = ("bin", "sbin", "lib", "lib64")  # links into /usr since Debian 12

# Laid over what the Debian folder has: the host's network, and the names of its users.
NETWORK_FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs")
NAME_FILES = ("/etc/passwd", "/etc/group")

# Set for the host's own programs: they would lead Python, the compiler or MPI out of the Debian folder.
FOREIGN_VARIABLES = {
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PETSC_DIR",
    "PETSC_ARCH",
    "CC",
    "CXX",
    "CFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "CPATH",
    "LIBRARY_PATH",
    "PKG_CONFIG_PATH",
    "OPAL_PREFIX",
}

NO_NAMESPACES = """This machine does not let us use a folder as a system of its own.
What helps: user namespaces, switched on by the administrator (sysctl kernel.unprivileged_userns_clone=1,
kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces above 0), or one of the other ways in
docs/installation.md (conda, a container, Debian 13)."""

# Right where our mpirun starts all ranks, on this machine.
ON_ONE_MACHINE = {
    "OMPI_MCA_btl": "self,sm",  # no TCP, hence no complaints about interfaces
    "UCX_MEM_MMAP_HOOK_MODE": "none",  # nor UCX, which otherwise waits 5 ms for each of ten functions that it patches
}

# Right where we know what there is, but not on every machine that has DOLFINx. (docker/Dockerfile has these, less the one for Slurm.)
IN_A_FOLDER = ON_ONE_MACHINE | {
    "PRTE_MCA_plm": "^slurm",  # in a job of Slurm too: mpirun does not look for srun, which is not in here
    "VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow",  # pictures are drawn in memory: no search for a display
}


def system_mounts(root: Path, kind: Kind = "read-only") -> list[Mount]:
    mounts = [Mount(f"/{name}", f"{root}/{name}", kind) for name in ("usr", "etc", "var")]
    mounts += [Mount(f"/{name}", f"usr/{name}", "link") for name in MERGED if (root / "usr" / name).is_dir()]
    mounts += [Mount(f"/{name}", f"/{name}") for name in ("dev", "proc", "sys")]
    return mounts + [Mount("/run", kind="empty")]


def host_folders(top: Path = Path("/"), kind: Kind = "bind") -> list[Mount]:
    """Home, data, scratch, whatever the folders are called here: a file has the same name inside and outside."""
    entries = [entry for entry in sorted(top.iterdir()) if not is_system(entry.name)]
    links = [Mount(str(entry), os.readlink(entry), "link") for entry in entries if entry.is_symlink()]
    folders = [Mount(str(entry), str(entry), kind) for entry in entries if entry.is_dir() and not entry.is_symlink()]
    return folders + links


def is_system(name: str) -> bool:
    return name in OPERATING_SYSTEM or name.startswith("lib")


def host_paths(root: Path, paths: Sequence[str], kind: Kind) -> list[Mount]:
    """Those that exist on both sides."""
    return [Mount(path, path, kind) for path in paths if os.path.exists(path) and (root / path[1:]).exists()]


def environment(folder: place.Place, host: Mapping[str, str]) -> dict[str, str]:
    """The host's variables, less those meant for other programs, plus ours."""
    kept = {name: value for name, value in host.items() if name not in FOREIGN_VARIABLES}
    ours = {
        "PATH": f"{place.TREE}/bin:/usr/local/bin:/usr/bin:/bin:{outside.FOLDER}",
        "PYTHONPATH": str(place.TREE),
        "PYTHONNOUSERSITE": "1",  # ~/.local belongs to the host's Python
        "LC_ALL": "C.UTF-8",  # the only locale in there
        "XDG_CACHE_HOME": str(folder.cache),
        # /usr is read-only in there, and Debian compiles neither DOLFINx nor Gmsh's Python module.
        "PYTHONPYCACHEPREFIX": str(folder.cache / "python"),
        "PYTHONDONTWRITEBYTECODE": "",
        place.HOME: str(place.home()),
        place.INSIDE: str(folder.folder),
    }
    defaults = place.settings() | IN_A_FOLDER
    if on_several_machines(host):
        defaults = {name: value for name, value in defaults.items() if name not in ON_ONE_MACHINE}
    return defaults | kept | ours


def peers_environment(folder: place.Place, host: Mapping[str, str]) -> dict[str, str]:
    """For programs that are not ours: none of our settings; a `spinfem` that they start finds its own folder."""
    ours = {place.INSIDE, *FOREIGN_VARIABLES, *IN_A_FOLDER}
    kept = {name: value for name, value in host.items() if name not in ours}
    return kept | {
        "PATH": f"{place.TREE}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:{outside.FOLDER}",
        "LC_ALL": "C.UTF-8",
        "XDG_CACHE_HOME": str(folder.cache),
        place.HOME: str(place.home()),
    }


def on_several_machines(host: Mapping[str, str]) -> bool:
    """Did the host's own mpirun or srun start us as one of many?"""
    all_ranks, ranks_here = host.get("OMPI_COMM_WORLD_SIZE"), host.get("OMPI_COMM_WORLD_LOCAL_SIZE")
    return all_ranks != ranks_here or host.get("SLURM_STEP_NUM_NODES", "1") != "1"


def check_visible(directory: str) -> None:
    if is_system((*Path(directory).parts, "", "")[1]) and not directory.startswith(ALSO_VISIBLE):
        raise SetupError(
            f"{directory} belongs to the operating system, which spinfem does not see: "
            "start it from a folder of your own"
        )


def run(folder: place.Place, command: Sequence[str], variables=environment) -> None:
    """Becomes the command, with the `variables` of its kind of folder."""
    root = folder.folder / "root"
    directory = os.getcwd()
    check_visible(directory)
    mounts = system_mounts(root) + host_folders()
    mounts += host_paths(root, ALSO_VISIBLE, "bind") + host_paths(root, NETWORK_FILES + NAME_FILES, "read-only")
    commands = outside.only_outside(root)
    channel = outside.stay(commands)
    try:
        namespace.enter(mounts, folder.folder / "inside")
    except OSError as error:
        raise SetupError(f"{error}\n{NO_NAMESPACES}") from error
    outside.open_to(channel, commands)
    os.chdir(directory)
    become(command, variables(folder, os.environ))
