"""What publishing does, and what it refuses."""
