"""MPI of either make around us."""

import sys

import pytest

from spinfem import mpi

# What the ranks of each find in their environment.
OPEN_MPI_5 = {"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1", "PMIX_RANK": "1", "PRTE_LAUNCHED": "1"}
HYDRA = {"PMI_SIZE": "2", "PMI_RANK": "1", "PMI_FD": "9", "HYDI_CONTROL_FD": "7", "MPI_LOCALNRANKS": "2"}
SLURM_PMIX = {"PMIX_RANK": "0", "PMIX_NAMESPACE": "slurm.pmix.1.0"}
SLURM_PMI2 = {"PMI_RANK": "0", "PMI_SIZE": "2", "PMI_FD": "17"}


@pytest.fixture
def nobody_around(monkeypatch):
    for name in set(mpi.os.environ) - set(mpi.outside_mpi()):
        monkeypatch.delenv(name)


@pytest.mark.parametrize("marks", [OPEN_MPI_5, HYDRA, SLURM_PMIX, SLURM_PMI2])
def test_a_rank_knows_that_it_is_one_and_its_children_do_not(nobody_around, monkeypatch, marks):
    assert not mpi.under_mpi()
    for name, value in marks.items():
        monkeypatch.setenv(name, value)
    assert mpi.under_mpi()
    assert not set(marks) & set(mpi.outside_mpi())


@pytest.mark.parametrize("name", ["OMPI_MCA_btl", "HOME", "OMP_NUM_THREADS"])
def test_settings_reach_the_children(monkeypatch, name):
    monkeypatch.setenv(name, "x")
    assert mpi.outside_mpi()[name] == "x"


def test_the_mpirun_of_this_python_goes_before_that_of_the_path(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(mpi.shutil, "which", lambda name: "/usr/bin/mpirun")
    assert mpi.on_ranks(3, ["it"]) == ["/usr/bin/mpirun", "-n", "3", "it"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/mpirun").touch()
    assert mpi.on_ranks(3, ["it"])[0] == str(tmp_path / "bin/mpirun")
    assert mpi.on_ranks(1, ["it"]) == ["it"]
