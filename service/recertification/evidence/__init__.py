"""The evidence of one certification window: rows for somebody else to check."""
