"""Strangers' files: read in processes of their own, with limits."""
