"""Huiyin 回音: every voice gets an answer, every promise gets checked."""

__version__ = "0.1.0"
