"""Questions about all cases at once, answered by proof (z3; the extra `analysis`)."""
