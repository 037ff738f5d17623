"""Parameters of a case from measured data, with the full model and its adjoint gradients."""
