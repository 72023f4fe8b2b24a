"""People as they are stored: what WASS says of them, their standing, requests made for them."""
