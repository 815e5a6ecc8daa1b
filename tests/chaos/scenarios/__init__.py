"""One module per scenario of the plan: NAME, FAST and FULL sizes, BROKERS, and run(n, broker) -> Report."""
