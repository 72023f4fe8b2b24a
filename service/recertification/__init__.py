"""The Recertification subsystem: staff, reports, unlocking, roles, flags, requests, windows."""
