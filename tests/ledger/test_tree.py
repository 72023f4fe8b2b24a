"""The tree is that of RFC 6962, and its proofs prove what they say and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ledger.tree import (
    EMPTY,
    Peaks,
    consistency,
    extends,
    includes,
    inclusion,
    leaf_hash,
    node_hash,
    root_of,
)

#: The reference vectors of certificate transparency: leaves, and the root over the first n.
VECTOR = [
    *("", "00", "10", "2021", "3031", "40414243"),
    *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes([n])) for n in range(130)]
#: No leaf of theirs: b"x" would be the leaf 120.
ANOTHER = leaf_hash(b"none of them")


def by_definition(leaves: list[bytes]) -> bytes:
    """The root as the RFC defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(by_definition(leaves[:half]), by_definition(leaves[half:]))


def root(low: int, high: int) -> bytes:
    """The root of a range."""
    return by_definition(LEAVES[low:high])


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_roots_are_those_of_the_reference_vectors(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(each)) for each in VECTOR[:size]]

    assert root_of(leaves).hex() == ROOTS[size]


@given(st.integers(0, 130), st.integers(0, 130))
def test_a_tree_that_grew_is_the_tree_of_all_its_leaves(one: int, other: int) -> None:
    first, second = sorted((one, other))

    grown = Peaks().grown(LEAVES[:first]).grown(LEAVES[first:second])

    assert (grown.size, grown.root) == (second, root(0, second))


@given(st.integers(1, 130), st.data())
def test_a_leaf_is_proven_where_it_stands_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    path = inclusion(index, size, root)

    assert includes(LEAVES[index], index, size, path, root(0, size))
    assert includes(LEAVES[other], index, size, path, root(0, size)) == (other == index)
    assert includes(LEAVES[index], other, size, path, root(0, size)) == (other == index)
    assert not includes(LEAVES[index], index, size, [*path, EMPTY], root(0, size))
    assert not includes(LEAVES[index], index, size, path, EMPTY)


@given(st.integers(0, 130), st.integers(0, 130), st.data())
def test_a_tree_is_proven_to_begin_another_one_only_if_it_does(
    one: int, other: int, data: st.DataObject
) -> None:
    first, second = sorted((one, other))
    path = consistency(first, second, root)

    assert extends(first, root(0, first), second, root(0, second), path)
    assert not extends(first, ANOTHER, second, root(0, second), path)
    assert extends(first, root(0, first), second, ANOTHER, path) == (first == 0)
    if path:
        changed = list(path)
        changed[data.draw(st.integers(0, len(path) - 1))] = ANOTHER
        assert not extends(first, root(0, first), second, root(0, second), changed)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_leaf_is_proven_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="there is no leaf"):
        inclusion(index, size, root)


def test_no_longer_tree_begins_a_shorter_one() -> None:
    with pytest.raises(ValueError, match="cannot begin"):
        consistency(4, 3, root)
    assert not extends(4, root(0, 4), 3, root(0, 3), [])
