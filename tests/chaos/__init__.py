"""Deaths of workers, brokers and connections, with exact expectations."""
