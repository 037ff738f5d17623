"""What can be wrong with a drawing."""

from spinfem.case.faults import CaseError, Fault


class GeometryError(CaseError):
    """A drawing that cannot become a device: the key of the case file, its value, and what is wrong with it."""

    def __init__(self, key, value, message):
        super().__init__((Fault(key, value, message),))
        self.key, self.value, self.message = key, value, message

    def __reduce__(self):  # it travels from rank 0 to all others
        return type(self), (self.key, self.value, self.message)
