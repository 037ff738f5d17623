import os
import subprocess
import sys

from spinfem import doctor


def one(check):
    return doctor.run_check("it", check)


def test_everything_works_here():
    results = doctor.checks()
    assert [result.name for result in results] == list(doctor.CHECKS)
    assert [result for result in results if result.status == "fail"] == []
    assert doctor.healthy(results)


def test_an_import_that_fails_is_a_finding(monkeypatch):
    monkeypatch.setitem(sys.modules, "gmsh", None)
    result = one(doctor.check_gmsh)
    assert result.status == "fail"
    assert "gmsh" in result.detail
    assert not doctor.healthy([result])


def test_an_old_dolfinx(monkeypatch):
    import dolfinx

    monkeypatch.setattr(dolfinx, "__version__", "0.8.0")
    assert one(doctor.check_dolfinx).detail == "0.8.0, but 0.9 or newer is needed"


def test_no_mpirun(monkeypatch):
    monkeypatch.setattr(doctor, "launcher", lambda: None)
    assert one(doctor.check_ranks).status == "fail"


def test_ranks_that_do_not_see_each_other(monkeypatch):
    monkeypatch.setattr(doctor, "ask", lambda command, word: 1.0)
    assert "another MPI" in one(doctor.check_ranks).detail


def test_a_blank_picture(monkeypatch):
    monkeypatch.setattr(doctor, "ask", lambda command, word: 0.0)
    assert one(doctor.check_picture) == doctor.Check("it", "fail", "the picture is blank")


def test_a_crash_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "PICTURE_SCRIPT", "import os, sys; print('no display', file=sys.stderr); os.abort()")
    result = one(doctor.check_picture)
    assert result.status == "fail"
    assert "no display" in result.detail


def test_forms_that_were_never_finished(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = tmp_path / "fenics"
    cache.mkdir()
    for name in ("done.c", "done.c.cached", "killed.c"):
        (cache / name).touch()
    assert doctor.unfinished(cache) == [cache / "killed.c"]
    assert one(doctor.check_cache).status == "warn"


def test_printed_from_the_command_line():
    script = (
        "from spinfem import doctor; doctor.CHECKS = {'python': doctor.check_python}; raise SystemExit(doctor.main())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0
    assert "python" in done.stdout and "ok" in done.stdout
