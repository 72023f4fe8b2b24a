"""The outlook: when each entry will lock if nothing is done, and what that makes for everybody."""
