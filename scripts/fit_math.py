#!/usr/bin/env python3
"""Fits the polynomials of kernels/math.hpp and prints them with their errors.

Each is the minimax polynomial (Remez exchange, 50 digits) of one smooth function on the range that
its argument reduction leaves. Coefficients are rounded to the target precision one by one and the
rest is fitted again, where the range is one-sided; the printed error is that of the rounded
polynomial, before the rounding of its evaluation.

Needs mpmath. Nothing in the build needs this script: it is the source of the numbers.
"""
from mpmath import mp, mpf, matrix, lu_solve, exp, log, erf, erfc, atanh, sin, cos, pi, sqrt
import struct

mp.dps = 50


def remez(function, weight, low, high, powers, grid_size=1200, rounds=12):
    """Coefficients of sum_i c_i x^powers[i] with the smallest max |weight (function - sum)|."""
    n = len(powers)
    grid = [low + (high - low) * (1 - cos(pi * i / grid_size)) / 2 for i in range(grid_size + 1)]
    values = [function(x) for x in grid]
    weights = [weight(x) for x in grid]
    nodes = [round(i * grid_size / n) for i in range(n + 1)]
    for _ in range(rounds):
        a, b = matrix(n + 1, n + 1), matrix(n + 1, 1)
        for row, g in enumerate(nodes):
            for column, p in enumerate(powers):
                a[row, column] = grid[g] ** p
            a[row, n] = (-1) ** row / weights[g]
            b[row] = values[g]
        solution = lu_solve(a, b)
        c = [solution[i] for i in range(n)]
        error = [w * (v - sum(ci * x ** p for ci, p in zip(c, powers)))
                 for x, v, w in zip(grid, values, weights)]
        # the extremum of each run of one sign
        extrema, start = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or (error[i] > 0) != (error[start] > 0):
                extrema.append(max(range(start, i), key=lambda j: abs(error[j])))
                start = i
        while len(extrema) > n + 1:
            drop = 0 if abs(error[extrema[0]]) < abs(error[extrema[-1]]) else -1
            extrema.pop(drop)
        if len(extrema) < n + 1:
            print("    (exchange stopped early)")
            break
        if extrema == nodes:
            break
        nodes = extrema
    return c, max(abs(e) for e in error)


def rounded(x, single):
    return mpf(struct.unpack('f', struct.pack('f', float(x)))[0]) if single else mpf(float(x))


def fit(name, function, weight, low, high, powers, single):
    """Fits, rounds the lowest coefficient, fits the rest again; prints C++ literals."""
    left, done = list(powers), []
    if low < 0:
        # powers above the first are no Haar system around 0: round all at once
        c, _ = remez(function, weight, low, high, left)
        left, done = [], [(rounded(ci, single), p) for ci, p in zip(c, left)]
    while left:
        remainder = lambda x: function(x) - sum(c * x ** p for c, p in done)
        c, error = remez(remainder, weight, low, high, left)
        done.append((rounded(c[0], single), left[0]))
        left = left[1:]
    final = max(abs(weight(x) * (function(x) - sum(c * x ** p for c, p in done)))
                for x in [low + (high - low) * i / 4000 for i in range(4001)])
    print(f"{name} ({'float' if single else 'double'}): error {float(final):.2e}"
          f" = 2^{float(log(final, 2)):.1f}")
    digits = "%.9gf" if single else "%.17g"
    print("    " + ", ".join(digits % float(c) for c, _ in done))


def main():
    half_ln2 = log(2) / 2 * (1 + mpf(2) ** -20)
    tiny = mpf(2) ** -40
    floor = mpf(2) ** -12  # keeps the weights away from zero
    # series at 0, where the closed forms cancel
    q = lambda r: (exp(r) - 1 - r) / r ** 2 if abs(r) > tiny else mpf(1) / 2 + r / 6
    for single, n in ((False, 10), (True, 5)):
        fit("exp: (e^r - 1 - r) / r^2", q, lambda r: r ** 2 / exp(r) + floor,
            -half_ln2, half_ln2, range(n), single)
    # relative to expm1 the weight is r^2 / |e^r - 1|
    for single, n in ((False, 11), (True, 6)):
        fit("expm1: (e^r - 1 - r) / r^2", q,
            lambda r: floor + (abs(r ** 2 / (exp(r) - 1)) if abs(r) > tiny else 0),
            -half_ln2, half_ln2, range(n), single)
    top = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * (1 + mpf(2) ** -20)
    g = lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z if z > tiny else mpf(2) / 3 + mpf(2) / 5 * z
    for single, n in ((False, 7), (True, 3)):
        fit("log: (2 atanh(s) / s - 2) / z, z = s^2", g, lambda z: z / 2 + floor / 16, mpf(0),
            top, range(n), single)
    e = lambda z: erf(sqrt(z)) / sqrt(z) if z > tiny else 2 / sqrt(pi) * (1 - z / 3)
    split = mpf(1)
    for single, n in ((False, 13), (True, 7)):
        fit("erf: erf(x) / x - 1, z = x^2, x < 1", lambda z: e(z) - 1, lambda z: 1 / e(z), mpf(0),
            split ** 2 * (1 + mpf(2) ** -20), range(n), single)
    # erfc(x) e^(x^2) as a polynomial in t = (x - 2) / (x + 2)
    back = lambda t: 2 * (1 + t) / (1 - t)
    scaled = lambda t: erfc(back(t)) * exp(back(t) ** 2)
    forward = lambda x: (x - 2) / (x + 2)
    for single, n, end in ((False, 16, mpf(6)), (True, 7, mpf(4))):
        fit("erf: erfc(x) exp(x^2), t = (x - 2) / (x + 2), x >= 1", scaled,
            lambda t: exp(-back(t) ** 2), forward(split * (1 - mpf(2) ** -20)), forward(end),
            range(n), single)
    eighth = mpf(1) / 64 * (1 + mpf(2) ** -20)
    s = lambda z: ((sin(2 * pi * sqrt(z)) / sqrt(z) - 2 * pi) / z if z > tiny
                   else -(2 * pi) ** 3 / 6 + (2 * pi) ** 5 / 120 * z)
    c = lambda z: ((cos(2 * pi * sqrt(z)) - 1) / z if z > tiny
                   else -(2 * pi) ** 2 / 2 + (2 * pi) ** 4 / 24 * z)
    for single, n in ((False, 7), (True, 4)):
        fit("sin: (sin(2 pi r) / r - 2 pi) / z, z = r^2, r < 1/8", s, lambda z: z / 4 + floor / 16,
            mpf(0), eighth, range(n), single)
        fit("cos: (cos(2 pi r) - 1) / z", c, lambda z: z + floor / 16, mpf(0), eighth,
            range(n), single)


if __name__ == "__main__":
    main()
