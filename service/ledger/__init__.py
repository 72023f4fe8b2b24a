"""The ledger: every decision, operation, publication and import is one entry."""
