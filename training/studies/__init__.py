"""Studies: experiments that train models on several recipes and compare their scores."""
