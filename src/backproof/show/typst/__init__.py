"""Stories as typst source: an article, and slides."""
