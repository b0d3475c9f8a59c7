"""Writes: proposing, taking, reading decisions, rules, reviews, training; one module for each."""
