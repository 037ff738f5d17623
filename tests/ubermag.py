"""Run by the Python of tests.peers.python_peer, which has discretisedfield and not spinfem: TORQUE.ovf M.npy M.ovf

Says what Ubermag reads in TORQUE.ovf, as JSON, and writes m (unit vectors on the same cells, A/m as told) as M.ovf.
"""

import json
import sys

import discretisedfield
import numpy as np

torque, m, saturation, written = sys.argv[1:]
field = discretisedfield.Field.from_file(torque)
values = np.asarray(field.array)
told = {"n": [int(k) for k in field.mesh.n], "nvdim": int(field.nvdim), "sum": values.sum(axis=(0, 1, 2)).tolist()}
print(json.dumps(told))
discretisedfield.Field(field.mesh, nvdim=3, value=np.load(m), norm=float(saturation)).to_file(written)
