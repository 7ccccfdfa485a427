"""RSA keys out of a seed."""

from __future__ import annotations

from random import Random

import pytest

from bntui.sim.rsakeys import BITS, is_prime, rsa_key


@pytest.mark.parametrize("number", [5, 7, 97, 65_537, 2**89 - 1])
def test_primes_are_known(number: int) -> None:
    assert is_prime(number, Random(1))


@pytest.mark.parametrize("number", [9, 91, 561, 41_041, 825_265, (2**61 - 1) * (2**31 - 1)])
def test_composites_are_found_out_also_those_that_pass_simpler_tests(number: int) -> None:
    assert not is_prime(number, Random(1))


def test_the_same_seed_makes_the_same_key_of_full_length() -> None:
    one, same, other = (rsa_key(Random(seed)) for seed in (1, 1, 2))
    assert one.key_size == BITS
    assert one.private_numbers() == same.private_numbers()
    assert one.private_numbers() != other.private_numbers()
