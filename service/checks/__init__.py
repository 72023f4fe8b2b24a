"""What may be wrong with a house: found once here, for /readyz and for `gatehouse doctor`."""
