"""One reader for each part of a study's text files."""
