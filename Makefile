# `make help` lists what there is. Everything runs in the environment that docker/setup makes, once.

.PHONY: help environment peers environments setup demo test test-full test-wheels lint shell clean clean-environment
.DEFAULT_GOAL := help

IN := docker/setup run
CORES := $(shell nproc 2>/dev/null || echo 1)
RANKS := $(if $(filter 1,$(CORES)),1,2)
# a file of tests stays with one worker, so its meshes and solutions are made once
PYTEST := $(IN) python3 -m pytest tests -n $(CORES) --dist loadfile
# what another DOLFINx, PETSc, MPI or VTK would break
WITH_WHEELS := tests/wheels $(addprefix tests/unit/,test_broken_space.py test_compat.py test_doctor.py test_mpi.py test_multigrid.py test_reduced_operator.py) \
	$(addprefix tests/unit/,geometry/test_mesh_file.py output/test_fields.py) \
	tests/physics/test_interfaces.py tests/parallel/test_geometry.py tests/cli/test_run.py

export OMP_NUM_THREADS := 1

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

environment:
	@docker/setup

peers:  ## install other people's programs apart (ParaView, Slurm, Chromium, finite elements), for the tests that need them (optional)
	@docker/setup peers || echo 'spinfem: tests that need them will be skipped' >&2

environments:
	@$(MAKE) --no-print-directory -j2 environment peers

setup:  ## install what spinfem needs (once, some minutes) and the command `spinfem`
	@docker/setup --link

demo: setup  ## simulate the nonlocal spin valve; results in results/nonlocal_valve
	$(IN) spinfem run cases/nonlocal_valve.yaml -o results/nonlocal_valve -n $(RANKS)

test: environments  ## the tests
	$(PYTEST)

test-full: environments  ## the tests, with those that take minutes
	$(PYTEST) -m "slow or not slow"

test-wheels:  ## a part of the tests on DOLFINx from wheels, in an environment of its own
	@docker/setup wheels
	docker/setup wheels run python3 -m pytest $(WITH_WHEELS) -n $(CORES) --dist loadfile

lint: environment  ## style (ruff), which folder may import which (import-linter), static types (mypy)
	@docker/setup lint
	docker/setup lint ruff check
	docker/setup lint ruff format --check
	docker/setup lint lint-imports
	docker/setup lint mypy

shell: environment  ## a shell in the environment
	@$(IN) bash

clean:  ## remove results and caches from this folder
	rm -rf results build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-environment:  ## remove the environment too (make setup brings it back)
	docker/setup remove
