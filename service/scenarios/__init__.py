"""Acceptance histories: who exists, what happened, what is asked on which day, what comes out."""
