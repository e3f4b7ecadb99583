"""Going to customers: planned, held, reported, signed."""
