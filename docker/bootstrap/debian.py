"""Makes the Debian folder, for any user: apt downloads, dpkg installs inside it; the host is not touched."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap import namespace, place, process, sandbox
from bootstrap.namespace import Mount
from bootstrap.report import SetupError, say, tail, watch

ARCHIVE_KEYS = "usr/share/keyrings/debian-archive-keyring.gpg"
FIRST = ("?essential", "fakeroot")  # enough to run dpkg inside the folder
NEEDED_SPACE = 5e9  # bytes: the packages and the folder itself
SOLVERS, PINS_OF_SOLVERS = "/usr/local/solvers", "constraints-peers.txt"

# Nothing must outlive a set-up that is killed: the next one removes the folder under its feet. apt itself dies with us;
# dpkg and pip get a process namespace, in which everything dies with the first process.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
ALL_DIE = ("unshare", "--pid", "--fork", "--kill-child", "--")

APT_CONFIGURATION = """
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{downloads}";
Dir::Etc::sourcelist "{sources}";
Dir::Etc::sourceparts "{parts}";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Install-Recommends "false";
APT::Sandbox::User "{user}";
APT::Color "false";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
"""


@dataclass(frozen=True)
class Apt:
    """An apt with its own lists and its own idea of what is installed (nothing); proxies and so on are the host's."""

    folder: Path
    downloads: Path
    log: Path

    def configure(self, sources: str, parts: str) -> None:
        for name in (
            self.folder / "state/lists/partial",
            self.folder / "none/partial",
            self.downloads / "archives/partial",
        ):
            name.mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        user = "root" if os.geteuid() == 0 else ""
        text = APT_CONFIGURATION.format(
            folder=self.folder, downloads=self.downloads, sources=sources, parts=parts, user=user
        )
        (self.folder / "apt.conf").write_text(text)

    def command(self, *arguments: str) -> list[str]:
        return [*DIES_WITH_US, "apt-get", "-c", str(self.folder / "apt.conf"), "--yes", *arguments]

    def output(self, *arguments: str) -> str:
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True)
        with self.log.open("a") as file:
            file.write(f"$ apt-get {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        if done.returncode != 0:
            raise SetupError(
                f"apt could not fetch its lists: is there a network? The end of {self.log}:\n\n{tail(self.log)}"
            )
        return done.stdout

    def update(self) -> None:
        # a list that cannot be fetched is only a warning to apt
        self.output("-o", "APT::Update::Error-Mode=any", "update")

    def names(self, packages: list[str]) -> list[str]:
        """The package files that these packages and what they depend on are in."""
        # (apt lists those that it would download: in an empty folder, all of them)
        nothing = f"Dir::Cache::Archives={self.folder}/none"
        lines = self.output("-qq", "-o", nothing, "--print-uris", "install", *packages).splitlines()
        return [line.split()[1] for line in lines if line.startswith("'")]

    def download(self, packages: list[str], label: str) -> list[Path]:
        files = [self.downloads / "archives" / name for name in self.names(packages)]
        missing = [file for file in files if not file.exists()]
        if missing:
            watch(
                self.command("install", "--download-only", *packages),
                self.log,
                label,
                len(missing),
                lambda line: line.startswith("Get:"),
            )
        return files


def mirror() -> str:
    """The Debian mirror that this machine's apt is set up for."""
    if chosen := os.environ.get("SPINFEM_MIRROR"):
        return chosen
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise SetupError(
            "this machine has no apt-get, so no Debian folder can be made on it.\n"
            "Install with conda (environment.yml) or in a container (docker/Dockerfile): docs/installation.md"
        )
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(ORIGIN) $(CODENAME) $(COMPONENT)"],
        capture_output=True,
        text=True,
    ).stdout
    sites = [line.split()[0] for line in targets.splitlines() if is_debian_main(line)]
    if not sites:
        raise SetupError(
            "apt on this machine knows no Debian mirror (Ubuntu's do not have Debian's packages).\n"
            "Name one by the variable SPINFEM_MIRROR, or install with conda or a container: docs/installation.md"
        )
    return sites[0]


