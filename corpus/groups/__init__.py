"""The whole-corpus stages: near-duplicates, reuse, groups, splits."""
