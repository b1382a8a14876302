"""What the theorems say about the user's own data: bounds, training, report."""
