"""From a name (a file, an address, a sitemap) to an article that may be added."""
