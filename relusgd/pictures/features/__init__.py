"""A network's features: derivatives, principal features and singular values of a snapshot."""
