"""Rules: what cells sense steers what they do, by Hill responses."""
