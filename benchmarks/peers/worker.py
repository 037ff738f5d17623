"""What every peer's process does: read the device and its options, solve, print one line of JSON."""

import json
import sys
import time

from benchmarks.peers.device import Device


def reported(solve):
    """Calls solve(device, given, clock), which returns the two signals (ohm; parallel, antiparallel) and the number of unknowns; `clock(phase)`
    is to be called when a phase ends."""
    device, given = Device.load(sys.argv[1]), json.loads(sys.argv[2])
    seconds, last = {}, [time.perf_counter(), time.process_time()]

    def clock(phase):
        now = [time.perf_counter(), time.process_time()]
        seconds[phase] = [round(b - a, 2) for a, b in zip(last, now, strict=True)]
        last[:] = now

    print(json.dumps(solve(device, given, clock) | {"seconds": seconds}))
