"""Reads of hot topics."""
