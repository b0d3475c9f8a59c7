"""Reads about proposals, rules, models and figures; one module for each."""
