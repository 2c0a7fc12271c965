"""Reports: tables in the terminal, files of results, pictures, and an HTML page."""
