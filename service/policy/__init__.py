"""Policy as revisions: reading the folder, storing what it says, and which revision is active."""
