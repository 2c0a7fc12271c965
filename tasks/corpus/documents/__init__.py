"""Documents of a corpus: manifest, dataset card, Croissant metadata, and machines."""
