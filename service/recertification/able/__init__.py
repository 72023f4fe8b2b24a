"""Who can do what: everybody asked about, of the judge that decides it."""
