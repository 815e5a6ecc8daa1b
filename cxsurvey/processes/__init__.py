"""Child processes of `make demo`, `make run`, commands and tests: state on disk, servers, and who watches them."""
