"""The gallery: what theorems say, drawn beside what training does, one module a figure."""
