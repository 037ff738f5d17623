"""Lists of whole numbers in short: 1-20,25."""

import re
from itertools import groupby

_LARGEST = 10_000_000


def in_short(numbers) -> str:
    """[1, 2, 3, 7] -> "1-3,7"."""
    runs = [list(run) for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0])]
    ends = [(run[0][1], run[-1][1]) for run in runs]
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ends)


def at_length(text):
    """ "1-3,7" -> {1, 2, 3, 7}. Raises ValueError."""
    found = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not 1 <= first <= last <= _LARGEST:
            raise ValueError("must be numbers of points, counted from 1, such as 1-20 or 1-3,7")
        found |= set(range(first, last + 1))
    return found
