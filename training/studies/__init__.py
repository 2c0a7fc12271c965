"""Studies that train several models and compare their scores."""
