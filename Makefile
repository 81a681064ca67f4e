# The two commands: `make demo` and `make test`. Both install what is missing, build, and run.

CARGO ?= cargo
ORDERS ?= assets/demo/orders.csv
SEED ?= 1
MINUTES ?= 1

.PHONY: demo demo-headless torture test simulate bench lint fmt doc screens setup

## Plays a real morning of orders: in windows where there is a display, scripted where there is none.
demo:
	@packaging/setup/system.sh build
	@$(CARGO) build --locked -p aisle -p aisle-oms
	@$(CARGO) run --locked -q --example shift -- --orders "$(ORDERS)" --seed "$(SEED)" --mode auto

## The scripted morning, whether there is a display or not.
demo-headless:
	@packaging/setup/system.sh build
	@$(CARGO) build --locked -p aisle -p aisle-oms
	@$(CARGO) run --locked -q --example shift -- --orders "$(ORDERS)" --seed "$(SEED)" --mode scripted

## Mornings of real processes for so many minutes: connections break, terminals die over a scan, the centre loses
## power; each ends with the goods counted.
torture:
	@packaging/setup/system.sh build
	@$(CARGO) build --locked -p aisle -p aisle-oms
	@$(CARGO) run --locked -q --example shift -- --orders "$(ORDERS)" --seed "$(SEED)" --mode torture \
		--minutes "$(MINUTES)" --out target/torture

## Every test.
test:
	@packaging/setup/system.sh test
	@$(CARGO) test --locked --workspace

## The fleet simulator: SEEDS=n SEED_BASE=b, SEED=x to see one again, CANARY=name or CANARY=all; SWEEP=all for a power
## cut at every call to a disk, SWEEP=n for one in n of them (docs/simulator.md).
simulate:
	@packaging/setup/system.sh test
	@SEEDS="$(or $(SEEDS),$(if $(CANARY),1,200))" SEED_BASE="$(SEED_BASE)" SEED="$(if $(filter-out file,$(origin SEED)),$(SEED))" \
		CANARY="$(CANARY)" SWEEP="$(SWEEP)" FAULTS="$(FAULTS)" UNTIL="$(UNTIL)" $(CARGO) test --locked --workspace -q --test fleet

## Every figure, into target/bench/summary.json.
bench:
	@packaging/setup/system.sh build
	@packaging/setup/bench.sh

lint:
	@packaging/setup/system.sh lint
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps

fmt:
	@$(CARGO) fmt --all

setup:
	@packaging/setup/system.sh lint
	@packaging/setup/system.sh test
