"""Many runs of one case: sweeps, what is kept of each, the table of them all."""
