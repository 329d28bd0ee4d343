"""What bylines, datelines, credits and tag lines say."""
