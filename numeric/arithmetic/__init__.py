"""Four number systems behind one protocol."""
