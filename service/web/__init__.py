"""HTTP: who calls, what is asked, what is answered. Decides nothing."""
