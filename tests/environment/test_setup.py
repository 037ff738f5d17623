"""The parts of the set-up that need no network."""

import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest
from bootstrap import debian, link, place, process, python_here, sandbox, venv, wheels
from bootstrap.namespace import Mount
from bootstrap.report import Progress, SetupError, watch

from tests.environment import TREE


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SPINFEM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(place.INSIDE, raising=False)
    place.home().mkdir()
    return place.home()


def setup(*arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if name != place.INSIDE}
    return subprocess.run(
        [sys.executable, TREE / "docker/setup", *arguments], capture_output=True, text=True, env=environment | variables
    )


# ------------------------------------------------------------------------------------------------ where it lives


def test_home_is_in_the_cache_of_the_user(monkeypatch):
    monkeypatch.delenv("SPINFEM_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert str(place.home()) == "/somewhere/spinfem"


def test_another_list_is_another_environment(home, monkeypatch):
    before = debian.find()
    monkeypatch.setattr(place, "debian_packages", lambda: ["another"])
    assert debian.find().folder != before.folder


def test_the_order_of_the_list_does_not_matter(home, monkeypatch):
    before, packages = debian.find(), place.debian_packages()
    monkeypatch.setattr(place, "debian_packages", lambda: packages[::-1])
    assert debian.find() == before


def test_comments_are_no_packages():
    assert all(
        package.replace("-", "").replace(".", "").replace("_", "").isalnum() for package in place.debian_packages()
    )


def test_leftovers_of_interrupted_set_ups_are_removed(home):
    leftover = home / "debian-0123.building/root"
    leftover.mkdir(parents=True)
    leftover.chmod(0o500)
    (home / "debian-4567").mkdir()
    place.remove_unfinished("debian")
    assert [folder.name for folder in home.iterdir()] == ["debian-4567"]


def test_an_unfinished_environment_does_not_count(home):
    target = place.Place(home / "debian-0123")
    target.building.mkdir()
    assert not target.exists()
    target.building.rename(target.folder)
    assert target.exists()


def test_other_environments_are_named(home):
    ours, older = f"debian-{'a' * 12}", f"debian-{'b' * 12}"
    for name in (ours, older, older + ".building", f"python-{'c' * 12}", "debian-downloads"):
        (home / name).mkdir()
    assert place.others(place.Place(home / ours)) == [home / older]


def test_removing_leaves_what_is_not_ours(home):
    for name in (f"debian-{'a' * 12}", f"peers-{'b' * 12}.building", "debian-downloads", "thesis", "debian-packages"):
        (home / name).mkdir()
    place.remove_all()
    assert sorted(folder.name for folder in home.iterdir()) == ["debian-packages", "thesis"]


def test_forms_are_kept_for_each_user_of_a_shared_environment(home, monkeypatch):
    target = place.Place(home / "debian-0")
    target.cache.mkdir(parents=True)
    assert target.cache == target.folder / "cache"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert target.cache == place.user_cache() / "debian-0-cache"


# ------------------------------------------------------------------------------------------ the Debian folder


@pytest.mark.parametrize(
    ("target", "is_main"),
    [
        ("http://mirror/debian Debian bookworm main", True),
        ("http://mirror/debian bookworm main", True),
        ("http://mirror/debian Debian bookworm contrib", False),
        ("http://mirror/debian-security Debian bookworm main", False),
        ("http://mirror/ubuntu Ubuntu noble main", False),
    ],
)
def test_the_mirror_is_one_of_debian(target, is_main):
    assert debian.is_debian_main(target) is is_main


def test_a_mirror_can_be_named(monkeypatch):
    monkeypatch.setenv("SPINFEM_MIRROR", "http://mirror/debian")
    assert debian.mirror() == "http://mirror/debian"


def test_without_apt_the_other_ways_are_named(monkeypatch):
    monkeypatch.delenv("SPINFEM_MIRROR", raising=False)
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="environment.yml"):
        debian.mirror()


def test_a_full_disk_is_said_before_anything_is_downloaded(tmp_path, monkeypatch):
    monkeypatch.setattr(debian, "NEEDED_SPACE", 1e18)
    with pytest.raises(SetupError, match="SPINFEM_HOME"):
        debian.check_space(tmp_path)


