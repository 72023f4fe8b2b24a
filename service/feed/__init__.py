"""The feed: what WASS knows, delivered as a folder of CSV files."""
