"""Are the points of an observable inside the device? Found out before anything is solved."""

from spinfem.formatting import nm


def outside(device, points, region, key):
    """Yields (key, value, message) for the first of `points`, (k, 3) in metres, that is not in `region` (None: anywhere)."""
    from spinfem.postprocessing.point_evaluation import PointOutside, locate

    try:
        locate(device, points, region)
    except PointOutside as error:
        place = ", ".join(map(nm, points[error.index]))
        yield key, f"[{place}]", f"this point lies outside {f'region {region}' if region else 'the device'}"
