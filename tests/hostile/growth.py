"""How time and memory grow with the size of an input: measured at doubling sizes, in one process, as processor time."""

import gc
import tracemalloc
from collections.abc import Callable
from math import log
from time import process_time
from typing import TypeVar

T = TypeVar("T")

LARGEST = 1_000_000
"""Bytes of a text that are taken without asking."""
STEEPEST = 1.3
"""The exponent of growth below which it is in proportion: sorting is, pairs are not."""
NEVER_LONG = 1.0
"""Seconds in which the largest input may be done however they grow."""
ENOUGH, SURE, VERY_MUCH = 0.06, 1.0, 60.0
"""Seconds after which a short test knows enough; after which it does where that grew too fast, since the processor's
caches make steps; and after which a thorough one gives up."""
LITTLE_MEMORY = 64 << 20
SMALLEST = 128
AGAIN = 4


def check_growth(
    make: Callable[[int], T], work: Callable[[T], object], *, thorough: bool, largest: int = LARGEST
) -> None:
    """Work on inputs of doubling sizes, up to `largest` when `thorough`, else until it can be told how time grows."""
    sizes, times = [min(SMALLEST, largest)], list[float]()
    work(make(sizes[0]))  # what is done only once takes no part
    steepness = 0.0
    for enough in (VERY_MUCH,) if thorough else (ENOUGH, SURE):
        _measure(make, work, enough, largest, (sizes, times))
        steepness = _least(make, work, sizes, times) if sizes[-1] < largest or times[-1] > NEVER_LONG else 0.0
        if steepness < STEEPEST or sizes[-1] == largest:
            break
    said = ", ".join(f"{size}: {time:.3f} s" for size, time in zip(sizes, times, strict=True))
    assert steepness < STEEPEST, f"time grows with the power {steepness:.2f} of the size ({said})"
    if thorough:
        assert sizes[-1] == largest, f"takes too long ({said})"
        small, large = (_memory(work, make(sizes[at])) for at in _COMPARED)
        assert large < LITTLE_MEMORY or log(large / small) / log(sizes[-1] / sizes[-3]) < STEEPEST, (
            f"memory grows from {small} to {large} bytes as the size does from {sizes[-3]} to {sizes[-1]}"
        )


def _measure(
    make: Callable[[int], T], work: Callable[[T], object], enough: float, largest: int,
    measured: tuple[list[int], list[float]],
) -> None:  # fmt: skip
    """Go on from what has been measured, until that takes so many seconds."""
    sizes, times = measured
    while True:
        if len(times) == len(sizes):
            sizes.append(min(2 * sizes[-1], largest))
        times.append(_seconds(work, make(sizes[-1])))
        if sizes[-1] == largest or (times[-1] > enough and len(sizes) > 3):
            break


def _least(make: Callable[[int], T], work: Callable[[T], object], sizes: list[int], times: list[float]) -> float:
    """The exponent, measured again where it is too large: a busy machine makes times longer, never shorter."""
    steepness = _exponent(sizes, times)
    for _ in range(AGAIN):
        if steepness < STEEPEST:
            break
        for at in _COMPARED:
            times[at] = min(times[at], _seconds(work, make(sizes[at])))
        steepness = _exponent(sizes, times)
    return steepness


_COMPARED = (-3, -1)


def _exponent(sizes: list[int], times: list[float]) -> float:
    """Of the growth between the largest size and one about four times smaller, what the smallest takes left out."""
    small, large = (max(times[at] - times[0], 1e-4) for at in _COMPARED)
    shorter, longer = (sizes[at] - sizes[0] for at in _COMPARED)
    return log(large / small) / log(longer / shorter)


def _seconds(work: Callable[[T], object], made: T) -> float:
    gc.disable()
    try:
        start = process_time()
        work(made)
        return process_time() - start
    finally:
        gc.enable()


def _memory(work: Callable[[T], object], made: T) -> int:
    tracemalloc.start()
    try:
        work(made)
        return max(tracemalloc.get_traced_memory()[1], 1)
    finally:
        tracemalloc.stop()