def is_debian_main(target: str) -> bool:
    """Whether a line `site [origin] codename component` is the main part of a Debian release, not its security part."""
    words = target.split()
    releases = ("bullseye", "bookworm", "trixie", "forky", "sid")
    return words[-1] == "main" and words[-2] in releases and "security" not in words[0]


def check_space(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < NEEDED_SPACE:
        raise SetupError(
            f"{home} has {free / 1e9:.1f} GB left, the environment needs {NEEDED_SPACE / 1e9:.0f} GB while it is "
            "made. Free some, or set SPINFEM_HOME to a folder with more room"
        )


def archive_keys(work: Path, log: Path) -> Path:
    """The keys that Debian 13 is signed with: those of this machine, or, where they are too old, those of the
    keyring package that this machine's apt trusts."""
    if Path("/usr/share/keyrings/debian-archive-trixie-stable.gpg").exists():
        return Path("/") / ARCHIVE_KEYS
    say("fetching Debian's newer keys ...")
    apt = Apt(work / "host-apt", work / "host-apt/cache", log)
    apt.configure("/etc/apt/sources.list", "/etc/apt/sources.list.d")
    apt.update()
    subprocess.run(apt.command("download", "debian-archive-keyring"), cwd=work, check=True, capture_output=True)
    [package] = work.glob("debian-archive-keyring*.deb")
    subprocess.run(["dpkg-deb", "-x", package, work / "keys"], check=True)
    return work / "keys" / ARCHIVE_KEYS


def prepare_apt(folder: Path, downloads: Path, log: Path) -> Apt:
    folder.mkdir()
    keys = archive_keys(folder, log)
    (folder / "sources.list").write_text(f"deb [signed-by={keys}] {mirror()} {place.SUITE} main\n")
    apt = Apt(folder, downloads, log)
    apt.configure(str(folder / "sources.list"), "/dev/null")
    apt.update()
    return apt


def inside(root: Path, more: Sequence[Mount]) -> Callable[[], None]:
    """To be called in a new process: puts it into the folder, writable, as its root, whoever we are.

    Packages run scripts when they are installed; these see nothing of the host but what `more` lists."""

    def enter() -> None:
        process.die_with_parent()
        namespace.enter([*sandbox.system_mounts(root, "bind"), *more], root.parent / "inside", installing=True)

    return enter


def build_variables() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in sandbox.FOREIGN_VARIABLES}
    return kept | {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
        "FAKEROOTDONTTRYCHOWN": "1",  # an ordinary user cannot give files away, not even inside
        "PIP_BREAK_SYSTEM_PACKAGES": "1",  # the folder is ours alone
        "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_NO_CACHE_DIR": "1",
    }


