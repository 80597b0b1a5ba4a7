# Two commands do all the set-up and the work: `make demo` and `make test`.
# `make check` is the inner loop; `make bench` measures.

.PHONY: demo test check bench mutants clean

demo:
	@scripts/demo

test:
	@scripts/test

check:
	@scripts/check

bench:
	@scripts/bench

# Takes each defence out and shows that its test then fails.
mutants:
	@scripts/mutants

clean:
	rm -rf target tests/clients/node/node_modules tests/clients/python/.venv benches/peer/node_modules
