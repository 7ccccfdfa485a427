"""RSA keys out of a seed, which no library makes. They open the embedded exchange, and nothing else."""

from __future__ import annotations

from random import Random

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)

BITS = 2048
"""The shortest that the exchange takes (faqs/api_key_types.md, read 2026-07-21)."""
_EXPONENT = 65_537
_SIEVED = 2_000
"""Candidates are tried by the primes below before the costly test."""
_ROUNDS = 8
"""Of Miller and Rabin; at this length fewer than one composite in 2^80 passes."""


def _small_primes() -> list[int]:
    return [n for n in range(3, _SIEVED, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


def is_prime(number: int, rng: Random) -> bool:
    """Whether an odd number above 3 is prime, as far as Miller and Rabin can tell."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(_ROUNDS):
        power = pow(rng.randrange(2, number - 1), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _prime(rng: Random, small: list[int]) -> int:
    """A prime of half the length, with both top bits set, so that two of them make the full length."""
    half = BITS // 2
    while True:
        number = rng.getrandbits(half) | 0b11 << half - 2 | 1
        if all(number % prime for prime in small) and (number - 1) % _EXPONENT and is_prime(number, rng):
            return number


def rsa_key(rng: Random) -> RSAPrivateKey:
    """The next key of a seed. Takes half a second."""
    small = _small_primes()
    p, q = _prime(rng, small), _prime(rng, small)
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(_EXPONENT, p * q)
    return RSAPrivateNumbers(
        p, q, d, rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q), public
    ).private_key()
