"""Commands about the user's own data and networks."""
