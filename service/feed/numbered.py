"""Numbers as IDs, and numbers drawn from numbers: the same ones for the same seed."""

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLACES = 5
_MOST = 2**64 - 1


def person_id(prefix: str, number: int) -> str:
    """An ID of its own for each *number* below 36 to the power of five, in the same order."""
    signs = ""
    for _ in range(_PLACES):
        number, sign = divmod(number, len(_SIGNS))
        signs = _SIGNS[sign] + signs
    return prefix + signs


def mixed(seed: int, number: int) -> int:
    """64 bits that look drawn by chance (SplitMix64 by Steele, Lea and Flood)."""
    bits = (seed + (number + 1) * 0x9E3779B97F4A7C15) & _MOST
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _MOST
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _MOST
    return bits ^ bits >> 31
