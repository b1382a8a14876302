"""Everything that is compiled: kernels over SIMD blocks of networks."""
