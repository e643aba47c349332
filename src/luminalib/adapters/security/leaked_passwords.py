"""The list of zxcvbn by itself: importing the package makes dictionaries of all its lists, which stay in memory (12 MB)."""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path


def _listed() -> frozenset[str]:
    package = find_spec("zxcvbn")
    folder = next(iter(package.submodule_search_locations or ())) if package else ""
    spec = spec_from_file_location("luminalib_passwords", Path(folder) / "frequency_lists.py")
    if spec is None or spec.loader is None:
        raise ImportError("The package zxcvbn has no list of passwords.")
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    return frozenset(lists.FREQUENCY_LISTS["passwords"])


LEAKED = _listed()
