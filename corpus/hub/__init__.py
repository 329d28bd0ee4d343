"""A version to the Hugging Face Hub: one commit, one tag, read back afterwards."""
