# Every target sets up what it needs on a machine that has only Python 3.11+ with venv and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
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
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

# What the demo's report needs beside the device's own packages, as pinned for the rest.
$(VENV)/.report: $(VENV)/.runtime requirements/dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -c requirements/dev.txt edfio plotly tqdm
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements/dev.txt
	touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements/bench.txt
	touch $@

$(VENV)-lowest/.done: pyproject.toml requirements/lowest.txt
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/pip install -q --disable-pip-version-check -r requirements/lowest.txt
	$(VENV)-lowest/bin/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)-docs/.done: requirements/docs.txt
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/pip install -q --disable-pip-version-check -r requirements/docs.txt
	touch $@

# After a change of dependencies in pyproject.toml; needs uv. Present pins are kept where they still fit.
requirements:
	uv pip compile -q --universal --python-version 3.11 pyproject.toml --extra bench -o requirements/bench.txt
	uv pip compile -q --universal --python-version 3.11 pyproject.toml --extra dev -c requirements/bench.txt -o requirements/dev.txt
	uv pip compile -q --generate-hashes --universal --python-version 3.11 pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	uv pip compile -q --python-version 3.11 pyproject.toml --extra dev -c requirements/bookworm.txt -o requirements/lowest.txt
	uv pip compile -q --universal --python-version 3.11 --group docs -o requirements/docs.txt
	uv pip compile -q --universal --python-version 3.11 --group others -o requirements/others.txt

clean:
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-docs build dist

# The Debian package for Raspberry Pi OS; needs dpkg-dev and debhelper.
deb:
	systemd/build-deb

# Drawings and tables from hardware/wiring.toml; needs Graphviz.
hardware: $(VENV)/.dev
	$(BIN)/pip install -q --disable-pip-version-check -r requirements/hardware.txt
	$(BIN)/python -m hardware.tables
	$(BIN)/python -m hardware.draw
.PHONY: deb hardware

# Boots Debian in an emulator and checks the installed service on a real kernel; needs root, QEMU, mmdebstrap, debhelper.
vm-test: $(VENV)/.runtime
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

# Boots it in an emulator: first screen, a session pulled and one recorded, the power cut; needs qemu-system-arm, too.
image-test: image
	$(BIN)/python -m tests.vm.card dist/rolig_*_arm64.img
.PHONY: image image-test
