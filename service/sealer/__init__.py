"""Sealing, signing and telling the outside: beside the answers, in transactions of their own."""
