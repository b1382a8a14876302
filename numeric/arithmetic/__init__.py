"""Six number systems behind one protocol."""
