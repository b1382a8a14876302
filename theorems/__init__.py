"""The mathematics: one module for each theorem, named by its conclusion."""

from certimin import expect_ours

expect_ours()