def unpack_first(root: Path, files: list[Path]) -> None:
    """Without dpkg and without its scripts: only so that there is something to run dpkg in."""
    for name in sandbox.MERGED:
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    for file in files:
        subprocess.run(["dpkg-deb", "--extract", file, root], check=True)
    (root / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/status").touch()
    (root / "etc/dpkg/dpkg.cfg.d").mkdir(parents=True, exist_ok=True)
    shutil.copy(place.TREE / "docker/dpkg.cfg", root / "etc/dpkg/dpkg.cfg.d/spinfem")
    for name in ("etc/resolv.conf", "etc/hosts", "etc/pip.conf"):
        (root / name).touch()  # the host's are laid over them


def check_namespaces(root: Path) -> None:
    """Before anything large is downloaded."""
    child = os.fork()
    if child == 0:
        try:
            inside(root, [])()
        except OSError as error:
            say(str(error))
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise SetupError(sandbox.NO_NAMESPACES)


def install(root: Path, files: list[Path], log: Path, label: str) -> None:
    dpkg = ["dpkg", "--install", "--force-depends", "--force-unsafe-io", *(f"/packages/{file.name}" for file in files)]
    mounts = [
        Mount("/tmp", kind="empty"),
        Mount("/root", kind="empty"),
        Mount("/packages", str(files[0].parent), "read-only"),
    ]
    watch(
        [*ALL_DIE, "fakeroot-sysv", *dpkg],
        log,
        label,
        len(files),
        lambda line: line.startswith("Setting up "),
        env=build_variables(),
        preexec_fn=inside(root, mounts),
    )


def install_python_packages(root: Path, log: Path) -> None:
    """pip leaves alone what Debian has, so this brings VTK and pyvista."""
    pip_install(root, log, "python3", place.python_packages(), "constraints.txt")


def install_solvers(root: Path, log: Path) -> None:
    """A virtual environment within the folder: ParaView's Python must not get another numpy."""
    environment = [*ALL_DIE, "python3", "-m", "venv", SOLVERS]
    subprocess.run(environment, check=True, env=build_variables(), preexec_fn=inside(root, []))
    pip_install(root, log, f"{SOLVERS}/bin/python3", solvers(), PINS_OF_SOLVERS, "--only-binary", ":all:")


def pip_install(root: Path, log: Path, python: str, packages: list[str], pins: str, *options: str) -> None:
    """`pins` is a file of constraints in docker/. pip finds its configuration as outside."""
    pip = [python, "-m", "pip", "install", "--constraint", str(place.TREE / "docker" / pins), *options, *packages]
    mounts = sandbox.host_folders(kind="read-only") + sandbox.host_paths(root, sandbox.NETWORK_FILES, "read-only")
    watch(
        [*ALL_DIE, *pip],
        log,
        "packages from PyPI",
        1,
        lambda line: line.startswith("Successfully"),
        env=build_variables() | {"TMPDIR": "/var/tmp"},
        preexec_fn=inside(root, mounts),
    )


def find() -> place.Place:
    """The folder that spinfem runs in."""
    return folder_of("debian", place.debian_packages(), place.python_packages(), text_of("constraints.txt"))


def find_peers() -> place.Place:
    """The folder with other people's programs, which only tests and benchmarks run."""
    return folder_of("peers", place.debian_packages("peers.txt"), solvers(), text_of(PINS_OF_SOLVERS))


def solvers() -> list[str]:
    """Other finite-element codes, and what reads and writes fields of micromagnetics, from PyPI."""
    return place.extra("peers")


def folder_of(kind: str, *contents: list[str] | str) -> place.Place:
    lists = [sorted(part) if isinstance(part, list) else part for part in contents]
    key = place.key_of(place.RECIPE, place.SUITE, os.uname().machine, *lists, text_of("dpkg.cfg"))
    return place.Place(place.home() / f"{kind}-{key}")


def text_of(file: str) -> str:
    return (place.TREE / "docker" / file).read_text()


def build(target: place.Place) -> None:
    say(f"making a Debian 13 folder with DOLFINx in {target.folder.parent}: some minutes, once, and 3.5 GB")
    install_debian(target, place.debian_packages(), install_python_packages)


def build_peers(target: place.Place) -> None:
    say("making a Debian 13 folder with other people's programs, for tests: some minutes, once, and 4 GB")
    install_debian(target, place.debian_packages("peers.txt"), install_solvers)


def install_debian(
    target: place.Place, packages: list[str], finish: Callable[[Path, Path], None] | None = None
) -> None:
    """Under a temporary name until it is complete, so that an interrupted build never looks finished."""
    work = target.building
    downloads = target.folder.with_name(f"{target.kind}-downloads")  # an interrupted download goes on where it was
    log = target.folder.with_name(f"{target.kind}-setup.log")
    place.remove_unfinished(target.kind)
    work.mkdir(parents=True)
    log.write_text("")
    check_space(work)
    apt = prepare_apt(work / "apt", downloads, log)
    root = work / "root"
    first = apt.download([*FIRST], "first packages")
    unpack_first(root, first)
    (work / "inside").mkdir()
    check_namespaces(root)
    everything = apt.download([*FIRST, *packages], "downloading packages")
    install(root, first, log, "installing the base system")
    install(root, [file for file in everything if file not in set(first)], log, "installing packages")
    if finish:
        finish(root, log)
    (work / "cache").mkdir()
    shutil.rmtree(work / "apt")
    work.rename(target.folder)
    place.remove(downloads)
