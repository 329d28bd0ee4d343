"""A version on disk: written whole, verified, compared, followed by the next."""
