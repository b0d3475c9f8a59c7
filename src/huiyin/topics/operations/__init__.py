"""Writes of hot topics."""
