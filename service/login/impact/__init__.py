"""Impact: who would be decided otherwise by another rulebook."""
