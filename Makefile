# SPDX-License-Identifier: GPL-2.0
# What a person types; scripts/ holds how it is done. Kbuild holds what the modules
# are made of: the kernel's own "make -C …/build M=$PWD modules" reads only that.
#
#   KERNEL=6.12.…-amd64   the release to build for and to boot; debug: see check-debug
#   TEST=name             only the tests whose name contains this
#   VERBOSE=1             tests show what they do

export KERNEL TEST VERBOSE

all: modules btcpctl

help:
	@echo 'make            modules (for $$KERNEL) and btcpctl'
	@echo 'make demo       a cluster in a VM, and requests through it, shown'
	@echo 'make check      everything that is checked; make check TEST=name: those cluster tests'
	@echo 'make check-suites  the cluster suite on every kernel; hours'
	@echo 'make check-debug   on a kernel that looks for errors; TEST=name as above'
	@echo 'make fuzz       each fuzz target for TIME=60 seconds'
	@echo 'make shell      a shell in the cluster VM'
	@echo 'make soak       clients and faults of all sorts for TIME=600 seconds, from SEED=…'
	@echo 'make bench-lard  LARD against round robin: table, and docs/bench/lard.svg'
	@echo 'make lint       static analysis and style'
	@echo 'make install    modules into /lib/modules, btcpctl into $$(PREFIX)'
	@echo 'make packages   install what is missing (all targets above that need it do so)'

packages:
	@scripts/install-packages.sh

modules:
	@scripts/build-modules.sh "$$(scripts/kernels.sh default)"
	@install -m 0644 build/"$$(scripts/kernels.sh default)"/*.ko .

btcpctl:
	@scripts/build-btcpctl.sh

demo: packages
	@scripts/in-cluster.sh tests/cluster/demo.sh

shell: packages
	@scripts/in-cluster.sh -i tests/cluster/shell.sh

check: packages
	@scripts/check.sh

soak: packages
	@scripts/in-cluster.sh -t $$(($(or $(TIME),600) + 600)) tests/cluster/soak.sh $(or $(TIME),600) $(SEED)

check-suites: packages
	@STEPS=suites scripts/check.sh

check-debug: packages
	@KERNEL=debug KERNELS=debug STEPS=suites scripts/check.sh

bench-lard: packages
	@scripts/install-packages.sh bench
	@scripts/bench-lard.sh

fuzz: packages
	@$(MAKE) --no-print-directory -C tests/fuzz smoke TIME=$(or $(TIME),60)

lint: packages
	@scripts/lint.sh

install: all
	@scripts/install.sh

clean:
	@scripts/clean.sh

.PHONY: all help packages modules btcpctl demo shell check check-suites check-debug bench-lard fuzz soak lint install clean
