"""The tree against RFC 6962's vectors, against pymerkle, and under every single flipped bit."""

import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.engines import merkle

# Inputs and roots that implementations of RFC 6962 share.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
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
INCLUSION = {  # (index, size): path
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {  # (first, second): path
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def reader(leaves):
    return lambda level, index: merkle.root(leaves[index << level : (index + 1) << level])


def plain_root(leaves):
    """RFC 6962's definition, written down as it stands."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def flips(value: bytes):
    for bit in range(len(value) * 8):
        changed = bytearray(value)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def test_roots_of_the_published_vectors():
    leaves = [merkle.leaf_hash(data) for data in LEAVES]
    assert [merkle.root(leaves[:size]).hex() for size in range(9)] == ROOTS


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_paths_of_the_published_vectors(index, size):
    leaves = [merkle.leaf_hash(data) for data in LEAVES]
    path = merkle.proof(merkle.inclusion_ranges(index, size), reader(leaves))
    assert [step.hex() for step in path] == INCLUSION[index, size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_consistency_paths_of_the_published_vectors(first, second):
    leaves = [merkle.leaf_hash(data) for data in LEAVES]
    path = merkle.proof(merkle.consistency_ranges(first, second), reader(leaves))
    assert [step.hex() for step in path] == CONSISTENCY[first, second]


def test_pymerkle_agrees_on_every_tree_up_to_70_leaves():
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    leaves = []
    for number in range(70):
        data = b"case %d" % number
        theirs.append_entry(data)
        leaves.append(merkle.leaf_hash(data))
        size = number + 1
        assert merkle.root(leaves) == theirs.get_root(size)
        for index in range(size):
            path = merkle.proof(merkle.inclusion_ranges(index, size), reader(leaves))
            # pymerkle puts the leaf itself before the path.
            assert [leaves[index], *path] == theirs.prove_inclusion(index + 1, size).path
            assert merkle.inclusion_holds(
                leaves[index], index=index, size=size, path=path, root=merkle.root(leaves)
            )


def test_our_proofs_satisfy_pymerkle_and_its_roots_satisfy_ours():
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    theirs.append_entries([b"%d" % n for n in range(41)])
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(41)]
    for first in range(1, 42):
        path = merkle.proof(merkle.consistency_ranges(first, 41), reader(leaves))
        assert merkle.consistency_holds(
            first=first,
            second=41,
            first_root=theirs.get_root(first),
            second_root=theirs.get_root(41),
            path=path,
        )


hashes = st.binary(min_size=32, max_size=32)


@given(st.lists(hashes, max_size=80))
def test_root_is_the_definition(leaves):
    assert merkle.root(leaves) == plain_root(leaves)


@given(st.lists(hashes, min_size=1, max_size=80, unique=True), st.data())
def test_inclusion_holds_for_its_own_place_only(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.proof(merkle.inclusion_ranges(index, len(leaves)), reader(leaves))
    root = merkle.root(leaves)
    assert len(path) <= max(len(leaves) - 1, 1).bit_length()
    assert merkle.inclusion_holds(leaves[index], index=index, size=len(leaves), path=path, root=root)
    assert merkle.inclusion_holds(leaves[index], index=other, size=len(leaves), path=path, root=root) == (
        other == index
    )
    assert not merkle.inclusion_holds(
        leaves[index], index=index, size=len(leaves), path=[*path, root], root=root
    )


@given(st.lists(hashes, min_size=1, max_size=80), st.data())
def test_consistency_holds_for_every_earlier_size(leaves, data):
    first = data.draw(st.integers(1, len(leaves)))
    path = merkle.proof(merkle.consistency_ranges(first, len(leaves)), reader(leaves))
    old, new = merkle.root(leaves[:first]), merkle.root(leaves)

    def holds(steps):
        return merkle.consistency_holds(
            first=first, second=len(leaves), first_root=old, second_root=new, path=steps
        )

    assert holds(path)
    assert not holds([*path, new])
    assert not path or not holds(path[:-1])


@given(st.lists(hashes, min_size=2, max_size=80, unique=True), st.data())
def test_a_rewritten_history_is_never_consistent(leaves, data):
    first = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:changed], merkle.leaf_hash(leaves[changed]), *leaves[changed + 1 :]]
    path = merkle.proof(merkle.consistency_ranges(first, len(leaves)), reader(rewritten))
    assert not merkle.consistency_holds(
        first=first,
        second=len(leaves),
        first_root=merkle.root(leaves[:first]),
        second_root=merkle.root(rewritten),
        path=path,
    )


def test_every_flipped_bit_of_an_inclusion_proof_is_refused():
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(13)]
    index, root = 6, merkle.root(leaves)
    path = merkle.proof(merkle.inclusion_ranges(index, 13), reader(leaves))
    whole = [leaves[index], *path, root]
    for position, value in enumerate(whole):
        for wrong in flips(value):
            leaf, *steps, top = [*whole[:position], wrong, *whole[position + 1 :]]
            assert not merkle.inclusion_holds(leaf, index=index, size=13, path=steps, root=top)


@pytest.mark.parametrize(("first", "second"), [(4, 13), (6, 13), (12, 13), (13, 13), (5, 5)])
def test_every_flipped_bit_of_a_consistency_proof_is_refused(first, second):
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(second)]
    path = merkle.proof(merkle.consistency_ranges(first, second), reader(leaves))
    whole = [merkle.root(leaves[:first]), *path, merkle.root(leaves)]
    for position, value in enumerate(whole):
        for wrong in flips(value):
            old, *steps, new = [*whole[:position], wrong, *whole[position + 1 :]]
            assert not merkle.consistency_holds(
                first=first, second=second, first_root=old, second_root=new, path=steps
            )


@given(st.lists(hashes, max_size=60), st.lists(hashes, max_size=60))
def test_a_frontier_continues_where_it_stopped(before, after):
    parts = [
        merkle.root(before[i << level : (i + 1) << level]) for level, i in merkle.subtrees(0, len(before))
    ]
    frontier = merkle.Frontier(len(before), parts)
    leaves = list(before)
    for leaf in after:
        leaves.append(leaf)
        for level, index, value in frontier.append(leaf):
            assert value == merkle.root(leaves[index << level : (index + 1) << level])
    assert frontier.root() == merkle.root(leaves)
    assert frontier.size == len(leaves)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="no leaf 3"):
        merkle.inclusion_ranges(3, 3)
    with pytest.raises(ValueError, match="cannot extend"):
        merkle.consistency_ranges(5, 4)
    with pytest.raises(ValueError, match="has 2 subtrees"):
        merkle.Frontier(3, [bytes(32)])
    assert not merkle.inclusion_holds(b"short", index=0, size=1, path=[], root=b"short")
    assert not merkle.consistency_holds(
        first=2, second=1, first_root=bytes(32), second_root=bytes(32), path=[]
    )
    empty = merkle.EMPTY_ROOT
    assert merkle.consistency_holds(first=0, second=3, first_root=empty, second_root=bytes(32), path=[])
    assert not merkle.consistency_holds(first=0, second=3, first_root=bytes(32), second_root=empty, path=[])
