"""What must be true of a model's answer before it is accepted: small checks, each with a name and a reason."""
