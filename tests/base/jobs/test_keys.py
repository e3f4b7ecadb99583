"""Keys packed and unpacked."""

from hypothesis import given
from hypothesis import strategies as some

from base.jobs.keys import pack_keys, unpack_keys


@given(some.lists(some.integers(min_value=1, max_value=2**62)))
def test_they_come_back_in_order_and_each_once(keys):
    assert unpack_keys(pack_keys(keys)) == sorted(set(keys))


def test_a_million_neighbours_are_small():
    assert len(pack_keys(range(1, 1_000_001))) < 100_000
