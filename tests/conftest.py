"""Which file of tests goes to a worker next."""

import pytest

_LONG = ("tests/cli", "tests/parallel", "tests/fitting", "tests/browser", "tests/wheels")  # every test starts processes


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    """Files with long tests come first, then those with many: a long one at the end would leave the other workers idle."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class LongFilesFirst(LoadFileScheduling):
        def _assign_work_unit(self, node):
            following = max(self.workqueue, key=lambda file: (file.startswith(_LONG), len(self.workqueue[file])))
            self.workqueue.move_to_end(following, last=False)
            super()._assign_work_unit(node)

    return LongFilesFirst(config, log)
