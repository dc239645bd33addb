"""A static-site generator for small sites in several languages."""

__version__ = "0.1.0"