def test_a_kernel_without_namespaces_is_said_before_anything_large_is_downloaded(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(debian.namespace, "enter", refuse)
    with pytest.raises(SetupError, match="user namespaces"):
        debian.check_namespaces(tmp_path)


def test_folders_of_the_host_are_seen_and_its_system_is_not(tmp_path):
    for name in ("home", "data", "usr", "lib32", "etc"):
        (tmp_path / name).mkdir()
    (tmp_path / "scratch").symlink_to("data")
    (tmp_path / "file").touch()
    mounts = sandbox.host_folders(tmp_path)
    assert [(mount.kind, os.path.basename(mount.target)) for mount in mounts] == [
        ("bind", "data"),
        ("bind", "home"),
        ("link", "scratch"),
    ]


def test_the_system_cannot_be_changed_by_a_run(tmp_path):
    (tmp_path / "usr/bin").mkdir(parents=True)
    mounts = sandbox.system_mounts(tmp_path)
    assert Mount("/usr", f"{tmp_path}/usr", "read-only") in mounts
    assert Mount("/bin", "usr/bin", "link") in mounts


@pytest.mark.parametrize("directory", ["/", "/home/me", "/tmp", "/var/tmp/x", "/scratch"])
def test_commands_start_in_folders_of_people(directory):
    sandbox.check_visible(directory)


@pytest.mark.parametrize("directory", ["/usr/share", "/etc", "/lib/x"])
def test_commands_do_not_start_in_the_system(directory):
    with pytest.raises(SetupError, match="folder of your own"):
        sandbox.check_visible(directory)


def test_variables_for_other_programs_stay_outside(home):
    host = {
        "LD_LIBRARY_PATH": "/opt/other",
        "PYTHONPATH": "/other",
        "HOME": "/home/me",
        "_SPINFEM_COMPLETE": "x",
        "OMP_NUM_THREADS": "3",
    }
    inside = sandbox.environment(debian.find(), host)
    assert "LD_LIBRARY_PATH" not in inside
    assert inside["PYTHONPATH"] == str(TREE)
    assert inside["HOME"] == "/home/me"
    assert inside["_SPINFEM_COMPLETE"] == "x"
    assert inside["OMP_NUM_THREADS"] == "3"
    assert inside["XDG_CACHE_HOME"].startswith(str(debian.find().folder))


@pytest.mark.parametrize(
    ("host", "several"),
    [
        ({}, False),
        ({"OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "4"}, False),
        ({"OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"}, True),
        ({"SLURM_STEP_NUM_NODES": "2"}, True),
    ],
)
def test_ranks_on_several_machines_may_talk_over_the_network(home, host, several):
    inside = sandbox.environment(debian.find(), host)
    assert [name not in inside for name in ("OMPI_MCA_btl", "UCX_MEM_MMAP_HOOK_MODE")] == [several, several]


# ------------------------------------------------------------------------------------------ other people's programs


def test_peers_have_a_folder_of_their_own(home, monkeypatch):
    ours, theirs = debian.find(), debian.find_peers()
    assert (ours.kind, theirs.kind) == ("debian", "peers")
    monkeypatch.setattr(place, "python_packages", lambda: ["another"])
    assert debian.find() != ours
    assert debian.find_peers() == theirs


def test_peers_do_not_believe_to_be_inside_spinfems_folder(home):
    inside = sandbox.environment(debian.find(), {"HOME": "/home/me", place.INSIDE: "/somewhere"})
    theirs = sandbox.peers_environment(debian.find_peers(), inside)
    assert place.INSIDE not in theirs and "PYTHONPATH" not in theirs
    assert (theirs["HOME"], theirs[place.HOME]) == ("/home/me", str(home))


def test_a_peer_that_is_not_there(home):
    done = setup("peers", "run", "pvbatch")
    assert (done.returncode, done.stdout) == (1, "")
    assert "make peers" in done.stderr


# --------------------------------------------------------------------------- a Python that has DOLFINx


@pytest.mark.parametrize(
    ("version", "parts"), [("9.5.2.dev1", (9, 5, 2)), ("0.9.0", (0, 9, 0)), ("", ()), ("10", (10,))]
)
def test_versions(version, parts):
    assert venv.numbers(version) == parts


def test_requirements():
    assert python_here.is_met("numpy>=1.0")
    assert not python_here.is_met("numpy>=99")
    assert not python_here.is_met("no-such-package>=1")


def test_the_python_that_runs_this_is_used_as_it_is(home):
    made = setup()
    assert made.returncode == 0, made.stderr
    assert "ready" in made.stderr
    assert setup().stderr == ""
    seen = setup("run", "python3", "-c", "import dolfinx, os; print(os.environ['XDG_CACHE_HOME'])")
    assert seen.stdout.startswith(str(home))


def test_a_command_before_the_set_up(home):
    done = setup("run", "true")
    assert done.returncode == 1
    assert "make setup" in done.stderr


def test_exit_status_and_streams_are_those_of_the_command(home):
    setup()
    done = setup("run", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")
    assert setup("run", "no-such-command").returncode == process.NOT_FOUND


def test_inside_nothing_is_set_up_again(home):
    done = setup(**{place.INSIDE: "/somewhere"})
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.iterdir()) == []


def test_spinfem_is_that_of_this_checkout(home):
    command = "import spinfem; print(spinfem.__file__)"
    done = subprocess.run(
        [TREE / "bin/spinfem-env", "python3", "-c", command],
        capture_output=True,
        text=True,
        env=os.environ | {place.INSIDE: "/somewhere"},
        cwd="/",
    )
    assert done.stdout.startswith(str(TREE))


# ------------------------------------------------------------------------------------------ wheels


@pytest.fixture
def fitting(monkeypatch):
    """A Python and a machine that can have the environment of wheels, whatever this one is."""
    monkeypatch.setattr(wheels.sys, "version_info", (3, 13, 5))
    monkeypatch.setattr(wheels.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(wheels.platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(wheels, "find_spec", lambda name: object())
    monkeypatch.setattr(wheels, "compiler", lambda: "/usr/bin/cc")
    monkeypatch.setattr(wheels, "loads", lambda library: True)
    monkeypatch.setattr(wheels.Path, "exists", lambda path: True)


def test_nothing_is_in_the_way_of_wheels(fitting):
    assert wheels.obstacle() is None


@pytest.mark.parametrize(
    ("where", "name", "value", "reason"),
    [
        (wheels.sys, "version_info", (3, 11, 7), "Python 3.12 or newer"),
        (wheels.platform, "machine", lambda: "aarch64", "Linux on x86_64"),
        (wheels.platform, "libc_ver", lambda: ("glibc", "2.31"), "glibc 2.34 or newer"),
        (wheels.platform, "libc_ver", lambda: ("", ""), "glibc 2.34 or newer"),
        (wheels, "find_spec", lambda name: None, "python3-venv"),
        (wheels, "compiler", lambda: None, "no C compiler"),
        (wheels.Path, "exists", lambda path: False, "Python.h"),
        (wheels, "loads", lambda library: "Xft" not in library, r"\(Debian: libxft2\)"),
    ],
)
def test_what_wheels_lack_is_said_in_a_sentence(fitting, monkeypatch, where, name, value, reason):
    monkeypatch.setattr(where, name, value)
    with pytest.raises(SetupError, match=reason) as told:
        wheels.build(place.Place(place.Path("/nowhere/wheels-0")))
    assert "\n" not in str(told.value)


@pytest.fixture
def script(home):
    loader = SourceFileLoader("setup_script", str(TREE / "docker/setup"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("dolfinx", "python", "obstacle", "made", "chosen"),
    [
        (True, (3, 13), None, (), python_here),
        (False, (3, 13), None, (), wheels),
        (False, (3, 13), "no compiler", (), debian),
        (False, (3, 11), None, (), debian),
        (False, (3, 13), None, (debian,), debian),
        (False, (3, 13), None, (debian, wheels), wheels),
        (False, (3, 13), "no compiler", (debian, wheels), debian),
    ],
)
def test_the_order_of_the_ways(script, monkeypatch, dolfinx, python, obstacle, made, chosen):
    monkeypatch.setattr(python_here, "has_dolfinx", lambda: dolfinx)
    monkeypatch.setattr(wheels, "obstacle", lambda: obstacle)
    monkeypatch.setattr(script.sys, "version_info", python)
    for module in made:
        module.find().folder.mkdir()
    assert script.way() is chosen


def test_where_wheels_cannot_be_had_the_debian_folder_is_made_and_the_reason_said(script, monkeypatch, capsys):
    monkeypatch.setattr(python_here, "has_dolfinx", lambda: False)
    monkeypatch.setattr(script.sys, "version_info", (3, 13))
    monkeypatch.setattr(wheels, "obstacle", lambda: "there is no C compiler")
    monkeypatch.setattr(debian, "build", lambda target: target.folder.mkdir())
    script.set_up()
    assert debian.find().exists() and not wheels.find().exists()
    assert "there is no C compiler" in capsys.readouterr().err


def test_scripts_of_a_virtual_environment_name_its_final_folder(home):
    target = place.Place(home / "wheels-0")
    folder = target.building / "venv/bin"
    folder.mkdir(parents=True)
    ours, theirs = folder / "pytest", folder / "mpicc"
    ours.write_text(f"#!{folder}/python3\nimport pytest\n")
    theirs.write_text("#!/bin/sh\n")
    venv.name_finally(ours, target)
    venv.name_finally(theirs, target)
    assert ours.read_text() == f"#!{target.folder}/venv/bin/python3\nimport pytest\n"
    assert theirs.read_text() == "#!/bin/sh\n"


# ------------------------------------------------------------------------------------------ what people see


def test_the_command_is_linked_and_the_one_line_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin")
    link.make()
    link.make()
    assert (tmp_path / ".local/bin/spinfem").resolve() == TREE / "bin/spinfem"
    assert f'export PATH="{tmp_path}/.local/bin:$PATH"' in capsys.readouterr().err


def test_a_program_of_that_name_is_left_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".local/bin").mkdir(parents=True)
    monkeypatch.setenv("PATH", "/usr/bin")
    (tmp_path / ".local/bin/spinfem").write_text("mine")
    link.make()
    assert (tmp_path / ".local/bin/spinfem").read_text() == "mine"
    assert f'export PATH="{TREE}/bin:$PATH"' in capsys.readouterr().err


def test_a_failure_shows_the_end_of_the_log(tmp_path):
    with pytest.raises(SetupError, match="no such thing"):
        watch(["sh", "-c", "echo no such thing; exit 3"], tmp_path / "log", "a step", 1, lambda line: False)


def test_progress_is_a_few_lines_in_a_log(capsys):
    progress = Progress("packages", 1000)
    for _ in range(1000):
        progress.step()
    progress.done()
    assert len(capsys.readouterr().err.splitlines()) == 2
