"""The gate: gather, decide, record."""
