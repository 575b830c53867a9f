#!/usr/bin/env python3
"""Derives the coefficients of src/simd/polynomials.hpp (mpmath, 60 digits).

A polynomial is fitted by least squares of the relative error at Chebyshev nodes, which is within a small factor of
the minimax polynomial. Its coefficients are rounded to the working precision one after another, lowest first; after
each rounding the remaining ones are fitted again, so the later ones make up for the rounding of the earlier ones. The coefficients of the
float64 logarithm are those of the series 2 artanh(s) = 2 s + 2 s^3/3 + 2 s^5/5 + ... and need no fit.

Usage: simd_polynomials.py            prints the tables and the largest relative error in exact arithmetic
"""
import struct

from mpmath import cos, exp, fabs, lu_solve, log, matrix, mp, mpf, pi, sqrt

mp.dps = 60


def to_double(x):
    return mpf(float(x))


def to_float(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def chebyshev_nodes(low, high, count):
    return [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def fit(f, weight, low, high, degree, rounding):
    """Coefficients, lowest first, of the polynomial q that makes weight(x) (q(x) - f(x)) small on [low, high]."""
    nodes = chebyshev_nodes(low, high, 4 * (degree + 1))
    rounded = []
    for position in range(degree + 1):
        rows = matrix(len(nodes), degree + 1 - position)
        target = matrix(len(nodes), 1)
        for i, x in enumerate(nodes):
            for j in range(position, degree + 1):
                rows[i, j - position] = weight(x) * x**j
            target[i] = weight(x) * (f(x) - horner(rounded, x))
        rounded.append(rounding(lu_solve(rows, target)[0]))
    return rounded


def horner(coefficients, x):
    value = mpf(0)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def worst(approximation, exact, low, high, points=5001):
    error = mpf(0)
    for i in range(points):
        x = low + (high - low) * i / (points - 1)
        if x != 0:
            error = max(error, fabs(approximation(x) / exact(x) - 1))
    return error


def show(name, coefficients, error):
    print(f"{name}: relative error {float(error):.2e}")
    for c in coefficients:
        print(f"  {float(c).hex()}")


def main():
    low, high = sqrt(mpf(2)) / 2 - 1, sqrt(mpf(2)) - 1
    # log(1 + f) = f + f^2 q(f)
    for degree in (6, 7):
        q = fit(lambda f: (log(1 + f) - f) / f**2, lambda f: f**2 / log(1 + f),
                low, high, degree, to_float)
        error = worst(lambda f: f + f * f * horner(q, f), lambda f: log(1 + f), low, high)
        show(f"log float32, degree {degree}", q, error)
    # exp(r) = 1 + (r + r^2 q(r)) on |r| <= ln(2)/2, widened by the rounding of the reduction.
    half = log(mpf(2)) / 2 * mpf("1.0001")
    for degree in (8, 9):
        q = fit(lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), -half, half, degree, to_double)
        show(f"exp float64, degree {degree}", q, worst(lambda r: 1 + r + r * r * horner(q, r), exp, -half, half))
    for degree in (3, 4):
        q = fit(lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), -half, half, degree, to_float)
        show(f"exp float32, degree {degree}", q, worst(lambda r: 1 + r + r * r * horner(q, r), exp, -half, half))
    ln2 = log(mpf(2))
    short = mpf(int(ln2 * 2**16)) / 2**16
    print("ln2 of 16 bits", float(short).hex(), "and the rest", float(to_float(ln2 - short)).hex())
    upper = mpf(int(ln2 * 2**40)) / 2**40
    print("ln2 upper", float(upper).hex(), "lower", float(ln2 - upper).hex(), "float", float(to_float(ln2)).hex())
    print("log2e", float(1 / ln2).hex(), "sqrt(1/2)", float(sqrt(mpf(1) / 2)).hex())


if __name__ == "__main__":
    main()
