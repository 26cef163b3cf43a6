# Every target sets up what it needs on a machine that has only Python 3.11+ with venv and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := pip install -q --disable-pip-version-check
INSTALL := $(BIN)/$(PIP_INSTALL) --require-hashes
# numpy's own threads, one for each core in each process, only get in each other's way here.
export OPENBLAS_NUM_THREADS := 1

.PHONY: demo test test-slow test-lowest check bench validate screens docs install requirements clean

demo: $(VENV)/.report
	$(BIN)/rolig demo --store sessions

test: $(VENV)/.dev
	$(BIN)/pytest -n 2 -q

test-slow: $(VENV)/.dev
	$(BIN)/pytest -n 2 -q -m slow

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy tests/vm/guest/*.py
	$(BIN)/mypy systemd/image/*.py
	$(BIN)/mypy
	$(BIN)/vulture

# The device runs on the packages of Debian bookworm: the same tests on those versions.
test-lowest: $(VENV)-lowest/.done
	$(VENV)-lowest/bin/pytest -n 2 -q

bench: $(VENV)/.bench
	$(BIN)/python -m bench

validate: $(VENV)/.bench
	$(BIN)/python -m bench --write docs/validation.md

screens: $(VENV)/.dev
	$(BIN)/python -m device.screens.gallery.sheet docs/img
	$(BIN)/python -m device.screens.gallery.film docs/img/session.gif

# The site from docs/, the README and the builder's pages, in build/site; a link or an anchor that leads nowhere is an error.
docs: $(VENV)-docs/.done
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/mkdocs build --strict

install:
	pipx install --force '.[host]'

$(VENV)/.runtime: pyproject.toml requirements/runtime.txt
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements/runtime.txt
	$(BIN)/$(PIP_INSTALL) --no-deps -e .
	touch $@

# What the demo's report needs beside the device's own packages.
$(VENV)/.report: $(VENV)/.runtime requirements/report.txt
	$(INSTALL) -r requirements/report.txt
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	$(INSTALL) -r requirements/bench.txt
	touch $@

$(VENV)-lowest/.done: pyproject.toml requirements/lowest.txt
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/$(PIP_INSTALL) --require-hashes -r requirements/lowest.txt
	$(VENV)-lowest/bin/$(PIP_INSTALL) --no-deps -e .
	touch $@

$(VENV)-docs/.done: requirements/docs.txt
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/$(PIP_INSTALL) --require-hashes -r requirements/docs.txt
	touch $@

# After a change of dependencies in pyproject.toml; needs uv. Present pins are kept where they still fit. Each file has
# the hashes of all that it names, so that pip takes nothing else; who uses one as constraints strips them (a file of
# constraints with hashes would have pip ask for hashes of everything).
COMPILE := uv pip compile -q --generate-hashes --python-version 3.11
requirements:
	$(COMPILE) --universal pyproject.toml --extra bench -o requirements/bench.txt
	$(COMPILE) --universal pyproject.toml --extra dev -c requirements/bench.txt -o requirements/dev.txt
	$(COMPILE) --universal pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra dev -c requirements/bookworm.txt -o requirements/lowest.txt
	$(COMPILE) --universal --group report -c requirements/dev.txt -o requirements/report.txt
	$(COMPILE) --universal --group hardware -o requirements/hardware.txt
	$(COMPILE) --universal --group docs -o requirements/docs.txt
	$(COMPILE) --universal --group others -o requirements/others.txt

clean:
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-docs $(VENV)-case build dist

# The Debian package for Raspberry Pi OS; needs dpkg-dev and debhelper.
deb:
	systemd/build-deb

# A pair of keys, and an update file for `rolig update` that is signed with the private one, KEY, which belongs in no
# repository (docs/updating.md). `make deb UPDATE_KEY=FILE.pub` puts the public one into the package.
update-key: $(VENV)/.dev
	$(BIN)/python systemd/update_file.py key $(KEY)

update: $(VENV)/.dev
	$(BIN)/python systemd/update_file.py make $(KEY)
.PHONY: update-key update

# Drawings, tables and schematics from hardware/wiring.toml and kit.toml, and the case.
hardware: $(VENV)/.dev case
	$(BIN)/python -m hardware.tables

# The case's STL files and pictures, with CadQuery in an environment of its own.
case: $(VENV)-case/.done
	$(VENV)-case/bin/python -m hardware.case.model

$(VENV)-case/.done: requirements/hardware.txt
	python3 -m venv $(VENV)-case
	$(VENV)-case/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/hardware.txt
	touch $@
.PHONY: deb hardware case

# Boots Debian in an emulator and checks the installed service on a real kernel; needs root, QEMU, mmdebstrap, debhelper.
vm-test: $(VENV)/.dev
	$(BIN)/python -m tests.vm.run
.PHONY: vm-test

# A subset of the tests on Debian for arm64 or armhf, under qemu-user; needs root, mmdebstrap, arch-test, debhelper,
# qemu-user-static, binfmt-support; for the instruction counts at the end of arm64's also qemu-user and cc.
arm64-test armhf-test: %-test: $(VENV)/.runtime
	$(BIN)/python -m tests.vm.arm $*
.PHONY: arm64-test armhf-test

# A card for the Zero 2 W, 3 and 4 to flash, in dist/; needs root, mmdebstrap, qemu-user-static and the tools it names.
image: $(VENV)/.runtime
	$(BIN)/python systemd/image

# Boots it in an emulator: first screen, a session pulled and one recorded, the power cut; then with its sessions'
# partition destroyed, and on a Raspberry Pi 3B. Needs qemu-system-arm, too.
image-test: $(VENV)/.dev image
	$(BIN)/python -m tests.vm.card dist/rolig_*_arm64.img
	$(BIN)/python -m tests.vm.boards dist/rolig_*_arm64.img
.PHONY: image image-test
