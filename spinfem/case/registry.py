"""What registers itself by a word that case files use, and where that is looked up.

The modules of spinfem, and the packages that are installed for it, are imported when somebody first looks for a kind; files that a case names under
`plugins`, when it is read (`spinfem.case.plugin_files`).
"""

import inspect
import re
from collections.abc import MutableMapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import ClassVar

from spinfem.case.faults import CaseError, Fault
from spinfem.case.validation import Checked

GROUP = "spinfem.plugins"  # of entry points of installed packages


class Registry(MutableMapping):
    """Kind -> class of what registered itself; the modules of a package do so when somebody first looks.

    of_case: what the plugin files of the case that was read last define, and nobody but this case knows.
    """

    all: ClassVar[list] = []

    def __init__(self, package):
        self._package, self._classes, self._loaded = package, {}, False
        self.of_case = {}
        self.all.append(self)

    def has_made(self, cls) -> bool:
        """Is it a class of spinfem's own?"""
        return cls.__module__.startswith(f"{self._package}.")

    def _all(self):
        if not self._loaded:
            self._loaded = True  # first, because these modules may look here themselves
            try:
                for module in iter_modules(import_module(self._package).__path__):
                    import_module(f"{self._package}.{module.name}")
                load_installed()
            except CaseError:
                self._loaded = False
                raise
        return self._classes | self.of_case

    def __getitem__(self, kind):
        return self._all()[kind]

    def __setitem__(self, kind, cls):
        """A class that is defined again, in a notebook, replaces its earlier self. Raises TypeError where it is another one."""
        if not self.has_made(cls):
            self._all()  # those of spinfem come first
        other = self._classes.get(kind, cls)
        if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.__qualname__} and {other.__qualname__} are both of kind {kind}")
        self._classes[kind] = cls

    def __delitem__(self, kind):
        del self._classes[kind]

    def __iter__(self):
        return iter(sorted(self._all()))

    def __len__(self):
        return len(self._all())


@cache
def _points():
    """The entry points of all installed packages; to look for them takes a while."""
    return tuple(entry_points(group=GROUP))


_installed: set = set()  # entry points that are loaded, or just being loaded


def load_installed() -> None:
    """Import what installed packages bring, once. Raises CaseError."""
    for point in _points():
        if point not in _installed:
            _installed.add(point)
            try:
                point.load()
            except Exception as error:
                _installed.discard(point)
                where = f"the package {point.dist.name}" if point.dist else "an installed package"
                message = (
                    f"{where} cannot be loaded ({GROUP}): {type(error).__name__}: {error}; mend it or uninstall it"
                )
                raise CaseError([Fault("plugins", f"{point.name} = {point.value}", message)]) from error


def _misfits(cls):
    """What is wrong with the methods by which a plugin class replaces those of spinfem, in words."""
    bases = [base for base in cls.__mro__ if base.__module__.startswith("spinfem.")]
    for above in cls.__mro__[: cls.__mro__.index(bases[0])]:
        for name, own in vars(above).items():
            wanted = next((vars(base)[name] for base in bases if name in vars(base)), None)
            if isinstance(wanted, classmethod) and inspect.isfunction(own):
                yield f"`{name}` must be a class method: write @classmethod above it"
            elif inspect.isfunction(wanted) and inspect.isfunction(own):
                given = list(inspect.signature(wanted).parameters)
                try:
                    inspect.signature(own).bind(*given)
                except TypeError:
                    yield f"`{name}` must take ({', '.join(given)}), and takes {inspect.signature(own)}"


OF_FILES: dict[
    str, list
] = {}  # module made of a plugin file -> the classes that it defines, which become known with a case


class Plugin(Checked):
    """Base of what registers itself by kind: `class Mine(Observable, kind="mine")`. A class without a kind is a base of others, and no case can name it."""

    kind: ClassVar[str]
    kinds: ClassVar[Registry]  # each base class has its own

    @classmethod
    def lacking(cls) -> str:
        """What the class has to define, or to define otherwise, before a case can use it, in words; "" where nothing lacks."""
        names = sorted(getattr(cls, "__abstractmethods__", ()))
        if not names:
            return next((f"in the class {cls.__name__} of kind {cls.kind} {fault}" for fault in _misfits(cls)), "")
        base = next(
            above.__name__
            for above in reversed(cls.__mro__)
            if issubclass(above, Plugin) and vars(above).keys() & set(names)
        )
        return f"the class {cls.__name__} of kind {cls.kind} has no {' and no '.join(f'`{name}`' for name in names)}, which every {base} needs"

    def __init_subclass__(cls, kind=None, **options):
        super().__init_subclass__(**options)
        if kind is not None:  # else a base class of its own
            if not isinstance(kind, str) or not re.fullmatch(r"\w+", kind):
                raise TypeError(f"the kind of {cls.__qualname__} must be a word of letters, digits and _, not {kind!r}")
            cls.kind = kind
            if cls.__module__ in OF_FILES:
                OF_FILES[cls.__module__].append(cls)
            else:
                cls.kinds[kind] = cls
