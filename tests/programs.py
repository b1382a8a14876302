"""Programs that stand in no package, as modules."""

import importlib.util


def loaded(path):
    """Return the program at a path as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
