"""The experiments of Marion and Chizat, rerun against what the theorems say."""
