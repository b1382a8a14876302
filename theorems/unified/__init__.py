"""Results of this project: any covariance, any number of outputs."""
