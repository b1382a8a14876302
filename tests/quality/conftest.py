"""The toy quantities are known to every test here."""

from tests.toys import toy_quantities

__all__ = ["toy_quantities"]
