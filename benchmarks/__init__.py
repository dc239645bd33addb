"""Sitegen and its peers, side by side."""
