"""The command `gatehouse`: thin; every command calls one function and shows what came out."""
