"""CoverArtist on Pillow."""
