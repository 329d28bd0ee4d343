"""Layers beside the text."""
