"""Pages into zones."""
