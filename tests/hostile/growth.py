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
ENOUGH, VERY_MUCH = 0.06, 60.0
"""Seconds after which a short test knows enough, and after which a thorough one gives up."""
LITTLE_MEMORY = 64 << 20
SMALLEST = 128
AGAIN = 4


def check_growth(
    make: Callable[[int], T], work: Callable[[T], object], *, thorough: bool, largest: int = LARGEST
) -> None:
    """Work on inputs of doubling sizes, up to `largest` when `thorough`, else until it can be told how time grows."""
    sizes, times = [min(SMALLEST, largest)], list[float]()
    work(make(sizes[0]))  # what is done only once takes no part
    while True:
        times.append(_seconds(work, make(sizes[-1])))
        if sizes[-1] == largest or (times[-1] > (VERY_MUCH if thorough else ENOUGH) and len(sizes) > 3):
            break
        sizes.append(min(2 * sizes[-1], largest))
    said = ", ".join(f"{size}: {time:.3f} s" for size, time in zip(sizes, times, strict=True))
    if sizes[-1] < largest or times[-1] > NEVER_LONG:
        steepness = _exponent(sizes, times)
        for _ in range(AGAIN):  # a busy machine makes times longer, never shorter
            if steepness < STEEPEST:
                break
            for at in _COMPARED:
                times[at] = min(times[at], _seconds(work, make(sizes[at])))
            steepness = _exponent(sizes, times)
        assert steepness < STEEPEST, f"time grows with the power {steepness:.2f} of the size ({said})"
    if thorough:
        assert sizes[-1] == largest, f"takes too long ({said})"
        small, large = (_memory(work, make(sizes[at])) for at in _COMPARED)
        assert large < LITTLE_MEMORY or log(large / small) / log(sizes[-1] / sizes[-3]) < STEEPEST, (
            f"memory grows from {small} to {large} bytes as the size does from {sizes[-3]} to {sizes[-1]}"
        )


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
